"""A rule file made ready to answer: the engine and the oracle over the same clauses."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from connector_service.errors import InvalidInput
from connector_service.rules_engine.conditions import Alternative
from connector_service.rules_engine.deciding import Decided, decide, failed
from connector_service.rules_engine.derive import add_derived
from connector_service.rules_engine.engine.columns import Cell, Columns
from connector_service.rules_engine.engine.hosts import HOSTS, Host, Hosts
from connector_service.rules_engine.model import Outcome, Rule, RuleFile
from connector_service.rules_engine.oracle import Predicate, holds_all
from connector_service.rules_engine.organisation import Organisation
from connector_service.rules_worker.engine import EngineFault

_log = logging.getLogger(__name__)
_DEFAULT_REASONS: tuple[str, ...] = ("no rule matched; the default answered",)

_Wording = tuple[str, tuple[tuple[str, str], ...]]
"""Of one alternative: that its rule won, and each condition in words with the field whose value belongs to it."""


class Evaluation(NamedTuple):
    """What a rule file answered.

    `facts` are the facts as given, without missing ones, and the derived ones. `fired` are the ids of all rules that
    matched, in file order; `rule` is the one that won, None when the default or on_error answered. `outcome` is its
    `then` (empty for an escalation rule; under the hit policy all: `{"matches": [...]}`). `shadow` are the ids of
    rules in shadow mode that matched; they never win. `failed` says that on_error answered.
    """

    file_id: str
    version: str
    content_hash: str
    facts: dict[str, Any]
    fired: tuple[str, ...]
    rule: str | None
    outcome: Outcome
    because: str
    reasons: tuple[str, ...]
    shadow: tuple[str, ...] = ()
    failed: bool = False


@dataclass(frozen=True, slots=True)
class CompiledFile:
    """Answers for one rule file; safe to share between threads."""

    file: RuleFile
    organisation: Organisation
    columns: Columns
    host: Host
    oracle: tuple[tuple[int, int, Predicate], ...]
    wordings: tuple[tuple[_Wording, ...], ...]
    identity: tuple[str, str, str]

    @classmethod
    def of(cls, file: RuleFile, organisation: Organisation, hosts: Hosts = HOSTS) -> CompiledFile:
        """Compile a parsed file; `hosts` are those of this process, unless a test brings its own."""
        columns = Columns.of(alternative for rule in file.rules for alternative in rule.alternatives)
        host = hosts.of(columns, [rule.alternatives for rule in file.rules])
        oracle = tuple(
            (number, branch, holds_all(alternative))
            for number, rule in enumerate(file.rules)
            for branch, alternative in enumerate(rule.alternatives)
        )
        wordings = tuple(tuple(_worded(rule, each) for each in rule.alternatives) for rule in file.rules)
        identity = (file.id, file.version, file.content_hash)
        return cls(file, organisation, columns, host, oracle, wordings, identity)

    def evaluate(self, facts: Mapping[str, Any], today: date) -> Evaluation:
        """Ask engine and oracle; if they disagree, the file's on_error answers and an alarm is logged.

        Raises InvalidInput for facts that the vocabulary does not allow.
        """
        known = self._known(facts)
        held = self._held(known)
        cell = self.columns.cell(known)
        try:
            fired = self.host.fired(cell)
        except EngineFault as fault:
            return self._failed(known, str(fault))
        if fired != held.keys():
            return self._disagreed(known, cell, fired, held)
        return self._decided(known, held, today)

    def ask_ahead(self, questions: Iterable[Mapping[str, Any]]) -> None:
        """Ask the engine about many facts at once, so that evaluating each is quick. Times among them are passed over,
        as are facts that the vocabulary does not allow; an engine that fails is left for the evaluation to report."""
        kinds = self.file.vocabulary.facts
        cells = []
        for facts in questions:
            plain = {name: value for name, value in facts.items() if name not in kinds or kinds[name].kind != "time"}
            with suppress(InvalidInput):
                cells.append(self.columns.cell(self._known(plain)))
        with suppress(EngineFault):
            self.host.ask_ahead(cells)

    def _known(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        known = self.file.vocabulary.check(facts)
        add_derived(self.file.derived, known)
        return known

    def _disagreed(
        self, facts: dict[str, Any], cell: Cell, fired: Iterable[int], held: Mapping[int, int]
    ) -> Evaluation:
        with suppress(EngineFault):  # an engine that is down has nothing to forget
            self.host.distrust(cell)
        return self._failed(facts, f"engine and oracle disagree: {self._ids(fired)} against {self._ids(held)}")

    def _failed(self, facts: dict[str, Any], what: str) -> Evaluation:
        return self._evaluation(facts, failed(self.file, what), ())

    def _held(self, facts: Mapping[str, Any]) -> dict[int, int]:
        """Rule number to its first alternative that holds, by the oracle, in file order."""
        held: dict[int, int] = {}
        for number, branch, predicate in self.oracle:
            if number not in held and predicate(facts):
                held[number] = branch
        return held

    def _decided(self, facts: dict[str, Any], held: Mapping[int, int], today: date) -> Evaluation:
        numbers = tuple(held)
        decided = decide(self.file, self.organisation, [self.file.rules[number] for number in numbers], facts, today)
        if decided.winner is None:
            return self._evaluation(facts, decided, _DEFAULT_REASONS)
        number = numbers[decided.winner]
        reasons = _reasons(self.wordings[number][held[number]], facts)
        return self._evaluation(facts, decided, reasons, self.file.rules[number].id)

    def _evaluation(
        self, facts: dict[str, Any], decided: Decided, reasons: tuple[str, ...], rule: str | None = None
    ) -> Evaluation:
        _, fired, outcome, because, shadow, trouble = decided
        if trouble:
            _log.critical("rule file %s %s answered on_error: %s", self.file.id, self.file.version, trouble)
            reasons = (f"on_error answered: {trouble}",)
        return Evaluation(*self.identity, facts, fired, rule, outcome, because, reasons, shadow, bool(trouble))

    def _ids(self, numbers: Iterable[int]) -> tuple[str, ...]:
        return tuple(self.file.rules[number].id for number in sorted(numbers))


def _worded(rule: Rule, clauses: Alternative) -> _Wording:
    return f"{rule.id} won: {rule.title}", tuple((clause.text, clause.field) for clause in clauses)


def _reasons(wording: _Wording, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Which rule won, and each of its conditions with the actual value."""
    won, clauses = wording
    return (won, *[f"{text} (was {_shown(facts.get(field))})" for text, field in clauses])


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "missing" if value is None else str(value)[:200]
