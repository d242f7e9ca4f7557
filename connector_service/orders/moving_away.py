"""Move an order's shipments away from a location that is closed: what nobody has picked there ships from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from canonical_models import ExceptionCase, ExceptionCode, Order, Shipment, ShipmentStatus
from connector_service.errors import VendorError
from connector_service.inventory import kits
from connector_service.orders.allocation import allocate_order
from connector_service.orders.changes import change_order
from connector_service.orders.closures import in_words
from connector_service.orders.exceptions import open_exception
from connector_service.orders.expiry import resume_before_claims
from connector_service.orders.progress import DIVERTED, shipments_of, status_from_shipments
from connector_service.orders.systems import Systems
from connector_service.orders.withdrawal import withdraw
from connector_service.orders.work import Work
from connector_service.store import closures

_S = ShipmentStatus
UNPICKED = (_S.PLANNED, _S.RELEASED, _S.PICKING, _S.EXCEPTION)
"""Shipments of which nothing may be off the shelf yet."""
_OUTAGES = (ExceptionCode.WMS_UNREACHABLE, ExceptionCode.WMS_REJECTED)


@dataclass(frozen=True, slots=True)
class MovePlan:
    """The shipments to be moved away, and which of them the warehouse (by its system's slug) must be told of first."""

    shipment_ids: tuple[str, ...]
    to_cancel: tuple[str, ...]
    wms: str


Answers = dict[str, VendorError | None]
"""What the warehouse said to each cancellation; None: it will not ship that."""


def plan_move(work: Work, order: Order, location_id: str, nobody_there: bool) -> MovePlan | None:
    """What is to be moved away; None when nothing is, or the location is not closed.

    With `nobody_there` no answer of the warehouse is waited for: it cannot ship anything.
    """
    if location_id not in closures.closed_now(work.tx.connection, work.tenant_id):
        return None
    leaving = [
        each for each in shipments_of(work, order) if each.location_id == location_id and _movable(work, order, each)
    ]
    if not leaving:
        return None
    wms = next(location.wms for location in work.tx.locations() if location.id == location_id)
    ids = tuple(shipment.id for shipment in leaving)
    return MovePlan(ids, () if nobody_there else ids, wms)


def _movable(work: Work, order: Order, shipment: Shipment) -> bool:
    if shipment.status not in UNPICKED or any(line.quantity_picked for line in shipment.lines):
        return False
    case = open_exception(work, order, shipment=shipment)
    return case is None or case.code in _OUTAGES


async def ask_to_stop(systems: Systems, plan: MovePlan) -> Answers:
    """Have the warehouse stop what it was given; of what it never had, it says so too."""
    answers: Answers = dict.fromkeys(plan.shipment_ids)
    for shipment_id in plan.to_cancel:
        try:
            await systems.warehouse(plan.wms).cancel(shipment_id)
        except VendorError as error:
            answers[shipment_id] = error
    return answers


def record_move(work: Work, order: Order, location_id: str, answers: Answers) -> ExceptionCase | None:
    """Withdraw what the warehouse will not ship, and reserve elsewhere; what nobody has becomes `inventory_short`.

    An order that waits for a person stays where it is, and is allocated again when it is let go.
    """
    closure = closures.closed_now(work.tx.connection, work.tenant_id).get(location_id)
    going = [
        shipment
        for shipment in shipments_of(work, order)
        if shipment.id in answers and answers[shipment.id] is None and _movable(work, order, shipment)
    ]
    if closure is None or not going:
        return None
    because = f"{location_id} ships nothing now. {in_words(closure)}"
    for shipment in going:
        withdraw(work, order, shipment, because)
    if order.status in DIVERTED:
        resume_before_claims(work, order, because)
        change_order(work, order, "rerouting", because, avoided=location_id)
        return None
    status = status_from_shipments(order, shipments_of(work, order))
    change_order(work, order, "rerouting", because, status=status, avoided=location_id)
    case = allocate_order(work, order)
    if not kits.open_lines(order):
        change_order(work, order, "requeued", f"It ships from elsewhere. {because}")
    return case
