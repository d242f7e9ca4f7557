"""What the rule file warehouse-choice makes of money, days, splits and shelves: the numbers of the objective."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from canonical_models import Order
from connector_service.allocation import Prices, Weights
from connector_service.orders.choice_rules import RULE_FILE
from connector_service.orders.work import Work


@dataclass(frozen=True, slots=True)
class Objective:
    """The numbers of one version of the file."""

    weights: Weights
    prices: Prices
    max_splits: int
    spread: int
    """Per mille."""
    budget_ms: int
    keep_days: int


def objective(work: Work, order: Order) -> Objective:
    """The numbers for an order: those of the version that answers for it."""
    return _objective(tuple(work.rules.step_numbers(RULE_FILE, order.id).items()))


@lru_cache(maxsize=1_000)
def _objective(numbers: tuple[tuple[str, int], ...]) -> Objective:
    said = dict(numbers)
    return Objective(
        weights=Weights(**{name: said[f"{name}_weight"] for name in Weights.__slots__}),
        prices=Prices(**{name: said[name] for name in Prices.__slots__}),
        max_splits=said["max_splits"],
        spread=said["spread_per_mille"],
        budget_ms=said["budget_ms"],
        keep_days=said["keep_days"],
    )
