"""Choose the warehouse and reserve: the plan that fills most at the least cost; the rest is short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from canonical_models import (
    ExceptionCase,
    ExceptionCode,
    Location,
    Order,
    OrderStatus,
    Shipment,
    ShipmentLine,
)
from connector_service.inventory import claims, kits
from connector_service.inventory.backorders import has_looked
from connector_service.orders.batch_words import Turn
from connector_service.orders.changes import change_order, change_shipment
from connector_service.orders.choice_rules import serves
from connector_service.orders.closures import closed_ids
from connector_service.orders.competition import ALLOCATABLE
from connector_service.orders.exceptions import blocking, open_exception, raise_with
from connector_service.orders.places import PlaceWait, keep_wait, place_wait
from connector_service.orders.progress import shipments_of, status_from_shipments
from connector_service.orders.shortages import close_short
from connector_service.orders.substitution import substitute
from connector_service.orders.takes import Plan, Take, covers
from connector_service.orders.warehouse_choice import LONGEST_REASON, choose_warehouse
from connector_service.orders.work import Work


class Allocation(NamedTuple):
    """How it ended: the exception if it ended in one, and the choice as its event keeps it; None when nothing was to be
    chosen."""

    case: ExceptionCase | None
    choice: dict[str, Any] | None = None


class Missing(NamedTuple):
    """Why something stays open: the place it waits for, if it is there, what may not ship it, and who got it."""

    wait: PlaceWait | None
    held_back: Sequence[str] = ()
    went_to: Sequence[str] = ()

    @property
    def code(self) -> ExceptionCode:
        """The exception that says so."""
        return ExceptionCode.NO_LOCATION_FREE if self.wait is not None else ExceptionCode.INVENTORY_SHORT

    def in_words(self, short: Mapping[str, int]) -> str:
        """For the exception; `short` are the open units by SKU."""
        head = "No location that may ship has" if self.held_back else "Not in stock anywhere:"
        units = ", ".join(f"{units} x {sku}" for sku, units in short.items())
        again = [self.wait.in_words] if self.wait is not None else []
        return " ".join([f"{head} {units}.", *self.held_back, *self.went_to, *again])


def allocate_order(
    work: Work, order: Order, avoid: frozenset[str] = frozenset(), turn: Turn | None = None
) -> ExceptionCase | None:
    """As `allocate`, for whom the choice does not matter."""
    return allocate(work, order, avoid, turn).case


def allocate(work: Work, order: Order, avoid: frozenset[str] = frozenset(), turn: Turn | None = None) -> Allocation:
    """Reserve what is open of an order and plan its shipments; what no location has becomes `inventory_short`, what
    lies only where it may not ship from now `no_location_free`.

    `avoid` are locations not to be asked (a failed pick). An order with nothing open stays as it is. `turn` is its turn
    among orders that compete with it, to whom it leaves what is planned for them.
    """
    blocked = blocking(work, order)
    if blocked is not None or order.status not in ALLOCATABLE:
        return Allocation(blocked)
    if not kits.open_lines(order):
        return Allocation(None)
    leaving = turn.leaving if turn is not None else None
    chosen = choose_warehouse(work, order, avoid, leaving=leaving)
    where = candidates(work.tx.locations(), order, avoid | closed_ids(work))
    if not covers(order, chosen.plan) and substitute(work, order, chosen.plan, where):
        chosen = choose_warehouse(work, order, avoid, leaving=leaving)
    plan = chosen.plan
    wait = place_wait(work, order, chosen, avoid)
    held_back = chosen.out_of_reach()
    known = open_exception(work, order, Missing(wait).code)
    if known is not None and not plan:
        keep_wait(work, order, wait)
        has_looked(work, order, chosen.asked.kept)
        return Allocation(known)
    why = chosen.kept(work, order)
    if turn is not None:
        why = {**why, "because": turn.told(order, plan, why["because"])[:LONGEST_REASON], "batch": turn.details()}
    claims.renew(work, order)
    until = work.now + claims.claim_time(work)
    for location_id, takes in chosen.shipments():
        _plan_shipment(work, order, location_id, takes, until, attempt=1 + bool(avoid))
    missing = Missing(wait, held_back, turn.went_to(order, plan) if turn is not None else [])
    case = _conclude(work, order, plan, why, missing)
    if kits.open_lines(order):
        has_looked(work, order, chosen.asked.kept)
    return Allocation(case, why)


def can_serve(work: Work, order: Order) -> bool:
    """Whether anything of what is open of an order can be had."""
    return bool(choose_warehouse(work, order).plan)


def candidates(locations: list[Location], order: Order, avoid: frozenset[str]) -> list[Location]:
    """The locations that serve the order's country, without those to avoid."""
    return [where for where in locations if where.id not in avoid and serves(where, order)]


def _plan_shipment(
    work: Work, order: Order, location_id: str, takes: list[Take], until: datetime, attempt: int
) -> None:
    shipment = Shipment(
        tenant_id=work.tenant_id,
        id=work.new_id("shp"),
        version=0,
        created_at=work.now,
        updated_at=work.now,
        order_id=order.id,
        location_id=location_id,
        status_since=work.now,
        attempt=attempt,
        lines=[
            ShipmentLine(
                line_id=take.line.line_id,
                sku=take.line.sku,
                quantity=take.quantity,
                lot=take.position.lot or None,
                lot_demanded=take.line.lot is not None,
            )
            for take in takes
        ],
    )
    for take in takes:
        claims.hold(work, order, take.line, shipment.id, take.position, take.quantity, until)
    order.shipment_ids.append(shipment.id)
    units = sum(take.quantity for take in takes)
    change_shipment(work, order, shipment, "planned", f"{location_id} has {units} units of it in the best plan.")


def _conclude(work: Work, order: Order, plan: Plan, why: dict[str, Any], missing: Missing) -> ExceptionCase | None:
    kits.roll_up(order)
    short = {line.sku: line.quantity_open for line in kits.open_lines(order)}
    where = ", ".join(plan) or "no location"
    shipments = shipments_of(work, order)
    status = status_from_shipments(order, shipments) if shipments else OrderStatus.BACKORDERED
    close_short(work, order, but=missing.code if short else None)
    because = f"Reserved at {where}. {why['because']}"
    if not short:
        change_order(work, order, status.value, because, status=status, short=short, choice=why)
        return None
    keep_wait(work, order, missing.wait)
    case = raise_with(
        work,
        order,
        missing.code,
        missing.in_words(short),
        because=because,
        status=status,
        resume=OrderStatus.VALIDATED,
        evidence={"short": short},
        short=short,
        choice=why,
    )
    return None if plan else case
