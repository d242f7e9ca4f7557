"""A furnished house that is fed, and updates to feed it with."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from connector_service.feeds.counting import Outcome
from connector_service.feeds.feed import Feed, Sender, Summary
from connector_service.feeds.update import Count, Movement, Refused, Update, read_update
from connector_service.orders.work import Work
from tests.house import TENANT, House

BEGIN = datetime(2026, 11, 9, 12, 0, tzinfo=UTC)
"""Three hours before the fake clock begins."""


def minutes(count: float) -> datetime:
    """So long after BEGIN."""
    return BEGIN + timedelta(minutes=count)


def update(on_hand: int = 7, **said: Any) -> Count:
    """A count of tees in the east, by the warehouse."""
    raw = {"source": "wms", "sku": "TEE", "location_id": "east", "as_of": BEGIN, "on_hand": on_hand} | said
    read = read_update(raw, {})
    assert isinstance(read, Count), read
    return read


def moved(kind: str, quantity: int = 1, **said: Any) -> Movement:
    """Tees that moved in the east, by the warehouse."""
    raw = {"kind": kind, "source": "wms", "as_of": BEGIN, "quantity": quantity} | said
    if kind not in ("transfer_arrived", "transfer_lost"):
        raw = {"sku": "TEE", "location_id": "east"} | raw
    read = read_update(raw, {})
    assert isinstance(read, Movement), read
    return read


def sender_to(house: House) -> Sender:
    return Sender(house.store, lambda tx: Work(tx, house.rules.of(TENANT), "tests"), TENANT)


async def take(house: House, *updates: Update) -> list[Outcome | Refused]:
    """Each in a transaction of its own."""
    outcomes = []
    for each in updates:
        ((_, outcome),) = await sender_to(house).write([(0, each)])
        outcomes.append(outcome)
    return outcomes


async def refused(house: House, bad: Update) -> Refused:
    (outcome,) = await take(house, bad)
    assert isinstance(outcome, Refused), outcome
    return outcome


async def feed(house: House, updates: Sequence[Update]) -> Summary:
    async with Feed(sender_to(house)) as feeding:
        for index, each in enumerate(updates):
            if feeding.add(index, each):
                await feeding.flush()
        return await feeding.finish()


def on_hand(house: House, sku: str = "TEE", location_id: str = "east", lot: str = "") -> int:
    return house.positions()[location_id, sku, lot].on_hand


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
