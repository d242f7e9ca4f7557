"""Which location ships which line of an order, decided by the exact search within its time, and why."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from canonical_models import Order
from connector_service import allocation
from connector_service.orders.choice_problem import Asked, ask
from connector_service.orders.choice_rules import RULE_FILE
from connector_service.orders.closures import open_only
from connector_service.orders.takes import Plan, Take, whole_kits_only
from connector_service.orders.work import Work

MOST_CANDIDATES = 5
"""So many are kept with their scores: an event stays small however many locations a tenant has."""
LONGEST_REASON = 1_000


@dataclass(frozen=True, slots=True)
class WarehouseChoice:
    """The plan, and all that is needed to explain it."""

    plan: Plan
    asked: Asked
    choice: allocation.Choice

    def details(self) -> dict[str, Any]:
        """The decision as an event keeps it; money in thousandths of a minor unit, the terms weighted."""
        why = allocation.explain(self.asked.problem, self.choice, MOST_CANDIDATES)
        return {
            "because": why.because[:LONGEST_REASON],
            "chosen": _plan_details(why.chosen),
            "next_best": _plan_details(why.next_best) if why.next_best else None,
            "proven": why.proven,
            "gap_per_mille": why.gap,
            "rule_file": RULE_FILE,
            "rule_versions": sorted({each.version for each in self.asked.judgements.values()}),
            "candidates": [self._candidate(each) for each in why.candidates],
            "left_out": why.left_out,
        }

    def _candidate(self, candidate: allocation.Candidate) -> dict[str, Any]:
        judgement = self.asked.judgements[candidate.location_id]
        known = self.asked.ways[candidate.location_id]
        return {
            "location_id": candidate.location_id,
            "chosen": candidate.chosen,
            "vetoes": [words[:LONGEST_REASON] for words in candidate.vetoes],
            "alone": _plan_details(candidate.alone) if candidate.alone else None,
            "merit": judgement.merit,
            "rules": list(judgement.rules),
            "transit_days": known.days,
            "way": known.because,
        }


def choose_warehouse(
    work: Work,
    order: Order,
    avoid: frozenset[str] = frozenset(),
    monotonic: Callable[[], float] = time.perf_counter,
    *,
    leaving: allocation.Ledger | None = None,
) -> WarehouseChoice:
    """What to take from where. `avoid` are locations not to be asked (a failed pick); what is picked stays.

    `leaving` is what others are to have: it is not taken. A closed location ships nothing.

    The search ends after 50 ms with the best plan found; the only location that may ship needs no search.
    """
    asked = ask(work, order, avoid)
    problem = open_only(work, asked.problem)
    problem = leaving.left_for(problem) if leaving is not None else problem
    asked = replace(asked, problem=problem)
    able = sum(location.id not in problem.vetoes for location in problem.locations)
    stop = allocation.within(allocation.BUDGET_MS, monotonic) if able > 1 else allocation.at_once
    choice = allocation.decide(problem, stop)
    return WarehouseChoice(whole_kits_only(order, _plan(asked, choice)), asked, choice)


def _plan(asked: Asked, choice: allocation.Choice) -> Plan:
    """Takes by location, the one that ships most first; within one in the order of the order's lines, first expiry
    first."""
    units: dict[str, int] = {}
    for take in choice.takes:
        units[take.location_id] = units.get(take.location_id, 0) + take.quantity
    plan: Plan = {name: [] for name in sorted(units, key=lambda name: (-units[name], name))}
    at = {line_id: number for number, line_id in enumerate(asked.lines)}
    for take in sorted(choice.takes, key=lambda take: (at[take.line_id], _expiry(asked, take))):
        position = asked.positions[take.position_id]
        plan[take.location_id].append(Take(asked.lines[take.line_id], position, take.quantity))
    return plan


def _expiry(asked: Asked, take: allocation.Take) -> tuple[str, str, str]:
    position = asked.positions[take.position_id]
    return (position.expires_on or "9999", position.lot, position.id)


def _plan_details(plan: allocation.Plan) -> dict[str, Any]:
    return {
        "locations": list(plan.location_ids[:MOST_CANDIDATES]),
        "shipments": plan.shipments,
        "filled": plan.filled,
        "unfilled": plan.unfilled,
        "score": plan.terms.score,
        "terms": {name: amount for name in plan.terms.__slots__ if (amount := getattr(plan.terms, name))},
    }
