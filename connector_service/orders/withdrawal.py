"""Withdraw shipments: what they claim is given back, and they are cancelled."""

from __future__ import annotations

from canonical_models import Order, Shipment, ShipmentStatus
from connector_service.inventory import claims
from connector_service.orders.changes import change_shipment
from connector_service.orders.work import Work


def withdraw(
    work: Work, order: Order, shipment: Shipment, because: str, *, missing: claims.Missing | None = None
) -> None:
    """Cancel a shipment and give its claims back; `missing` units were not found. The order is not saved."""
    claims.give_back(work, order, shipment, because, missing=missing)
    change_shipment(work, order, shipment, "cancelled", because, status=ShipmentStatus.CANCELLED)
    order.shipment_ids.remove(shipment.id)


def withdraw_planned(work: Work, order: Order, because: str) -> None:
    """Withdraw the order's shipments that the warehouse has not begun."""
    for shipment in work.tx.find_by(Shipment, order_id=order.id, status=ShipmentStatus.PLANNED.value):
        withdraw(work, order, shipment, because)
