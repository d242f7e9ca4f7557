"""From a rule file's JSON to plain data, with every check that needs the vocabulary and the organisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from connector_service.business_time import Calendar, parse_duration
from connector_service.rules_engine.conditions import Scope
from connector_service.rules_engine.derive import Derived, parse_derived
from connector_service.rules_engine.engine.columns import Columns, weight
from connector_service.rules_engine.file_head import check_head, check_step_numbers
from connector_service.rules_engine.findings import Path, Report, did_you_mean
from connector_service.rules_engine.model import Answer, CascadeStep, EscalationClock, Outcome, Rule, RuleFile
from connector_service.rules_engine.named_numbers import NamedNumbers
from connector_service.rules_engine.oracle import holds_any
from connector_service.rules_engine.organisation import Organisation, parse_calendars
from connector_service.rules_engine.outcomes import DEPUTY, check_outcome
from connector_service.rules_engine.vocabulary import Fact, Vocabulary
from connector_service.rules_worker.engine import MAX_SHARD_WEIGHT

DEFAULT_PAUSE_LIMIT = "5bd"


def parse_rule_file(
    document: Mapping[str, Any],
    vocabularies: Mapping[str, Vocabulary],
    organisation: Organisation,
    content_hash: str,
    report: Report,
) -> RuleFile | None:
    """The rule file, or None with findings. The document has passed the JSON Schema of rule files."""
    before = len(report.findings)
    vocabulary = vocabularies.get(document["facts"])
    if vocabulary is None:
        fix = did_you_mean(document["facts"], vocabularies)
        report.add(("facts",), f'There is no vocabulary "{document["facts"]}".', fix)
        return None
    check_head(document, organisation, report)
    check_step_numbers(document, vocabulary, report)
    numbers = NamedNumbers.of(document, report)
    parsed = _Parser(document, vocabulary, organisation, report, numbers).file(content_hash)
    if report.is_full:
        report.add((), f"There are {len(report.findings)} mistakes or more.", "Mend these first.")
    return parsed if len(report.findings) == before else None


@dataclass(slots=True)
class _Parser:
    document: Mapping[str, Any]
    vocabulary: Vocabulary
    organisation: Organisation
    report: Report
    numbers: NamedNumbers

    def file(self, content_hash: str) -> RuleFile:
        document = self.document
        facts, derived = self._facts()
        rules = self._rules(facts)
        self._check_failing(any(rule.clock for rule in rules))
        return RuleFile(
            id=document["id"],
            version=document["version"],
            status=document["status"],
            description=document["description"],
            hit_policy=document["hit_policy"],
            ranking=tuple(document.get("ranking", ())),
            default=self._answer("default"),
            on_error=self._answer("on_error"),
            vocabulary=self.vocabulary,
            derived=tuple(derived),
            rules=rules,
            tests=tuple(document.get("tests", ())),
            content_hash=content_hash,
            document=document,
            maintainer=document["maintainer"],
            lists=document.get("lists", {}),
            numbers=document.get("numbers", {}),
        )

    def _facts(self) -> tuple[dict[str, Fact], list[Derived]]:
        """All facts a rule may compare, derived ones included, and how those are computed (each from those before)."""
        facts = dict(self.vocabulary.facts)
        derived = []
        for name, node in self.document.get("derive", {}).items():
            if self.report.is_full:
                break
            path = ("derive", name)
            if "where" in node:
                node = {**node, "where": self.numbers.condition(node["where"], (*path, "where"))}
            if name in facts:
                self.report.add(path, f'"{name}" is a fact already.', "Give the derived fact a name of its own.")
            derived.append(parse_derived(name, node, self._scope(facts), path))
            facts[name] = Fact(name, "integer", "derived in the file")
        return facts, derived

    def _scope(self, facts: Mapping[str, Fact]) -> Scope:
        return Scope(facts, self.document.get("lists", {}), self.report)

    def _rules(self, facts: Mapping[str, Fact]) -> tuple[Rule, ...]:
        scope = self._scope(facts)
        calendars = {**self.organisation.calendars, **parse_calendars(self.document.get("calendars", {}), self.report)}
        rules = []
        seen: dict[str, int] = {}
        for index, node in enumerate(self.document["rules"]):
            if self.report.is_full:
                break
            if seen.setdefault(node["id"], index) != index:
                what = f"The id {node['id']} is taken by rule number {seen[node['id']] + 1}."
                self.report.add(("rules", index, "id"), what, "Give it an id that was never used.")
            rules.append(self._rule(node, index, scope, calendars))
        self._check_columns(rules)
        return tuple(rules)

    def _rule(self, node: Mapping[str, Any], index: int, scope: Scope, calendars: Mapping[str, Calendar]) -> Rule:
        path: Path = ("rules", index)
        when = self.numbers.condition(node["when"], (*path, "when"))
        alternatives = scope.alternatives(when, (*path, "when"))
        heaviest = max(map(weight, alternatives), default=0)
        if heaviest > MAX_SHARD_WEIGHT:
            what = f"The condition needs {heaviest} comparisons; at most {MAX_SHARD_WEIGHT} are possible."
            self.report.add((*path, "when"), what, "Use shorter lists, or split it into two rules.")
        clock = self._clock(node, path, scope, calendars)
        return Rule(
            id=node["id"],
            title=node.get("title", node["id"]),
            alternatives=alternatives,
            outcome=self._outcome(node["then"], (*path, "then")) if "then" in node else {},
            because=node["because"],
            shadow=node.get("mode") == "shadow",
            until=date.fromisoformat(node["until"]) if "until" in node else None,
            clock=clock,
            cascade=self._cascade(node, path, clock.calendar) if clock else (),
            owner=node.get("owner"),
            overridable=node.get("overridable", False),
        )

    def _clock(
        self, node: Mapping[str, Any], path: Path, scope: Scope, calendars: Mapping[str, Calendar]
    ) -> EscalationClock | None:
        clock = node.get("clock")
        if clock is None:
            return None
        place = (*path, "clock")
        times = [name for name, fact in self.vocabulary.facts.items() if fact.kind == "time"]
        if clock["since"] not in times:
            self.report.add(
                (*place, "since"), f'There is no time "{clock["since"]}".', did_you_mean(clock["since"], times)
            )
        calendar = calendars.get(clock["calendar"])
        if calendar is None:
            fix = did_you_mean(clock["calendar"], calendars)
            self.report.add((*place, "calendar"), f'There is no calendar "{clock["calendar"]}".', fix)
            return None
        pause = None
        if "pause_when" in clock:
            pause_when = self.numbers.condition(clock["pause_when"], (*place, "pause_when"))
            pause = holds_any(scope.alternatives(pause_when, (*place, "pause_when")))
        limit = parse_duration(clock.get("pause_limit", DEFAULT_PAUSE_LIMIT), calendar)
        return EscalationClock(clock["since"], calendar, pause, limit)

    def _cascade(self, node: Mapping[str, Any], path: Path, calendar: Calendar) -> tuple[CascadeStep, ...]:
        steps: list[CascadeStep] = []
        for index, step in enumerate(node.get("cascade", ())):
            place = (*path, "cascade", index)
            after = parse_duration(step["after"], calendar)
            if steps and after <= steps[-1].after:
                self.report.add(
                    (*place, "after"), f"{step['after']} is not later than the step before.", "Steps must rise."
                )
            if step["then"].get("level", index + 1) != index + 1:
                self.report.add(
                    (*place, "then", "level"), f"This is step {index + 1}.", f"Write {index + 1}, or leave it out."
                )
            steps.append(CascadeStep(after, self._outcome(step["then"], (*place, "then"))))
        return tuple(steps)

    def _answer(self, name: Literal["default", "on_error"]) -> Answer | None:
        node = self.document.get(name)
        if node is None:
            return None
        outcome = {key: value for key, value in node.items() if key not in ("because", "after")}
        return Answer(self._outcome(outcome, (name,)), node["because"], node.get("after"))

    def _check_failing(self, has_clocks: bool) -> None:
        after = "after" in self.document.get("on_error", {})
        if has_clocks and not after:
            what = "A file with clocks must say when somebody acts if it cannot be evaluated."
            self.report.add(("on_error",), what, 'Add "on_error" with "after", such as "1h".')

    def _outcome(self, node: Mapping[str, Any], path: Path) -> Outcome:
        outcome = self.numbers.outcome(node, path)
        self._check_outcome(outcome, path)
        return outcome

    def _check_outcome(self, outcome: Mapping[str, Any], path: Path) -> None:
        ranking = self.document.get("ranking", ()) if self.document["hit_policy"] == "worst" else None
        check_outcome(outcome, path, self.organisation, ranking, self.report)
        if outcome.get("reassign_to") == DEPUTY:
            self._check_deputy(path)

    def _check_deputy(self, path: Path) -> None:
        """The deputy is looked up when one answer is given, by the owner in the facts."""
        answers = path == ("default",) or path[2:] == ("then",)
        if not answers or self.document["hit_policy"] == "all" or "owner" not in self.vocabulary.facts:
            what = "Whose deputy is not known here."
            self.report.add((*path, "reassign_to"), what, "Name an owner.")

    def _check_columns(self, rules: list[Rule]) -> None:
        for first, second in Columns.of(a for rule in rules for a in rule.alternatives).collisions():
            what = f'The engine cannot tell "{first}" from "{second}".'
            derived = next((name for name in (first, second) if name in self.document.get("derive", {})), None)
            if derived is None:
                fix = "Use only one of them in this file, or have one of them renamed in the vocabulary."
                self.report.add(("facts",), what, fix)
            else:
                self.report.add(("derive", derived), what, f'Give the derived fact "{derived}" another name.')
