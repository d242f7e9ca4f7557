"""What the rule file warehouse-choice says of each location that could ship: vetoes in words, and merit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from canonical_models import Location, Order
from connector_service.orders.work import Work
from connector_service.rules_engine import Evaluation

RULE_FILE = "warehouse-choice"
_FAILED_BEFORE = ("It could not pick this order before.",)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Of one location: the sum of its rules' weights (per mille), why it may not ship, the evaluation that says so,
    and the facts it was given."""

    merit: int
    vetoes: tuple[str, ...]
    evaluation: Evaluation
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Need:
    """What all candidates are asked for: units, and what the cheapest of them takes to handle one shipment."""

    units: int
    cheapest_handling_minor: int


def serves(location: Location, order: Order) -> bool:
    """Whether a location ships to the order's country."""
    return not location.serves or order.ship_to.country in location.serves


def judge(
    work: Work,
    order: Order,
    location: Location,
    need: Need,
    units_available: int,
    avoided: bool,
    standing: Mapping[str, Any],
) -> Judgement:
    """Ask the rules about one location; `standing` are facts of how it stands today. One that is avoided may not ship,
    whatever a tenant's rules say."""
    facts = {**_facts(order, location, need, units_available, avoided), **standing}
    evaluation = work.rules.evaluate(RULE_FILE, facts, order.id)
    matches: list[Mapping[str, Any]] = evaluation.outcome.get("matches", [evaluation.outcome])
    out = [match for match in matches if match.get("veto")]
    vetoes = tuple(_in_words(work, match, evaluation.because) for match in out)
    merit = sum(match.get("weight", 0) for match in matches)
    vetoes = vetoes or (_FAILED_BEFORE if avoided else ())
    return Judgement(merit, vetoes, evaluation, facts)


def _facts(order: Order, location: Location, need: Need, units_available: int, avoided: bool) -> dict[str, Any]:
    same_country = location.country == order.ship_to.country
    return {
        "location_id": location.id,
        "kind": location.kind,
        "serves_country": serves(location, order),
        "same_country": same_country,
        "same_region": same_country and location.region == order.ship_to.region,
        "failed_before": avoided,
        "units_needed": need.units,
        "units_available": units_available,
        "handling_minor": location.handling_minor,
        "cheapest_handling_minor": need.cheapest_handling_minor,
        "priority": order.priority.value,
    }


def _in_words(work: Work, match: Mapping[str, Any], because: str) -> str:
    """A veto's reason; the file's own words for an error when no rule spoke."""
    name = match.get("rule")
    rules = work.rules.compiled(RULE_FILE).file.rules
    rule = next((rule for rule in rules if rule.id == name), None)
    if rule is None:
        return f"{because} ({name})" if name else because
    return f"{rule.title} ({rule.id}): {rule.because}"
