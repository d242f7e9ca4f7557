"""Which location ships which line of an order, decided by the exact search within its time, and why."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from canonical_models import Order
from connector_service import allocation
from connector_service.geography import arrival_day
from connector_service.orders.choice_problem import Asked, ask
from connector_service.orders.choice_rules import RULE_FILE
from connector_service.orders.closures import open_only
from connector_service.orders.ownership import keep_evaluation
from connector_service.orders.takes import Plan, Take, units_by_line, whole_kits_only
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
    waits_for: tuple[str, ...] = ()
    """Locations that were asked although their systems do not answer now, because the others have not all of it."""

    def shipments(self) -> Iterator[tuple[str, list[Take]]]:
        """The plan by shipment: what may share one, and by itself every line that ships alone."""
        alone = {line.line_id for line in self.asked.problem.lines if line.ships_alone}
        for location_id, takes in self.plan.items():
            parts: dict[str, list[Take]] = {}
            for take in takes:
                parts.setdefault(take.line.line_id if take.line.line_id in alone else "", []).append(take)
            for part in parts.values():
                yield location_id, part

    @property
    def short(self) -> set[str]:
        """The SKUs of which the plan leaves some open."""
        filled = units_by_line(self.plan)
        return {line.sku for name, line in self.asked.lines.items() if filled[name] < line.quantity_open}

    def out_of_reach(self) -> list[str]:
        """Locations that have some of what stays open and may not ship it, each with its first veto."""
        short = self.short
        found = []
        for location in self.asked.problem.locations:
            said = self.asked.problem.vetoes.get(location.id)
            if said and any(each.sku in short and each.available for each in location.positions):
                found.append(f"{location.id} has some and may not ship it: {said[0]}")
        found += [
            f"{units} x {sku} that came in are kept for orders ahead in the queue."
            for sku, units in self.asked.kept.items()
            if sku in short
        ]
        return found[:MOST_CANDIDATES]

    def kept(self, work: Work, order: Order) -> dict[str, Any]:
        """`details`, with what the rules said of each candidate kept as a decision, and its id beside it."""
        details = self.details()
        for candidate in details["candidates"]:
            judged = self.asked.judgements[candidate["location_id"]]
            candidate["decision"] = keep_evaluation(work, judged.evaluation, judged.facts, order.id)
        return details

    def details(self) -> dict[str, Any]:
        """The decision as an event keeps it; money in thousandths of a minor unit, the terms weighted."""
        why = allocation.explain(self.asked.problem, self.choice, MOST_CANDIDATES)
        return {
            "because": " ".join(part for part in (why.because, self._unpriced(), self._waiting()) if part)[
                :LONGEST_REASON
            ],
            "chosen": _plan_details(why.chosen),
            "next_best": _plan_details(why.next_best) if why.next_best else None,
            "proven": why.proven,
            "gap_per_mille": why.gap,
            "rule_file": RULE_FILE,
            "rule_versions": sorted({each.evaluation.version for each in self.asked.judgements.values()}),
            "candidates": [self._candidate(each) for each in why.candidates],
            "left_out": why.left_out,
        }

    def _candidate(self, candidate: allocation.Candidate) -> dict[str, Any]:
        judgement = self.asked.judgements[candidate.location_id]
        known, site = self.asked.ways[candidate.location_id], self.asked.sites[candidate.location_id]
        return {
            "location_id": candidate.location_id,
            "chosen": candidate.chosen,
            "vetoes": [words[:LONGEST_REASON] for words in candidate.vetoes],
            "alone": _plan_details(candidate.alone) if candidate.alone else None,
            "merit": judgement.merit,
            "rules": list(judgement.evaluation.fired),
            "ships_on": site.dispatch.day.isoformat(),
            "transit_days": known.days,
            "arrives_on": arrival_day(site.location, site.dispatch.day, known.days).isoformat(),
            "way": known.because,
        }

    def _unpriced(self) -> str:
        """What is said when carriage could not be compared in the order's currency."""
        return next((known.unpriced for known in self.asked.ways.values() if known.unpriced), "")

    def _waiting(self) -> str:
        """What is said when the plan needs a system that does not answer."""
        needed = [name for name in self.plan if name in self.waits_for]
        return f"The system of {' and '.join(needed)} does not answer now; nothing else has it." if needed else ""


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

    The search ends after the time that the rule file gives it with the best plan found; the only location that may ship
    needs no search. Where only locations whose systems do not answer now have enough, the order waits for one of them.
    """
    asked = ask(work, order, avoid)
    chosen = _decided(work, order, asked, monotonic, leaving)
    if chosen.choice.unfilled and asked.silent:
        waiting = _decided(work, order, ask(work, order, avoid, wait=True), monotonic, leaving)
        if waiting.choice.unfilled < chosen.choice.unfilled:
            return replace(waiting, waits_for=asked.silent)
    return chosen


def _decided(
    work: Work, order: Order, asked: Asked, monotonic: Callable[[], float], leaving: allocation.Ledger | None
) -> WarehouseChoice:
    problem = open_only(work, asked.problem)
    problem = leaving.left_for(problem) if leaving is not None else problem
    asked = replace(asked, problem=problem)
    able = sum(location.id not in problem.vetoes for location in problem.locations)
    stop = allocation.within(asked.budget_ms, monotonic) if able > 1 and asked.budget_ms else allocation.at_once
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
