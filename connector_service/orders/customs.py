"""What customs wants to know of a shipment, from its lines and the catalog."""

from __future__ import annotations

from canonical_models import Order, OrderLine, Product, ShipmentLine
from connector_service.adapters.carrier_contract import Customs, CustomsLine
from connector_service.orders.parcels import Parcels

# fmt: off
EU = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MC", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})
# fmt: on
"""The customs union of the European Union: its members and Monaco (Union Customs Code, article 4)."""


def crosses_customs(origin: str, destination: str) -> bool:
    """Whether goods are declared on the way between two countries."""
    return origin != destination and not {origin, destination} <= EU


def customs_of(plan: Parcels) -> Customs | None:
    """What to declare; None within a country or a customs union.

    Prices are those of the order's lines, weights and tariff numbers those of the catalog.
    """
    if not crosses_customs(plan.ship_from.country, plan.order.ship_to.country):
        return None
    of_order = {line.line_id: line for line in plan.order.lines}
    lines = [_line(plan, of_order[line.line_id], line, plan.products.get(line.sku)) for line in plan.shipment.lines]
    return Customs(lines=tuple(lines), invoice_number=_invoice_number(plan.order, plan.shipment.id))


def _line(plan: Parcels, ordered: OrderLine, line: ShipmentLine, product: Product | None) -> CustomsLine:
    return CustomsLine(
        description=(product.title if product else "") or ordered.title or line.sku,
        hs_code=product.hs_code if product else "",
        origin_country=(product.origin_country if product else "") or plan.ship_from.country,
        quantity=line.quantity,
        value_minor=ordered.unit_price_minor,
        currency=plan.order.currency,
        weight_g=product.weight_g if product else ordered.unit_weight_g,
        sku=line.sku,
    )


def _invoice_number(order: Order, shipment_id: str) -> str:
    """One invoice a shipment; the first shipment's bears the order's number."""
    place = order.shipment_ids.index(shipment_id) + 1 if shipment_id in order.shipment_ids else 1
    return order.number if place == 1 else f"{order.number}-{place}"
