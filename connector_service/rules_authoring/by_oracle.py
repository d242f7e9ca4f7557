"""Answer by the reference evaluator alone: for the many variants of a file that live for a moment only.

Building an engine costs milliseconds and memory that is never given back; hundreds of changed files, each asked a few
questions, need neither. What answers for real is always `CompiledFile`, which asks both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from connector_service.rules_engine.compiled import Evaluation
from connector_service.rules_engine.deciding import decide, rank
from connector_service.rules_engine.derive import add_derived
from connector_service.rules_engine.model import Rule, RuleFile
from connector_service.rules_engine.oracle import holds_any
from connector_service.rules_engine.organisation import Organisation


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
        winner, fired, outcome, because, shadow, trouble = decide(file, self.organisation, held, known, today)
        rule = None if winner is None else held[winner].id
        identity = (file.id, file.version, file.content_hash)
        return Evaluation(*identity, known, fired, rule, outcome, because, (), shadow, bool(trouble))


def beaters(file: RuleFile, rule: Rule) -> list[Rule]:
    """The rules that win over this one when both hold; nobody wins over a rule that need not win to be heard."""
    if rule.shadow or file.hit_policy in ("all", "unique"):
        return []
    position = file.rules.index(rule)
    own = rank(file, rule)
    return [
        other
        for index, other in enumerate(file.rules)
        if other is not rule and not other.shadow and (rank(file, other), index) < (own, position)
    ]
