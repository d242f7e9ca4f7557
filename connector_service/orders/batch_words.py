"""What a decision for several orders at once says of each of them: with whom, for what, and who got it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from canonical_models import Order
from connector_service.allocation import BatchChoice, Figures, Ledger, Take
from connector_service.allocation.reasons import minor
from connector_service.orders.competition import Contested
from connector_service.orders.takes import Plan

NAMED = 3
"""So many other orders are named; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Orders that compete for some SKUs, with their numbers by id.

    `choice` is None when the time was out before they were compared. `holders` says, by SKU, which orders are planned
    to take what of it; `places`, whose turn is when.
    """

    skus: tuple[Contested, ...]
    numbers: Mapping[str, str]
    choice: BatchChoice | None
    holders: Mapping[str, Mapping[str, Sequence[Take]]] = field(default_factory=dict)
    places: Mapping[str, int] = field(default_factory=dict)

    def of(self, order_id: str) -> list[Contested]:
        """What an order competes for."""
        return [each for each in self.skus if order_id in each.wanted]

    def named(self, order_ids: Sequence[str]) -> str:
        """`N1`, `N1 and N2`, `N1, N2, N3 and 4 more`."""
        names = [self.numbers[order_id] for order_id in order_ids[:NAMED]]
        more = len(order_ids) - len(names)
        *most, last = [*names, f"{more} more"] if more else names
        return f"{', '.join(most)} and {last}" if most else last

    def way(self) -> str:
        """How the orders were decided: `together` or `one_by_one`, or `not_compared` for want of time."""
        if self.choice is None:
            return "not_compared"
        return "together" if self.choice.decided_together else "one_by_one"

    def compared(self) -> str:
        """In words, what deciding them together came to beside one by one."""
        if self.choice is None:
            return "There was no time to compare plans: each takes the best in its turn."
        one, both = self.choice.one_by_one, self.choice.together
        if not self.choice.decided_together:
            return "Each takes the best in its turn; no plan for all of them was found to be better."
        if one.express_unfilled != both.express_unfilled or one.unfilled != both.unfilled:
            units = both.filled + both.unfilled
            return f"Together {both.filled} of {units} units are filled, one by one {one.filled}."
        return f"Together they cost {minor(both.score)}, one by one {minor(one.score)}."


@dataclass(frozen=True, slots=True)
class Turn:
    """An order's turn among those it competes with, the first being 1, and what it leaves to those after it."""

    order_id: str
    place: int
    leaving: Ledger
    batch: Batch

    def told(self, order: Order, plan: Plan, because: str) -> str:
        """The reason for an order's choice, begun with whom it was decided."""
        skus = self.batch.of(self.order_id)
        others = {order_id for each in skus for order_id in each.wanted} - {self.order_id}
        want = ", ".join(f"{sum(each.wanted.values())} x {each.sku} ({each.there} there)" for each in skus[:NAMED])
        head = f"Decided with {_count(len(others), 'other order')}, express first, turn {self.place}:"
        parts = (
            f"{head} they all want {want}.",
            self.batch.compared(),
            *self._left_to_others(skus),
            *self.went_to(order, plan),
            because,
        )
        return " ".join(parts)

    def went_to(self, order: Order, plan: Plan) -> list[str]:
        """Of what an order does not get all it wants: who got it."""
        got: dict[str, int] = {}
        for takes in plan.values():
            for take in takes:
                got[take.line.sku] = got.get(take.line.sku, 0) + take.quantity
        said = []
        for each in self.batch.of(self.order_id):
            others = [order_id for order_id in self.batch.holders.get(each.sku, {}) if order_id != self.order_id]
            if got.get(each.sku, 0) < each.wanted[self.order_id] and others:
                said.append(f"{each.sku} went to {self.batch.named(others)}.")
        return said

    def _left_to_others(self, skus: Sequence[Contested]) -> list[str]:
        said = []
        for each in skus:
            left: dict[str, int] = {}
            holders = {
                order_id: takes
                for order_id, takes in self.batch.holders.get(each.sku, {}).items()
                if self.leaving.taken and self.batch.places[order_id] > self.place
            }
            for takes in holders.values():
                for take in takes:
                    left[take.location_id] = left.get(take.location_id, 0) + take.quantity
            if left:
                where = ", ".join(f"{units} at {name}" for name, units in sorted(left.items())[:NAMED])
                said.append(f"It leaves {each.sku} ({where}) to {self.batch.named(list(holders))}.")
        return said

    def details(self) -> dict[str, Any]:
        """The batch as an event keeps it; scores in thousandths of a minor unit."""
        choice = self.batch.choice
        skus = self.batch.of(self.order_id)
        return {
            "orders": len(self.batch.numbers),
            "turn": self.place,
            "way": self.batch.way(),
            "wanted": {each.sku: {"units": sum(each.wanted.values()), "there": each.there} for each in skus[:NAMED]},
            "one_by_one": _figures(choice.one_by_one) if choice else None,
            "together": _figures(choice.together) if choice else None,
            "ended_early": choice is None or choice.ended_early,
        }


def _figures(figures: Figures) -> dict[str, int]:
    return {"filled": figures.filled, "unfilled": figures.unfilled, "score": figures.score}


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
