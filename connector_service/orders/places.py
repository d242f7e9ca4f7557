"""When what an order lacks lies where it may not ship from now: until when it waits, and how it is tried again.

Whether it waits for a place or for stock is found by asking again as it will be when the day is over and every location
is open: what more could ship then waits for a place. So it is with a location whose day is full, with express after the
cut-off, with a closed location, and with whatever else a tenant's rules make of the hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from canonical_models import ExceptionCode, Order
from connector_service import allocation
from connector_service.geography import next_midnight
from connector_service.inventory.backorders import WAITING
from connector_service.orders.changes import change_order
from connector_service.orders.choice_problem import Asked, ask
from connector_service.orders.choice_sites import Site
from connector_service.orders.closures import closed_ids
from connector_service.orders.exceptions import open_exception
from connector_service.orders.warehouse_choice import WarehouseChoice
from connector_service.orders.work import Work
from connector_service.store import place_waits

_AFTER = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class PlaceWait:
    """Locations that will do, and when the first of them may; None when all of them are closed."""

    location_ids: tuple[str, ...]
    tried_again_at: datetime | None

    @property
    def in_words(self) -> str:
        """For the order's trail."""
        if self.tried_again_at is None:
            return "It is tried again when the location is opened."
        return f"It is tried again at {self.tried_again_at:%Y-%m-%d %H:%M} UTC, or when there is room before."


def place_wait(work: Work, order: Order, chosen: WarehouseChoice, avoid: frozenset[str]) -> PlaceWait | None:
    """What of an order waits for a place; None when nothing does, because there is no stock of it anywhere."""
    if not chosen.choice.unfilled or not _lies_somewhere(chosen):
        return None
    later = ask(work, order, avoid, wait=True, later=True)
    plan = allocation.decide(later.problem, allocation.at_once)
    if plan.unfilled >= chosen.choice.unfilled:
        return None
    used = {take.location_id for take in plan.takes}
    barred = sorted(name for name in used if chosen.asked.problem.vetoes.get(name) or _is_full(chosen.asked, name))
    closed = closed_ids(work)
    moments = [_next_chance(chosen.asked.sites[name], work.now) for name in barred if name not in closed]
    return PlaceWait(tuple(barred), min(moments, default=None)) if barred else None


def _lies_somewhere(chosen: WarehouseChoice) -> bool:
    """Whether any location has some of what stays open: nearly always none has."""
    short = chosen.short
    return any(each.sku in short and each.available for at in chosen.asked.problem.locations for each in at.positions)


def _is_full(asked: Asked, location_id: str) -> bool:
    return (asked.sites[location_id].capacity_used_pct or 0) >= 100


def _next_chance(site: Site, now: datetime) -> datetime:
    """A full day is over at its cut-off; what else the hour forbids may be otherwise on the location's next day."""
    if (site.capacity_used_pct or 0) >= 100:
        return site.dispatch.until + _AFTER
    return next_midnight(site.location, now)


def keep_wait(work: Work, order: Order, wait: PlaceWait | None) -> None:
    """Have the clock try the order again."""
    at = wait.tried_again_at if wait is not None else None
    place_waits.put(work.tx.connection, work.tenant_id, order.id, at)


def try_again(work: Work, order_id: str) -> bool:
    """Put an order that waits for a place before a flow; False when it does not wait any more.

    One that is held meanwhile is allocated when it is let go.
    """
    place_waits.forget(work.tx.connection, work.tenant_id, order_id)
    order = work.tx.get(Order, order_id)
    case = open_exception(work, order, ExceptionCode.NO_LOCATION_FREE)
    if case is None or order.status not in WAITING:
        return False
    change_order(work, order, "requeued", "A location that was full or past its hour may ship again.")
    return True
