"""From the rules that hold to the one answer: dates, shadow rules, the hit policy, the default, the deputy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from connector_service.rules_engine.model import Answer, Outcome, Rule, RuleFile
from connector_service.rules_engine.organisation import Organisation
from connector_service.rules_engine.outcomes import DEPUTY

_NO_ANSWER = Answer({}, "No rule matched, and the file has no default.")
_NO_ERROR_ANSWER = Answer({}, "The rules could not be evaluated, and the file has no on_error.")


class Decided(NamedTuple):
    """An answer. `winner` is the place of the rule that won among those that hold; `trouble` says in words why there
    is none but on_error's."""

    winner: int | None
    fired: tuple[str, ...]
    outcome: Outcome
    because: str
    shadow: tuple[str, ...] = ()
    trouble: str = ""


def decide(
    file: RuleFile, organisation: Organisation, held: Sequence[Rule], facts: Mapping[str, Any], today: date
) -> Decided:
    """What a file answers when exactly the rules `held`, in file order, hold for some facts."""
    active = [place for place, rule in enumerate(held) if rule.until is None or today <= rule.until]
    acting = [place for place in active if not held[place].shadow]
    fired = tuple([held[place].id for place in acting])
    if file.hit_policy == "unique" and len(acting) > 1:
        return failed(file, f"more than one rule matched: {', '.join(fired)}")
    winner = _winner(file, held, acting)
    answer = _NO_ANSWER if winner is None else held[winner]
    if winner is None and file.default is not None:
        answer = file.default
    outcome = dict(answer.outcome)
    if file.hit_policy == "all" and acting:
        outcome = {"matches": [{"rule": held[place].id, **held[place].outcome} for place in acting]}
    if outcome.get("reassign_to") == DEPUTY:
        owner = organisation.owners.get(facts.get("owner", ""))
        if owner is None:
            return failed(file, "a deputy takes over, and the facts name no owner")
        outcome["reassign_to"] = owner.deputy
    shadow = tuple([held[place].id for place in active if held[place].shadow]) if len(active) > len(acting) else ()
    return Decided(winner, fired, outcome, answer.because, shadow)


def failed(file: RuleFile, what: str) -> Decided:
    """The fail-closed answer."""
    answer = file.on_error or _NO_ERROR_ANSWER
    return Decided(None, (), dict(answer.outcome), answer.because, trouble=what)


def rank(file: RuleFile, rule: Rule) -> int:
    """Under the hit policy worst, how bad a rule's verdict is, 0 the worst; else 0 for all."""
    return file.ranking.index(rule.outcome["verdict"]) if file.hit_policy == "worst" else 0


def _winner(file: RuleFile, held: Sequence[Rule], acting: Sequence[int]) -> int | None:
    if not acting:
        return None
    return min(acting, key=lambda place: rank(file, held[place])) if file.hit_policy == "worst" else acting[0]
