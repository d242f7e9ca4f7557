"""Why this plan: the candidates with their scores term by term, the vetoes, the next best plan, the reason in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from connector_service.allocation.decide import Choice
from connector_service.allocation.fill import fill
from connector_service.allocation.greedy import greedy
from connector_service.allocation.lots import takes_of
from connector_service.allocation.model import Model, build
from connector_service.allocation.objective import (
    days_late,
    penalty,
    shipments_of,
    terms_of,
    unfilled_units,
)
from connector_service.allocation.problem import Problem, Take
from connector_service.allocation.reasons import Plan, reason

MOST_CANDIDATES = 10


@dataclass(frozen=True, slots=True)
class Candidate:
    """One location: why it may not ship, or what it comes to when it ships all that it can alone."""

    location_id: str
    chosen: bool
    vetoes: tuple[str, ...]
    alone: Plan | None
    """None when it may not ship, or has nothing of what is open."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The decision as data."""

    chosen: Plan
    next_best: Plan | None
    """The best plan found without the location that ships most; None when there is none."""
    candidates: tuple[Candidate, ...]
    """The chosen first, then the most promising, the best alone first; those that may not ship last."""
    left_out: int
    """How many more candidates there were."""
    penalty: int
    """What one unfilled unit counts: more than any plan costs."""
    proven: bool
    gap: int | None
    """Per mille of the lower bound; see `Choice.gap`."""
    lower_bound: int
    because: str


def explain(problem: Problem, choice: Choice, most_candidates: int = MOST_CANDIDATES) -> Explanation:
    """Explain a choice made for this problem; costs about as much time as the greedy answer."""
    model = choice.model if choice.model.problem is problem else build(problem)
    chosen = _plan(problem, choice.takes)
    next_best = _next_best(model, chosen)
    return Explanation(
        chosen=chosen,
        next_best=next_best,
        candidates=tuple(_candidates(model, chosen, most_candidates)),
        left_out=max(0, len(problem.locations) - most_candidates),
        penalty=penalty(problem),
        proven=choice.proven,
        gap=choice.gap,
        lower_bound=choice.lower_bound,
        because=reason(problem, choice, chosen, next_best),
    )


def _plan(problem: Problem, takes: Iterable[Take]) -> Plan:
    takes = tuple(takes)
    shipments = shipments_of(problem, takes)
    units: dict[str, int] = {}
    for take in takes:
        units[take.location_id] = units.get(take.location_id, 0) + take.quantity
    late = [days_late(problem, location) for location in problem.locations if location.id in units]
    return Plan(
        location_ids=tuple(sorted(units, key=lambda location_id: (-units[location_id], location_id))),
        shipments=len(shipments),
        days_late=max(late, default=0),
        filled=sum(units.values()),
        unfilled=unfilled_units(problem, takes),
        terms=terms_of(problem, takes),
    )


def _next_best(model: Model, chosen: Plan) -> Plan | None:
    if not chosen.location_ids:
        return None
    others = model.without(chosen.location_ids[0], "not asked")
    plan = _plan(others.problem, takes_of(others, greedy(others).amounts))
    return plan if plan.location_ids else None


def _candidates(model: Model, chosen: Plan, most: int) -> list[Candidate]:
    """The chosen and the most promising others looked at closely, then those that may not ship, the best of them first:
    one that would have been chosen but for its veto says more than one on another continent."""
    problem = model.problem
    options: dict[str, list[int]] = {}
    for option in model.options:
        options.setdefault(option.location.id, []).append(option.index)
    locations = {location.id: location for location in problem.locations}
    # all units at once, then the cost before anything is in it: near enough to tell who is worth a closer look
    promising = {
        name: (-sum(units for at in own for _, units in model.options[at].reach), model.options[own[0]].fixed, name)
        for name, own in options.items()
    }
    hopeless = {name: (1, -location.merit, name) for name, location in locations.items()}
    names = sorted(locations, key=lambda name: (name not in chosen.location_ids, promising.get(name, hopeless[name])))
    found = [
        Candidate(
            location_id=name,
            chosen=name in chosen.location_ids,
            vetoes=problem.vetoes.get(name, ()) or _full(locations[name].capacity_left),
            alone=_alone(replace(problem, locations=(locations[name],)), model, options.get(name, ())),
        )
        for name in names[:most]
    ]
    return sorted(found, key=_by_merit)


def _by_merit(candidate: Candidate) -> tuple[bool, bool, tuple[int, int], str]:
    rank = candidate.alone.rank if candidate.alone else (0, 0)
    name = candidate.location_id if candidate.alone else ""  # those that may not ship stay in their order
    return (not candidate.chosen, candidate.alone is None, rank, name)


def _full(capacity_left: int | None) -> tuple[str, ...]:
    return ("It can make no more shipments today.",) if capacity_left == 0 else ()


def _alone(problem: Problem, model: Model, options: Sequence[int]) -> Plan | None:
    if not options:
        return None
    opened = tuple(options[: model.options[options[0]].room])
    return _plan(problem, takes_of(model, fill(model, opened).amounts))
