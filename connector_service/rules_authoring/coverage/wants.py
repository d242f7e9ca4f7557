"""What the tests of a rule file have to show of its conditions, each as the region in which a test would show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from connector_service.rules_authoring.by_oracle import beaters
from connector_service.rules_authoring.coverage.regions import Region, opposites
from connector_service.rules_engine.conditions import RANGE_OPERATORS, Alternative, Alternatives, Clause
from connector_service.rules_engine.model import Rule, RuleFile
from connector_service.rules_engine.vocabulary import Scalar

WantKind = Literal["rule", "alternative", "clause", "threshold", "value", "default", "step", "pause"]

_EDGES = {"gt": (1, 0), "gte": (0, -1), "lt": (-1, 0), "lte": (0, 1)}
"""By how much the neighbouring values differ from the threshold: where the clause holds, and where it does not."""


@dataclass(frozen=True, slots=True)
class Want:
    """One thing to show; a test shows it when its facts lie in the region."""

    rule: Rule | None
    kind: WantKind
    what: str
    region: Region


def wants(file: RuleFile) -> Iterator[Want]:
    """Everything to show of a file's conditions, whether possible or not; see `coverage` for what each means."""
    for rule in file.rules:
        yield from _of_rule(rule, _alternatives(_stronger(file, rule)))
    if file.default is not None:
        acting = _alternatives(rule for rule in file.rules if not rule.shadow)
        yield Want(None, "default", "the default answers", Region(((),), acting))


def winning(file: RuleFile, rule: Rule) -> Region:
    """The facts for which a rule wins (fires, where no rule has to win)."""
    return Region(rule.alternatives, _alternatives(_stronger(file, rule)))


def _stronger(file: RuleFile, rule: Rule) -> list[Rule]:
    if file.hit_policy == "unique" and not rule.shadow:
        return [other for other in file.rules if other is not rule and not other.shadow]
    return beaters(file, rule)


def _alternatives(rules: Iterable[Rule]) -> Alternatives:
    return tuple(alternative for rule in rules for alternative in rule.alternatives)


def _of_rule(rule: Rule, stronger: Alternatives) -> Iterator[Want]:
    yield Want(rule, "rule", "fires" if rule.shadow else "wins", Region(rule.alternatives, stronger))
    for alternative in rule.alternatives if len(rule.alternatives) > 1 else ():
        others = tuple(other for other in rule.alternatives if other is not alternative)
        text = " and ".join(clause.text for clause in alternative)
        yield Want(rule, "alternative", f"wins by {text} alone", Region((alternative,), (*stronger, *others)))
    for clause in dict.fromkeys(clause for alternative in rule.alternatives for clause in alternative):
        yield from _Of(rule, clause, stronger).wants()


@dataclass(frozen=True, slots=True)
class _Of:
    """What to show of one clause of a rule."""

    rule: Rule
    clause: Clause
    stronger: Alternatives

    def wants(self) -> Iterator[Want]:
        clause = self.clause
        if clause.op in RANGE_OPERATORS:
            yield from self._edges()
            return
        if len(self.rule.alternatives) > 1:
            yield self._want("clause", f"wins because {clause.text}", self._true(clause))
        no = [n for opposite in opposites(clause) for n in self._instead(opposite)]
        yield self._want("clause", f"fails only on {clause.text}", self._false(tuple(no)))
        for value in clause.values if len(clause.values) > 1 else ():
            yield self._value(value)

    def _edges(self) -> Iterator[Want]:
        clause = self.clause
        inside, outside = (int(clause.values[0]) + step for step in _EDGES[clause.op])
        wins = f"wins with {clause.field} {inside} ({clause.text})"
        yield self._want("threshold", wins, self._true(self._equal(inside)))
        beyond = self._false(self._instead(self._equal(outside)))
        yield self._want("threshold", f"fails only on {clause.field} {outside} ({clause.text})", beyond)

    def _value(self, value: Scalar) -> Want:
        equal = self._equal(value)
        text = str(value).lower() if isinstance(value, bool) else value
        if self.clause.op == "in":
            return self._want("value", f"wins with {self.clause.field} {text}", self._true(equal))
        beyond = self._false(self._instead(equal))
        return self._want("value", f"fails only on {self.clause.field} {text} ({self.clause.text})", beyond)

    def _want(self, kind: WantKind, what: str, region: Region) -> Want:
        return Want(self.rule, kind, what, region)

    def _equal(self, value: Scalar) -> Clause:
        return Clause(self.clause.field, "is", (value,))

    def _true(self, narrowed: Clause) -> Region:
        """The rule wins, and would not without the clause's alternatives; the clause holds as `narrowed` says."""
        without = tuple(a for a in self.rule.alternatives if self.clause not in a)
        return Region(self._instead(narrowed), (*self.stronger, *without))

    def _false(self, include: Alternatives) -> Region:
        """The rule would win if the clause held."""
        return Region(include, (*self.stronger, *self.rule.alternatives))

    def _instead(self, other: Clause) -> Alternatives:
        """The alternatives with this clause, and `other` in its place."""
        return tuple(self._replaced(a, other) for a in self.rule.alternatives if self.clause in a)

    def _replaced(self, alternative: Alternative, other: Clause) -> Alternative:
        return tuple(other if clause == self.clause else clause for clause in alternative)
