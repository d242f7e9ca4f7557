"""The numbers behind the report's pictures, worked out of orders, exceptions and events as JSON."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Json = Mapping[str, Any]
PATH = ("received", "validated", "allocated", "released", "picked", "packed", "shipped")
"""The ordinary path of the funnel; what comes after shipping is the carrier's."""

_RANK = {status: rank for rank, status in enumerate(PATH)} | {
    "partially_allocated": PATH.index("allocated"),
    "partially_shipped": PATH.index("shipped"),
    "delivered": PATH.index("shipped"),
    "closed": PATH.index("shipped"),
}
_DIVERTED = frozenset({"quarantined", "on_hold", "backordered", "cancelled"})
_OPEN = frozenset({"open", "claimed", "resolved"})


@dataclass(frozen=True, slots=True)
class Stage:
    """How many orders came as far as a status, and how many of these are off the path there now."""

    status: str
    reached: int
    diverted: int


@dataclass(frozen=True, slots=True)
class Step:
    """Seconds that orders spent in a status before the next one."""

    status: str
    orders: int
    p50_s: float
    p95_s: float


@dataclass(frozen=True, slots=True)
class CountryRow:
    """What became of a country's orders, and what they are worth in minor units of its currency."""

    country: str
    orders: int
    shipped: int
    in_trouble: int
    currency: str
    total_minor: int


def by_order(events: Iterable[Json]) -> dict[str, list[Json]]:
    """The events of each order, in order."""
    streams: dict[str, list[Json]] = defaultdict(list)
    for event in events:
        if event["type"].startswith("dockline.order."):
            streams[event["subject"]].append(event)
    return {subject: sorted(found, key=lambda event: event["sequence"]) for subject, found in streams.items()}


def funnel(events: Iterable[Json]) -> list[Stage]:
    """Each status of the ordinary path with the orders that came at least as far."""
    furthest: list[int] = []
    stopped: Counter[int] = Counter()
    for stream in by_order(events).values():
        statuses = [event["data"]["to_status"] for event in stream]
        rank = max((_RANK[status] for status in statuses if status in _RANK), default=0)
        furthest.append(rank)
        stopped[rank] += statuses[-1] in _DIVERTED
    return [Stage(status, sum(far >= rank for far in furthest), stopped[rank]) for rank, status in enumerate(PATH)]


def step_times(events: Iterable[Json]) -> list[Step]:
    """How long orders stood in each status of the ordinary path; the last one of an order is still running."""
    spent: dict[str, list[float]] = defaultdict(list)
    for stream in by_order(events).values():
        entered, since = None, None
        for event in stream:
            status, now = event["data"]["to_status"], datetime.fromisoformat(event["time"])
            if status == entered:
                continue
            if entered is not None and since is not None:
                spent[entered].append((now - since).total_seconds())
            entered, since = status, now
    return [
        Step(status, len(spent[status]), percentile(spent[status], 50), percentile(spent[status], 95))
        for status in PATH[:-1]
        if spent[status]
    ]


def percentile(values: Sequence[float], percent: int) -> float:
    """The nearest-rank percentile of one value or more."""
    ranked = sorted(values)
    return ranked[max(0, -(-percent * len(ranked) // 100) - 1)]


def open_exceptions(exceptions: Iterable[Json]) -> dict[str, dict[str, int]]:
    """Open exceptions as code to owner to how many, the commonest code first."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for case in exceptions:
        if case["state"] in _OPEN:
            counts[case["code"]][case["owner"]] += 1
    ranked = sorted(counts, key=lambda code: (-counts[code].total(), code))
    return {code: dict(sorted(counts[code].items())) for code in ranked}


def by_country(orders: Iterable[Json]) -> list[CountryRow]:
    """One row per country, the one with most orders first."""
    groups: dict[str, list[Json]] = defaultdict(list)
    for order in orders:
        groups[order["ship_to"]["country"]].append(order)
    rows = [
        CountryRow(
            country=country,
            orders=len(found),
            shipped=sum(order["status"] in ("shipped", "delivered", "closed") for order in found),
            in_trouble=sum(bool(order["exception_ids"]) for order in found),
            currency=found[0]["currency"],
            total_minor=sum(order["totals"]["total_minor"] for order in found),
        )
        for country, found in groups.items()
    ]
    return sorted(rows, key=lambda row: (-row.orders, row.country))
