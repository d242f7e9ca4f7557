"""The order's status as its shipments give it."""

from __future__ import annotations

from canonical_models import Order, OrderStatus, Shipment, ShipmentStatus
from connector_service.orders.changes import change_order, change_shipment
from connector_service.orders.work import Work

_RANK: dict[ShipmentStatus, OrderStatus] = {
    ShipmentStatus.PLANNED: OrderStatus.ALLOCATED,
    ShipmentStatus.RELEASED: OrderStatus.RELEASED,
    ShipmentStatus.PICKING: OrderStatus.RELEASED,
    ShipmentStatus.PICKED: OrderStatus.PICKED,
    ShipmentStatus.PACKED: OrderStatus.PACKED,
    ShipmentStatus.LABELLED: OrderStatus.PACKED,
}
_IN_HOUSE_ORDER = [OrderStatus.ALLOCATED, OrderStatus.RELEASED, OrderStatus.PICKED, OrderStatus.PACKED]
_GONE = {ShipmentStatus.SHIPPED, ShipmentStatus.IN_TRANSIT, ShipmentStatus.DELIVERED}
_DEAD = {ShipmentStatus.CANCELLED, ShipmentStatus.RETURNED}
DIVERTED = frozenset({OrderStatus.QUARANTINED, OrderStatus.ON_HOLD})


def shipments_of(work: Work, order: Order) -> list[Shipment]:
    """The live shipments of an order, oldest first."""
    found = [work.tx.get(Shipment, shipment_id) for shipment_id in order.shipment_ids]
    return [shipment for shipment in found if shipment.status not in _DEAD]


def status_from_shipments(order: Order, shipments: list[Shipment]) -> OrderStatus:
    """What the order's status is, going by the least advanced of its live shipments."""
    short = any(line.quantity_open > 0 for line in order.lines)
    if not shipments:
        return OrderStatus.VALIDATED
    gone = [shipment for shipment in shipments if shipment.status in _GONE]
    if len(gone) == len(shipments) and not short:
        delivered = all(shipment.status == ShipmentStatus.DELIVERED for shipment in shipments)
        return OrderStatus.DELIVERED if delivered else OrderStatus.SHIPPED
    if gone:
        return OrderStatus.PARTIALLY_SHIPPED
    ranks = [_RANK[shipment.status] for shipment in shipments if shipment.status in _RANK]
    least = min(ranks, key=_IN_HOUSE_ORDER.index, default=OrderStatus.ALLOCATED)
    return OrderStatus.PARTIALLY_ALLOCATED if least == OrderStatus.ALLOCATED and short else least


def follow_shipments(work: Work, order: Order, because: str) -> None:
    """Bring the order's status up to its shipments'; a diverted order stays where it is until it is requeued."""
    if order.status in DIVERTED:
        return
    status = status_from_shipments(order, shipments_of(work, order))
    if status != order.status:
        change_order(work, order, status.value, because, status=status)


def wake_shipments(work: Work, order: Order, because: str, *, but: str | None = None) -> None:
    """Tell flows of the shipments that waited for them while the order could not move, except the one named `but`."""
    for shipment in shipments_of(work, order):
        waits = shipment.status in (ShipmentStatus.PACKED, ShipmentStatus.LABELLED)
        if waits and shipment.id != but:
            change_shipment(work, order, shipment, "requeued", because)
