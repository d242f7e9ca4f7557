"""A warehouse choice as the node's output shows it: the candidates, their scores term by term, vetoes, and why."""

from __future__ import annotations

from typing import Any

from pydantic import Field, JsonValue

from canonical_models import CanonicalModel, Order
from connector_service.orders.views import OrderView


class PlanView(CanonicalModel):
    """What a plan comes to; score and terms in thousandths of a minor unit, a term that is nothing left out."""

    locations: list[str]
    shipments: int
    filled: int
    unfilled: int
    score: int
    terms: dict[str, int]


class CandidateView(CanonicalModel):
    """One location: why it may not ship, or what it comes to when it ships all that it can alone."""

    location_id: str
    chosen: bool
    vetoes: list[str]
    alone: PlanView | None
    merit: int = Field(description="sum of the weights of the rules that hold, per mille")
    rules: list[str]
    ships_on: str = Field(description="the location's own day")
    transit_days: int = Field(description="business days")
    arrives_on: str
    way: str
    decision: str = Field(description="id of the decision that holds the rules' facts and answer")


class ChoiceView(CanonicalModel):
    """Why an order ships from where it does. `proven`: no plan is better; else `gap_per_mille` of the cost could be
    saved at most, or nobody knows how much."""

    because: str
    chosen: PlanView
    next_best: PlanView | None
    proven: bool
    gap_per_mille: int | None
    rule_file: str
    rule_versions: list[str]
    candidates: list[CandidateView]
    left_out: int
    batch: dict[str, JsonValue] | None = Field(default=None, description="when it was decided with other orders")


class AllocatedOrderView(OrderView):
    """An order after its warehouse was chosen; without a choice when there was nothing to choose."""

    choice: ChoiceView | None

    @classmethod
    def with_choice(cls, order: Order, choice: dict[str, Any] | None) -> AllocatedOrderView:
        """The order's view, with the choice as its event keeps it."""
        seen = dict(OrderView.of(order))
        return cls.model_construct(**seen, choice=None if choice is None else ChoiceView.model_validate(choice))
