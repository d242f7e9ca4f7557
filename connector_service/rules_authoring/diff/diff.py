"""How two versions of a rule file differ: in what they answer, counted exactly, and in what was written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson

from connector_service.rules_authoring.cells import Cells, Path, Row, TooEntangled
from connector_service.rules_authoring.diff.answers import Answered, acting, answered, how_different, said_by
from connector_service.rules_authoring.diff.told_apart import Pair, side_by_side
from connector_service.rules_authoring.diff.words import structural_changes
from connector_service.rules_engine.model import RuleFile

RENAMED = (
    "{} is computed otherwise now. Old and new values are counted as facts of their own, so some combinations may be "
    "counted that no facts can have."
)
MAX_TOGETHER = 12
"""Rules that all answer and are still counted together: so many can hold in thousands of combinations."""
RULE_BY_RULE = "Counted rule by rule: a kind of facts for which several rules change is counted for each of them."
NO_RULE = "no rule"
TOO_ENTANGLED = "The rules compare too many facts in too many ways to count exactly what changes; replay decisions."


@dataclass(frozen=True, slots=True)
class ByRule:
    """Of the kinds of facts in a change, how many moved from one rule to another, or stayed with it."""

    before: str
    after: str
    count: int


@dataclass(slots=True)
class Change:
    """Kinds of facts whose answer changes in the same way. `what` says how, `example` are facts of one such kind (None
    when no facts were found for its derived ones) and `example_words` that kind in words."""

    what: str
    count: int = 0
    by_rule: list[ByRule] = field(default_factory=list)
    example: dict[str, Any] | None = None
    example_words: str = ""


@dataclass(frozen=True, slots=True)
class Diff:
    """The difference. `total` kinds of facts were told apart, `changed` of them are answered otherwise; `moved` are
    those answered alike by another rule. `counted` is False when only `structure` could be told."""

    file: str
    before: str
    after: str
    noun: str
    counted: bool
    total: int
    changed: int
    changes: tuple[Change, ...]
    moved: tuple[ByRule, ...]
    structure: tuple[str, ...]
    note: str = ""

    @property
    def answers_change(self) -> bool:
        """Whether some facts are answered otherwise; assumed when it could not be counted."""
        return self.changed > 0 or not self.counted

    def as_json(self) -> dict[str, Any]:
        """The difference as JSON, with the text."""
        made: dict[str, Any] = orjson.loads(orjson.dumps(self))
        return {**made, "answers_change": self.answers_change, "text": "\n".join(lines_of(self))}


@dataclass(slots=True)
class _Counted:
    """Kinds of facts counted, by the answers of both versions."""

    total: int = 0
    changes: dict[str, Change] = field(default_factory=dict)
    moved: list[ByRule] = field(default_factory=list)


def diff(old: RuleFile, new: RuleFile, today: date) -> Diff:
    """Compare two versions, as rules with a last day stand on `today`. Exact: every kind of facts that either version
    can tell apart is counted once; rule by rule where every rule that matches answers and there are many."""
    structure = tuple(structural_changes(old.document, new.document))
    pair = side_by_side(old, new)
    head = (new.id, old.version, new.version, _noun(new))
    cells = Cells.of(pair.old, pair.new, derive=pair.derive)
    notes = [RENAMED.format(", ".join(pair.renamed))] if pair.renamed else []
    apart = old.hit_policy == new.hit_policy == "all" and max(len(old.rules), len(new.rules)) > MAX_TOGETHER
    notes += [RULE_BY_RULE] if apart else []
    try:
        counted = _rule_by_rule(cells, pair, today) if apart else _together(cells, pair, today)
    except TooEntangled:
        return Diff(*head, False, 0, 0, (), (), structure, TOO_ENTANGLED)
    changes = sorted(counted.changes.values(), key=lambda change: -change.count)
    for change in changes:
        change.by_rule = _merged(change.by_rule)
    changed = sum(change.count for change in changes)
    moved = tuple(_merged(counted.moved))
    return Diff(*head, True, counted.total, changed, tuple(changes), moved, structure, " ".join(notes))


def _together(cells: Cells, pair: Pair, today: date) -> _Counted:
    """Both versions asked about every kind of facts. Raises TooEntangled."""
    old_rows, new_rows = _rows(cells, pair.old, today), _rows(cells, pair.new, today)
    diagram = cells.decide(*old_rows, *new_rows)
    counts, paths, split = diagram.counts(), diagram.paths(), len(old_rows)
    counted = _Counted(sum(counts.values()))
    for leaf in sorted(counts, key=lambda leaf: -counts[leaf]):
        before = answered(pair.old, _numbers(leaf[:split]))
        after = answered(pair.new, _numbers(leaf[split:]))
        _count(counted, cells, (before, after), counts[leaf], paths[leaf])
    return counted


def _rule_by_rule(cells: Cells, pair: Pair, today: date) -> _Counted:
    """Each rule by itself, where each one that matches answers. Raises TooEntangled."""
    counted = _Counted(cells.count)
    for name in dict.fromkeys(rule.id for file in (pair.old, pair.new) for rule in file.rules):
        old = [n for n in acting(pair.old, today) if pair.old.rules[n].id == name]
        new = [n for n in acting(pair.new, today) if pair.new.rules[n].id == name]
        if [_rule(pair.old, n) for n in old] == [_rule(pair.new, n) for n in new]:
            continue
        diagram = cells.decide(cells.row(pair.old, old), cells.row(pair.new, new))
        counts, paths = diagram.counts(), diagram.paths()
        for leaf in counts:
            sides = (_alone(pair.old, _numbers(leaf[:1])), _alone(pair.new, _numbers(leaf[1:])))
            _count(counted, cells, sides, counts[leaf], paths[leaf])
    return counted


def _rule(file: RuleFile, number: int) -> tuple[object, ...]:
    """When a rule holds and what it answers."""
    return file.rules[number].alternatives, said_by(file, number)


def _alone(file: RuleFile, held: Sequence[int]) -> Answered:
    """What one rule adds to the answer."""
    return answered(file, held) if held else Answered(NO_RULE, ())


def _rows(cells: Cells, file: RuleFile, today: date) -> list[Row]:
    numbers = acting(file, today)
    if file.hit_policy in ("first", "worst"):
        return [cells.row(file, numbers)]
    return [cells.row(file, [number]) for number in numbers]


def _numbers(part: Sequence[int | None] | str) -> list[int]:
    return [number for number in part if isinstance(number, int)]


def _count(counted: _Counted, cells: Cells, sides: tuple[Answered, Answered], count: int, path: Path) -> None:
    """Add kinds of facts that both versions answer in this way."""
    before, after = sides
    what = how_different(before.said, after.said)
    if not what:
        if before.who != after.who:
            counted.moved.append(ByRule(before.who, after.who, count))
        return
    change = counted.changes.setdefault(what, Change(what))
    change.count += count
    change.by_rule.append(ByRule(before.who, after.who, count))
    if change.example is None:
        change.example = cells.facts(path)
        change.example_words = change.example_words or cells.words(path)


def _merged(parts: Sequence[ByRule]) -> list[ByRule]:
    counts: dict[tuple[str, str], int] = {}
    for part in parts:
        counts[part.before, part.after] = counts.get((part.before, part.after), 0) + part.count
    return sorted((ByRule(*who, count) for who, count in counts.items()), key=lambda part: -part.count)


def _noun(file: RuleFile) -> str:
    name = file.vocabulary.name.split("@")[0].replace("_", " ")
    return name if name in ("order", "shipment", "exception") else f"{name} facts"


def lines_of(found: Diff) -> Iterator[str]:
    """The difference in words, line by line."""
    yield f"{found.file}: {found.before} to {found.after}"
    if not found.counted:
        yield found.note
    elif not found.changed:
        yield f"No answer changes, for none of {found.total:,} kinds of {found.noun}."
    else:
        some = "kind" if found.changed == 1 else "kinds"
        yield f"{found.changed:,} of {found.total:,} {some} of {found.noun} change their answer:"
    for change in found.changes:
        yield from _change_lines(change, found.noun)
    for part in found.moved:
        yield f"  {_kinds(part.count, found.noun)} the same answer, now from {part.after} instead of {part.before}"
    if found.counted and found.note:
        yield found.note
    yield "What was written differently:" if found.structure else "Nothing was written differently."
    yield from (f"  {line}" for line in found.structure)


def _change_lines(change: Change, noun: str) -> Iterator[str]:
    verb = "changes" if change.count == 1 else "change"
    yield f"  {_kinds(change.count, noun, '')} {verb} {change.what}"
    shown = change.example if change.example is not None else change.example_words
    yield f"    for example {orjson.dumps(shown).decode() if isinstance(shown, dict) else shown}"
    for part in change.by_rule:
        move = f"{part.before} before, {part.after} now" if part.before != part.after else f"{part.after} as before"
        yield f"    {part.count:,} of them: {move}"


def _kinds(count: int, noun: str, verb: str | None = None) -> str:
    """`1 kind of order gets`, `384 kinds of order get`; without a verb when it is empty."""
    kinds = f"{count:,} {'kind' if count == 1 else 'kinds'} of {noun}"
    return kinds if verb == "" else f"{kinds} {'gets' if count == 1 else 'get'}"
