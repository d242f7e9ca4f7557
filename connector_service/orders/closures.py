"""Locations that a person has closed: no order is sent there until somebody opens them again."""

from __future__ import annotations

from connector_service.allocation import Problem
from connector_service.errors import NotFound
from connector_service.orders.work import Work
from connector_service.store import backorders, closures
from connector_service.store.closures import Closure


def closed_now(work: Work) -> dict[str, Closure]:
    """The locations that are closed now, by id."""
    return work.tx.reference("closures", lambda: closures.closed_now(work.tx.connection, work.tenant_id))


def closed_ids(work: Work) -> frozenset[str]:
    """The locations that are closed now."""
    return frozenset(closed_now(work))


def open_only(work: Work, problem: Problem) -> Problem:
    """A warehouse choice without the closed locations, whatever a tenant's rules say of them."""
    for location_id, closure in closed_now(work).items():
        if any(location.id == location_id for location in problem.locations):
            problem = problem.without(location_id, in_words(closure))
    return problem


def in_words(closure: Closure) -> str:
    """Why a location may not ship, for the trail of an order."""
    return f"It is closed since {closure.closed_at:%Y-%m-%d %H:%M} UTC by {closure.closed_by}: {closure.closed_because}"


def close_location(work: Work, location_id: str, person: str, because: str) -> bool:
    """Send no more orders to a location; False when it was closed already.

    Raises:
        NotFound: there is no such location.
    """
    _known(work, location_id)
    return closures.close(work.tx.connection, work.tenant_id, location_id, person, because, work.now)


def open_location(work: Work, location_id: str, person: str, because: str) -> bool:
    """Send orders to a location again, and wake those that wait for what it keeps; False when it was not closed.

    Raises:
        NotFound: there is no such location.
    """
    _known(work, location_id)
    connection = work.tx.connection
    if not closures.reopen(connection, work.tenant_id, location_id, person, because, work.now):
        return False
    for sku in closures.skus_waited_for(connection, work.tenant_id, location_id):
        backorders.note_arrival(connection, work.tenant_id, sku, work.now)
    return True


def _known(work: Work, location_id: str) -> None:
    names = [location.id for location in work.tx.locations()]
    if location_id not in names:
        raise NotFound(f"There is no location {location_id!r}; there are {', '.join(names) or 'none'}.")
