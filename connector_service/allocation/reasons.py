"""The reason for a choice in words: what ships, what the next best plan would have cost, and where they differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from connector_service.allocation.decide import Choice
from connector_service.allocation.objective import MILLI, Terms
from connector_service.allocation.problem import Problem

_MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """What a plan comes to. Scores and terms in thousandths of a minor unit."""

    location_ids: tuple[str, ...]
    """The one that ships most units first."""
    shipments: int
    days_late: int
    """Days after the promise that the last shipment arrives."""
    filled: int
    unfilled: int
    terms: Terms

    @property
    def rank(self) -> tuple[int, int]:
        """Fewer unfilled units first, then the lower score."""
        return (self.unfilled, self.terms.score)


def reason(problem: Problem, choice: Choice, chosen: Plan, next_best: Plan | None) -> str:
    """Some sentences: what was chosen, against what, what stays open and why, and how sure that is."""
    if not chosen.location_ids:
        parts = [_nothing(problem, chosen), _locked(problem), _vetoed(problem)]
    else:
        parts = [
            _against(problem, chosen, next_best),
            _open(chosen),
            _locked(problem),
            _vetoed(problem),
            _proof(choice),
        ]
    return " ".join(part for part in parts if part)


def minor(score: int) -> str:
    """A score in whole minor units, halves rounded up: `1,234`."""
    return f"{(score + MILLI // 2) // MILLI:,}"


def _names(location_ids: tuple[str, ...]) -> str:
    """`east`, `east and west`, `east, north and west`."""
    *most, last = location_ids
    return f"{', '.join(most)} and {last}" if most else last


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _nothing(problem: Problem, chosen: Plan) -> str:
    if not chosen.unfilled:
        return "Nothing is open: all of the order is locked or was not wanted."
    if not problem.locations:
        return "No location is known."
    return f"No location that may ship has any of the {_count(chosen.unfilled, 'open unit')}."


def _against(problem: Problem, chosen: Plan, other: Plan | None) -> str:
    one = len(chosen.location_ids) == 1
    costs = f"{_names(chosen.location_ids)} {'costs' if one else 'cost'} {minor(chosen.terms.score)}"
    if other is None:
        return f"{costs}; nothing could ship without {chosen.location_ids[0]}."
    there = _names(other.location_ids)
    if other.unfilled > chosen.unfilled:
        more = _count(other.unfilled - chosen.unfilled, "unit")
        return f"{costs}; without {chosen.location_ids[0]}, {there} would leave {more} more unfilled."
    if other.terms.score < chosen.terms.score and other.unfilled == chosen.unfilled:
        per_cent = f"{problem.spread / 10:g}%"
        return (
            f"{costs} against {minor(other.terms.score)} at {there}: within {per_cent}, orders are shared between them."
        )
    why = _differences(chosen, other)
    if not why:
        return f"{costs}, as much as {there}: equal locations share the orders."
    return f"{costs} against {minor(other.terms.score)} at {there}: {', '.join(why)}."


def _differences(chosen: Plan, other: Plan) -> list[str]:
    """Where the chosen plan is better, the greatest difference first."""
    words: dict[str, Callable[[], str]] = {
        "landed_cost": lambda: f"{minor(chosen.terms.landed_cost)} to ship instead of {minor(other.terms.landed_cost)}",
        "lateness": lambda: f"{_late(chosen)} instead of {_late(other)}",
        "shipments": lambda: f"{_count(chosen.shipments, 'shipment')} instead of {other.shipments}",
        "utilisation": lambda: "more capacity to spare",
        "balance": lambda: "less taken of what is kept for customers nearby",
        "merit": lambda: "preferred by the rules",
    }
    gains = {name: getattr(other.terms, name) - getattr(chosen.terms, name) for name in words}
    ranked = sorted((name for name in words if gains[name] > 0), key=lambda name: -gains[name])
    return [words[name]() for name in ranked[:_MOST_REASONS]]


def _late(plan: Plan) -> str:
    return f"{_count(plan.days_late, 'day')} late" if plan.days_late else "on time"


def _open(chosen: Plan) -> str:
    if not chosen.unfilled:
        return ""
    return f"{_count(chosen.unfilled, 'unit')} of {chosen.filled + chosen.unfilled} cannot be filled."


def _locked(problem: Problem) -> str:
    if not problem.locked:
        return ""
    places = tuple(sorted({take.location_id for take in problem.locked}))
    units = sum(take.quantity for take in problem.locked)
    return f"{_count(units, 'unit')} picked at {_names(places)} already {'stays' if units == 1 else 'stay'}."


def _vetoed(problem: Problem) -> str:
    """Who may not ship, the best of them first."""
    merit = {location.id: location.merit for location in problem.locations}
    vetoed = [name for name, said in problem.vetoes.items() if said]
    vetoed.sort(key=lambda name: (-merit.get(name, 0), name))
    out = [f"{name} may not ship: {' '.join(problem.vetoes[name])}" for name in vetoed]
    shown = " ".join(part if part.endswith(".") else part + "." for part in out[:_MOST_REASONS])
    return f"{shown} {len(out) - _MOST_REASONS} more may not." if len(out) > _MOST_REASONS else shown


def _proof(choice: Choice) -> str:
    if choice.proven:
        return "No plan is better."
    if choice.unfilled > choice.unfilled_at_best:
        return f"The search was ended early; a plan may exist that leaves only {choice.unfilled_at_best} unfilled."
    if choice.gap is None:
        return "The search was ended early; how much better a plan could be is not known."
    return f"The search was ended early; at most {choice.gap / 10:g}% could be saved on the lower bound of " + (
        f"{minor(choice.lower_bound)}."
    )
