"""The 500 orders of the pilot: generated from a seed, each with the outcome it must reach."""

from __future__ import annotations

import copy
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from canonical_models import Priority
from connector_service.demo.catalog import SHORT_SKUS, Article, articles
from connector_service.demo.mishaps import DUPLICATE, DUPLICATES_PER_500, MISHAPS, SHIPPED, Expected, Mishap
from connector_service.demo.places import MARKETS, PLACES
from connector_service.demo.webhooks import Basket, order_webhook

_ORDINARY = Mishap("ordinary", 0, SHIPPED)
_WEIGHTS = {"US": 40, "CA": 15, "GB": 15, "DE": 15, "BR": 15}
_EXPRESS_SHARE = 0.25
_MOST_PIECES = 3
_BETWEEN_ORDERS = timedelta(seconds=2)
_START = datetime(2026, 11, 9, 15, 0, tzinfo=UTC)

Scenario = str | dict[str, str]
"""What the sandbox is told to do with an order: a name, or `{"kind": "count_short", "sku": ...}`."""


@dataclass(frozen=True, slots=True)
class PlannedOrder:
    """One order to send: its number (the sandbox knows it by it), the webhook's body, and what must become of it."""

    number: str
    payload: Mapping[str, Any]
    scenario: Scenario | None
    priority: Priority
    expected: Expected

    @property
    def webhook_id(self) -> str:
        """Shopify's id of the webhook; sent again, it has the same one."""
        return f"demo-{self.payload['id']}"

    @property
    def sends(self) -> int:
        """How often the webhook is sent."""
        return 2 if self.expected.outcome == "replayed" else 1


def generate(
    count: int = 500, seed: int = 2026, *, first_number: int = 10_001, start: datetime = _START
) -> list[PlannedOrder]:
    """`count` orders in the order they are to be sent; the same arguments give the same orders.

    From 100 orders up every mishap happens at least once, from 500 up every exception at least twice. Each duplicate is
    sent long after its original, so that it is never the earlier one.
    """
    rng = random.Random(f"{seed}/{count}")  # noqa: S311 - repeatable on purpose; nothing secret is drawn
    copies = _times(DUPLICATES_PER_500, count)
    mishaps = [mishap for mishap in MISHAPS for _ in range(_times(mishap.per_500, count))]
    mishaps += [_ORDINARY] * (count - copies - len(mishaps))
    rng.shuffle(mishaps)
    orders = [
        _planned(mishap, first_number + index, start + index * _BETWEEN_ORDERS, rng)
        for index, mishap in enumerate(mishaps)
    ]
    return _with_duplicates(orders, copies, first_number + len(orders), rng)


def _times(per_500: int, count: int) -> int:
    return max(per_500 * count // 500, 1 if count >= 100 else 0)


def _planned(mishap: Mishap, number: int, created_at: datetime, rng: random.Random) -> PlannedOrder:
    country = rng.choices(mishap.countries, [_WEIGHTS[country] for country in mishap.countries])[0]
    express = rng.random() < _EXPRESS_SHARE and not mishap.standard_only
    basket = Basket(
        number=number,
        place=rng.choice(PLACES[country]),
        market=MARKETS[country],
        lines=_lines(mishap, rng),
        priority=Priority.EXPRESS if express else Priority.STANDARD,
        created_at=created_at,
        demands_lot=mishap.by_lot or rng.random() < 0.2,
    )
    payload = order_webhook(basket, rng)
    mishap.spoil(payload, rng)
    return PlannedOrder(str(number), payload, _scenario(mishap, payload), basket.priority, mishap.expected)


def _lines(mishap: Mishap, rng: random.Random) -> list[tuple[Article, int]]:
    """One to six different articles, few pieces of each."""
    sold = articles()
    ordinary = [article for article in sold if article.product.sku not in SHORT_SKUS]
    how_many = rng.choices(range(1, 7), (30, 28, 18, 12, 7, 5))[0]
    chosen = rng.sample(ordinary, how_many if mishap.adds is None else min(how_many, 5))
    if mishap.by_lot:
        kept_by_lot = [article for article in ordinary if article.product.lot_tracked]
        first = rng.choice(kept_by_lot)
        chosen = [first, *(article for article in chosen if article is not first)][:6]
    lines = [(article, rng.choices(range(1, _MOST_PIECES + 1), (70, 20, 10))[0]) for article in chosen]
    if mishap.adds is not None:
        skus, quantity = mishap.adds
        scarce = rng.choice([article for article in sold if article.product.sku in skus])
        lines.append((scarce, quantity))
    return lines


def _scenario(mishap: Mishap, payload: Mapping[str, Any]) -> Scenario | None:
    if mishap.scenario == "count_short":
        return {"kind": "count_short", "sku": payload["line_items"][0]["sku"]}
    return mishap.scenario


def _with_duplicates(orders: list[PlannedOrder], copies: int, number: int, rng: random.Random) -> list[PlannedOrder]:
    """Copies of early ordinary orders, put among the late ones."""
    early = [order for order in orders[: len(orders) // 3] if order.expected is SHIPPED]
    late = list(orders)
    for offset, original in enumerate(rng.sample(early, copies)):
        place = rng.randint(2 * len(late) // 3, len(late))
        late.insert(place, _copy_of(original, number + offset, late[place - 1].payload["created_at"]))
    return late


def _copy_of(original: PlannedOrder, number: int, created_at: str) -> PlannedOrder:
    """What a customer sends who presses the button once more: another order id and name, the rest the same."""
    payload = copy.deepcopy(dict(original.payload))
    changes = number - int(original.number)
    payload |= {
        "id": payload["id"] + changes,
        "admin_graphql_api_id": f"gid://shopify/Order/{payload['id'] + changes}",
        "name": f"#{number}",
        "order_number": number,
        "created_at": created_at,
    }
    return PlannedOrder(str(number), payload, None, original.priority, DUPLICATE)
