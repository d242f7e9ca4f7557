"""What the checks of one file share: the file, its cells, and where findings go."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from connector_service.rules_authoring.cells import Box, Cells
from connector_service.rules_engine.conditions import Alternative
from connector_service.rules_engine.findings import Finding, Path, Report
from connector_service.rules_engine.model import RuleFile

_SHOWN = 300


@dataclass(slots=True)
class Findings:
    """What the exact checks found: an error makes the file wrong, a warning is something that cannot be meant, and a
    note only says what the order of the rules decides."""

    errors: Report
    warnings: Report
    notes: Report

    @classmethod
    def beside(cls, errors: Report) -> Findings:
        """Findings whose errors go into an existing report."""
        warnings, notes = (Report(errors.file, errors.document, [], errors.origin) for _ in range(2))
        return cls(errors, warnings, notes)

    def all(self) -> list[tuple[str, Finding]]:
        """Every finding with its severity, the worst first."""
        reports = (("error", self.errors), ("warning", self.warnings), ("note", self.notes))
        return [(severity, finding) for severity, report in reports for finding in report.findings]


@dataclass
class Subject:
    """One file under check. `acting` are the numbers of the rules that can win today, in the order in which one beats
    the other; `boxes` the cells of every rule."""

    file: RuleFile
    today: date
    found: Findings
    never: set[int] = field(default_factory=set)
    """Rules that can never match: nothing else is said of them."""

    @cached_property
    def cells(self) -> Cells:
        """The kinds of facts that the file can tell apart."""
        return Cells.of(self.file)

    @cached_property
    def boxes(self) -> list[list[Box]]:
        """The cells of each rule."""
        return [list(self.cells.boxes(rule.alternatives)) for rule in self.file.rules]

    @cached_property
    def acting(self) -> list[int]:
        """Rules neither in shadow nor past their last day; under `worst` the worst verdict first."""
        rules, ranking = self.file.rules, self.file.ranking
        chosen = [number for number, rule in enumerate(rules) if not rule.shadow and not self.is_over(number)]
        if self.file.hit_policy == "worst":
            chosen.sort(key=lambda number: ranking.index(rules[number].outcome["verdict"]))
        return chosen

    @property
    def one_wins(self) -> bool:
        """Whether at most one rule decides."""
        return self.file.hit_policy in ("first", "worst")

    def is_over(self, number: int) -> bool:
        """Whether a rule's last day has passed."""
        until = self.file.rules[number].until
        return until is not None and until < self.today

    def before(self, number: int) -> list[int]:
        """The acting rules that beat this one for as long as it stands."""
        mine = self.file.rules[number].until
        stronger = self.acting[: self.acting.index(number)]
        untils = [(other, self.file.rules[other].until) for other in stronger]
        return [other for other, until in untils if until is None or (mine is not None and until >= mine)]

    def boxes_of(self, numbers: Sequence[int]) -> list[Box]:
        """The cells of some rules together."""
        return [box for number in numbers for box in self.boxes[number]]

    def example(self, part: Box) -> str:
        """Facts in some cells, as JSON to copy into a test."""
        facts = self.cells.facts(dict(part))
        if facts is None:
            return f"facts of which {self.cells.words(dict(part))}"
        text = json.dumps(facts, ensure_ascii=False)
        return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."

    def title(self, number: int) -> str:
        """A rule by id and title."""
        rule = self.file.rules[number]
        return f'{rule.id} ("{rule.title}")' if rule.title != rule.id else rule.id

    def node(self, number: int) -> Any:
        """A rule as it stands in the document."""
        return self.file.document["rules"][number]

    def when(self, number: int) -> Path:
        """The path of a rule's condition."""
        return ("rules", number, "when")


def shown(alternative: Alternative) -> str:
    """Clauses in words."""
    return " and ".join(f'"{clause.text}"' for clause in alternative)
