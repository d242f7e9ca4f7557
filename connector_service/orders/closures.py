"""Locations that a person has closed: no order is sent there until somebody opens them again."""

from __future__ import annotations

from connector_service.allocation import Problem
from connector_service.orders.work import Work
from connector_service.store import closures
from connector_service.store.closures import Closure


def closed_ids(work: Work) -> frozenset[str]:
    """The locations that are closed now."""
    return frozenset(closures.closed_now(work.tx.connection, work.tenant_id))


def open_only(work: Work, problem: Problem) -> Problem:
    """A warehouse choice without the closed locations, whatever a tenant's rules say of them."""
    for location_id, closure in closures.closed_now(work.tx.connection, work.tenant_id).items():
        if any(location.id == location_id for location in problem.locations):
            problem = problem.without(location_id, in_words(closure))
    return problem


def in_words(closure: Closure) -> str:
    """Why a location may not ship, for the trail of an order."""
    return f"It is closed since {closure.closed_at:%Y-%m-%d %H:%M} UTC by {closure.closed_by}: {closure.closed_because}"
