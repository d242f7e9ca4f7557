"""Release an order's planned shipments to their warehouses."""

from __future__ import annotations

from canonical_models import ExceptionCase, Order, Shipment, ShipmentStatus
from connector_service.adapters.contracts import WarehouseLine, WarehouseOrder
from connector_service.errors import VendorError
from connector_service.inventory import claims
from connector_service.orders.changes import change_shipment
from connector_service.orders.exceptions import blocking
from connector_service.orders.progress import follow_shipments, shipments_of
from connector_service.orders.quality import warehouse_trouble
from connector_service.orders.systems import Systems
from connector_service.orders.work import Work

ReleasePlan = list[tuple[str, WarehouseOrder]]
"""Warehouse system and what to hand to it; the reference is the shipment's id, so that twice is once."""


def plan_release(work: Work, order: Order) -> ReleasePlan | ExceptionCase | None:
    """What is still to be released; None when nothing is."""
    blocked = blocking(work, order)
    if blocked is not None:
        return blocked
    wms_of = {location.id: location.wms for location in work.tx.locations()}
    planned = [shipment for shipment in shipments_of(work, order) if shipment.status == ShipmentStatus.PLANNED]
    return [(wms_of[s.location_id], _as_warehouse_order(work, order, s)) for s in planned] or None


def _as_warehouse_order(work: Work, order: Order, shipment: Shipment) -> WarehouseOrder:
    serials = _serials(work, order, shipment)
    return WarehouseOrder(
        reference=shipment.id,
        order_number=order.number,
        location_id=shipment.location_id,
        priority=order.priority.value,
        ship_to=order.ship_to,
        lines=tuple(
            WarehouseLine(
                line.line_id, line.sku, line.quantity, line.lot, serials.get((line.line_id, line.lot or ""), ())
            )
            for line in shipment.lines
        ),
    )


def _serials(work: Work, order: Order, shipment: Shipment) -> dict[tuple[str, str], tuple[str, ...]]:
    """By line and lot the numbers that were claimed, for lines that demand units with numbers."""
    demanding = {line.line_id for line in order.lines if line.serial_required}
    found = claims.active(work, shipment) if demanding else []
    return {(each.line_id, each.lot): tuple(each.serials) for each in found if each.line_id in demanding}


async def release(systems: Systems, plan: ReleasePlan) -> dict[str, str | VendorError]:
    """Hand each shipment to its warehouse; by shipment the warehouse's reference, or what went wrong."""
    answers: dict[str, str | VendorError] = {}
    for slug, order in plan:
        try:
            answers[order.reference] = await systems.warehouse(slug).release(order)
        except VendorError as error:
            answers[order.reference] = error
    return answers


def record_release(work: Work, order: Order, answers: dict[str, str | VendorError]) -> ExceptionCase | None:
    """Keep what the warehouses answered; a refusal becomes an exception of its shipment."""
    trouble: ExceptionCase | None = None
    for shipment in shipments_of(work, order):
        answer = answers.get(shipment.id)
        if shipment.status != ShipmentStatus.PLANNED or answer is None:
            continue
        if isinstance(answer, VendorError):
            if answer.retryable:
                # Nobody knows whether the warehouse has it: what it may be picking is not given to another order.
                claims.allocate(work, shipment, "The warehouse may have it.")
            trouble = warehouse_trouble(work, order, shipment, answer)
            continue
        shipment.warehouse_reference = answer
        claims.allocate(work, shipment, f"{shipment.location_id} has it.")
        because = f"{shipment.location_id} took it as {answer}."
        change_shipment(work, order, shipment, "released", because, status=ShipmentStatus.RELEASED)
    follow_shipments(work, order, "The warehouse has it.")
    return trouble
