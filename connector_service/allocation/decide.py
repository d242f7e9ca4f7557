"""Decide which location ships which line: greedy at once, exact while the time lasts, and what is proven about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from connector_service.allocation.checks import check
from connector_service.allocation.exact import Stop, search
from connector_service.allocation.greedy import greedy
from connector_service.allocation.lots import takes_of
from connector_service.allocation.model import Model, build
from connector_service.allocation.objective import MILLI, Terms, terms_of
from connector_service.allocation.problem import Problem, Take
from connector_service.allocation.ties import least_score

BUDGET_MS = 50


@dataclass(frozen=True, slots=True)
class Choice:
    """The answer. Scores are in thousandths of a minor unit and count what is taken now, not what is locked."""

    takes: tuple[Take, ...]
    """What to take from where, beside the locked takes."""
    unfilled: int
    """Units of the order that stay open."""
    unfilled_at_best: int
    """No plan leaves fewer open."""
    terms: Terms
    lower_bound: int
    """No plan that leaves as few units open has a lower score."""
    proven: bool
    """No plan is better, once each location's cost is weighed with its share of the load (up to the spread)."""
    nodes: int
    """How many steps the exact search took; 0 when the greedy plan was proven at once."""
    model: Model = field(repr=False, compare=False)
    """What was searched; an explanation needs it again."""

    @property
    def score(self) -> int:
        """What the plan costs; unfilled units apart."""
        return self.terms.score

    @property
    def gap(self) -> int | None:
        """How much dearer than the best plan it is at most, per mille of the lower bound, rounded up.

        The spread is part of it: a proven answer with a spread of 50 may state a gap of up to 50. None when nothing
        is proven about the cost.
        """
        over = self.score - self.lower_bound
        if not over:
            return 0
        return -(-over * MILLI // self.lower_bound) if self.lower_bound else None


def decide(problem: Problem, stop: Stop) -> Choice:
    """The best plan for one order; when `stop` ends the search early, the best one found with a bound.

    The same problem gets the same answer whenever the search runs to its end, or is stopped after the same step.

    Raises:
        InvalidInput: the problem cannot be decided (`checks`).
    """
    check(problem)
    model = build(problem)
    found = search(model, greedy(model), stop)
    takes = takes_of(model, found.best.amounts)
    terms = terms_of(problem, takes)
    fills_most = found.floor[0] == found.best.unfilled
    return Choice(
        takes=takes,
        unfilled=found.best.unfilled,
        unfilled_at_best=found.floor[0],
        terms=terms,
        lower_bound=min(terms.score, least_score(found.floor[1], problem.spread)) if fills_most else 0,
        proven=found.proven,
        nodes=found.nodes,
        model=model,
    )


def within(milliseconds: float, monotonic: Callable[[], float]) -> Stop:
    """Stop after so many milliseconds by a clock in seconds (`time.perf_counter`); answers may depend on its speed."""
    end = monotonic() + milliseconds / 1000
    return lambda: monotonic() >= end


def after(steps: int) -> Stop:
    """Stop after so many steps of the search: the same answer on every machine."""
    left = [steps]

    def stop() -> bool:
        left[0] -= 1
        return left[0] < 0

    return stop


def at_once() -> bool:
    """Stop before the search: the greedy plan with its bound, for when the load is high."""
    return True
