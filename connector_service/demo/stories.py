"""Three orders whose audit trails the report tells whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connector_service.demo.invariants import Evidence
from connector_service.demo.mishaps import SHIPPED, Expected
from connector_service.demo.timeline import Timeline

Wish = tuple[str, str, Callable[[Expected], bool]]
WISHES: tuple[Wish, ...] = (
    (
        "Shipped after a detour",
        "Something went wrong on the way, and was put right without a person.",
        lambda expected: expected.outcome == "shipped" and expected.note != SHIPPED.note,
    ),
    (
        "Quarantined",
        "It may not move until its owner has filled in what is missing; the reason and the deadline are there.",
        lambda expected: expected.outcome == "quarantined",
    ),
    (
        "In exception",
        "It waits for its owner; what could go on went on.",
        lambda expected: expected.outcome == "exception",
    ),
)
OTHERWISE: Wish = ("An ordinary order", "From the webhook to the carrier.", lambda expected: expected is SHIPPED)


def stories(evidence: Evidence) -> list[Timeline]:
    """One order of each kind, the one with the longest trail; an ordinary one in place of a kind that is missing."""
    trails = _trails(evidence)
    told: list[Timeline] = []
    for title, lead, fits in (*WISHES, OTHERWISE, OTHERWISE, OTHERWISE):
        taken = {timeline.order_number for timeline in told}
        found = [number for number, expected in evidence.expected.items() if fits(expected) and number in trails]
        left = [number for number in found if number not in taken]
        if left and len(told) < len(WISHES):
            longest = max(left, key=lambda number: len(trails[number]))
            told.append(Timeline(title, lead, longest, trails[longest]))
    return told


def _trails(evidence: Evidence) -> Mapping[str, list[Mapping[str, Any]]]:
    """Order number to the events of the order and of everything that belongs to it."""
    number_of = {order["id"]: order["number"] for order in evidence.orders}
    owners = {order_id: order_id for order_id in number_of}
    for item in (*evidence.shipments, *evidence.exceptions, *evidence.reservations):
        owners[item["id"]] = item["order_id"]
    trails: dict[str, list[Mapping[str, Any]]] = {number: [] for number in number_of.values()}
    for event in evidence.events:
        order_id = owners.get(event["subject"])
        if order_id is not None:
            trails[number_of[order_id]].append(event)
    return trails
