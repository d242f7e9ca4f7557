"""Answer by the reference evaluator alone: for the many variants of a file that live for a moment only.

Building an engine costs milliseconds and memory that is never given back; hundreds of changed files, each asked a few
questions, need neither. What answers for real is always `CompiledFile`, which asks both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from connector_service.rules_engine.compiled import Evaluation
from connector_service.rules_engine.derive import add_derived
from connector_service.rules_engine.model import Answer, Rule, RuleFile
from connector_service.rules_engine.oracle import holds_any
from connector_service.rules_engine.organisation import Organisation
from connector_service.rules_engine.outcomes import DEPUTY

_NO_ANSWER = Answer({}, "No rule matched, and the file has no default.")
_NO_ERROR_ANSWER = Answer({}, "The rules could not be evaluated, and the file has no on_error.")


class ByOracle:
    """Answers as a compiled file does, without an engine. `predicates` say for each rule whether it holds."""

    __slots__ = ("file", "organisation", "predicates")

    def __init__(self, file: RuleFile, organisation: Organisation) -> None:
        self.file, self.organisation = file, organisation
        self.predicates = tuple(holds_any(rule.alternatives) for rule in file.rules)

    def known(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The facts that are there, and the derived ones. Raises InvalidInput as `CompiledFile.evaluate`."""
        known = self.file.vocabulary.check(facts)
        add_derived(self.file.derived, known)
        return known

    def evaluate(self, facts: Mapping[str, Any], today: date) -> Evaluation:
        """Raises InvalidInput for facts that the vocabulary does not allow."""
        known = self.known(facts)
        held = [rule for rule, holds in zip(self.file.rules, self.predicates, strict=True) if holds(known)]
        return self.decide(known, held, today)

    def decide(self, known: dict[str, Any], held: Sequence[Rule], today: date) -> Evaluation:
        """The answer when exactly the rules `held` hold; they stand in file order."""
        file = self.file
        active = [rule for rule in held if rule.until is None or today <= rule.until]
        acting = [rule for rule in active if not rule.shadow]
        if file.hit_policy == "unique" and len(acting) > 1:
            return self._failed(known)
        winner = _winner(file, acting) if acting else None
        answer = winner or file.default or _NO_ANSWER
        outcome = dict(answer.outcome)
        if file.hit_policy == "all" and acting:
            outcome = {"matches": [{"rule": rule.id, **rule.outcome} for rule in acting]}
        if outcome.get("reassign_to") == DEPUTY:
            owner = self.organisation.owners.get(known.get("owner", ""))
            if owner is None:
                return self._failed(known)
            outcome["reassign_to"] = owner.deputy
        return Evaluation(
            file_id=file.id,
            version=file.version,
            content_hash=file.content_hash,
            facts=known,
            fired=_ids(acting),
            rule=winner.id if winner else None,
            outcome=outcome,
            because=answer.because,
            reasons=(),
            shadow=_ids(rule for rule in active if rule.shadow),
        )

    def _failed(self, known: dict[str, Any]) -> Evaluation:
        file = self.file
        answer = file.on_error or _NO_ERROR_ANSWER
        return Evaluation(
            file_id=file.id,
            version=file.version,
            content_hash=file.content_hash,
            facts=known,
            fired=(),
            rule=None,
            outcome=dict(answer.outcome),
            because=answer.because,
            reasons=(),
            failed=True,
        )


def beaters(file: RuleFile, rule: Rule) -> list[Rule]:
    """The rules that win over this one when both hold; nobody wins over a rule that need not win to be heard."""
    if rule.shadow or file.hit_policy in ("all", "unique"):
        return []
    position = file.rules.index(rule)
    rank = _rank(file, rule)
    return [
        other
        for index, other in enumerate(file.rules)
        if other is not rule and not other.shadow and (_rank(file, other), index) < (rank, position)
    ]


def _winner(file: RuleFile, acting: Sequence[Rule]) -> Rule:
    return min(acting, key=lambda rule: _rank(file, rule))


def _rank(file: RuleFile, rule: Rule) -> int:
    return file.ranking.index(rule.outcome["verdict"]) if file.hit_policy == "worst" else 0


def _ids(rules: Iterable[Rule]) -> tuple[str, ...]:
    return tuple(rule.id for rule in rules)
