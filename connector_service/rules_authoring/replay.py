"""A new version asked again about what was decided before: how many answers change, from what to what, for whom."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson

from connector_service.errors import InvalidInput
from connector_service.rules_authoring.by_oracle import ByOracle
from connector_service.rules_authoring.diff.answers import DEFAULT, ON_ERROR, Answered, how_different, said_by, said_of
from connector_service.rules_engine.compiled import Evaluation

_LISTED = 20
_STEP = 100
Progress = Callable[[int], None]
"""Told how many were asked so far."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is asked about again: `subject` is the order (or shipment, or place in a file of facts), `answer` what was
    decided on `day`. `facts` may hold facts that the deciding version derived."""

    id: str
    subject: str
    facts: Mapping[str, Any]
    answer: Answered
    day: date


@dataclass(frozen=True, slots=True)
class Case:
    """One answer that changes, or, with `problem`, facts that could not be evaluated."""

    id: str
    subject: str
    before: str
    after: str
    problem: str = ""


@dataclass(slots=True)
class Change:
    """Cases whose answer changes in the same way."""

    what: str
    cases: list[Case] = field(default_factory=list)


@dataclass(slots=True)
class Replayed:
    """How many were asked, and what changes: `changes` by what changes, most cases first. `moved` are answered alike
    by another rule, `failed` could not be evaluated."""

    file: str
    version: str
    asked: int = 0
    changes: list[Change] = field(default_factory=list)
    moved: list[Case] = field(default_factory=list)
    failed: list[Case] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """How many answers change."""
        return sum(len(change.cases) for change in self.changes)

    def as_json(self) -> dict[str, Any]:
        """The result as JSON, with every case, and the text."""
        made: dict[str, Any] = orjson.loads(orjson.dumps(self))
        return {**made, "changed": self.changed, "text": "\n".join(lines_of(self))}


def replay(
    new: ByOracle, recorded: Iterable[Recorded], derived: Collection[str] = (), progress: Progress = lambda asked: None
) -> Replayed:
    """Ask a new version about recorded facts. `derived` are the names that earlier versions derived: those are left
    out, and the new version derives its own."""
    found = Replayed(new.file.id, new.file.version)
    left_out = {*derived, *(each.name for each in new.file.derived)} - new.file.vocabulary.facts.keys()
    changes: dict[str, Change] = {}
    for each in recorded:
        found.asked += 1
        if found.asked % _STEP == 0:
            progress(found.asked)
        facts = {name: value for name, value in each.facts.items() if name not in left_out}
        try:
            after = answer_of(new, new.evaluate(facts, each.day))
        except InvalidInput as error:
            found.failed.append(Case(each.id, each.subject, each.answer.who, "", error.detail))
            continue
        case = Case(each.id, each.subject, each.answer.who, after.who)
        what = how_different(each.answer.said, after.said)
        if what:
            changes.setdefault(what, Change(what)).cases.append(case)
        elif each.answer.who != after.who:
            found.moved.append(case)
    found.changes = sorted(changes.values(), key=lambda change: -len(change.cases))
    progress(found.asked)
    return found


def answer_of(version: ByOracle, evaluation: Evaluation) -> Answered:
    """What a version answered, so that it can be compared."""
    if evaluation.failed:
        return Answered(ON_ERROR, said_of(evaluation.outcome))
    if evaluation.rule is None:
        return Answered(DEFAULT, said_of(evaluation.outcome))
    rules = version.file.rules
    number = next(number for number, rule in enumerate(rules) if rule.id == evaluation.rule)
    if rules[number].clock is not None:
        return Answered(evaluation.rule, said_by(version.file, number))
    return Answered(
        ", ".join(evaluation.fired) if "matches" in evaluation.outcome else evaluation.rule, said_of(evaluation.outcome)
    )


def lines_of(found: Replayed) -> Iterator[str]:
    """The result in words, line by line; twenty cases of each change are listed."""
    head = f"{found.file} {found.version}: "
    if not found.asked:
        yield f"{head}there was nothing to ask about."
        return
    yield f"{head}{found.changed:,} of {found.asked:,} answers change, {len(found.failed):,} could not be evaluated."
    for change in found.changes:
        yield f"  {len(change.cases):,} {'changes' if len(change.cases) == 1 else 'change'} {change.what}"
        yield from _cases(change.cases)
    if found.moved:
        yield f"  {len(found.moved):,} {'has' if len(found.moved) == 1 else 'have'} the same answer from another rule"
        yield from _cases(found.moved)
    if found.failed:
        yield "  Not evaluated:"
        yield from _cases(found.failed)


def _cases(cases: list[Case]) -> Iterator[str]:
    for case in cases[:_LISTED]:
        what = case.problem or f"{case.before} before, {case.after} now"
        yield f"    {case.subject}{f' ({case.id})' if case.id else ''}: {what}"
    if len(cases) > _LISTED:
        yield f"    and {len(cases) - _LISTED:,} more"
