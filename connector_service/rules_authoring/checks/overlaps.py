"""Two rules for the same facts: wrong under `unique`, twice the same under `all`, and else a note of what the order of
the rules decides."""

from __future__ import annotations

from collections.abc import Iterator

from connector_service.rules_authoring.cells import Box, Path, meets
from connector_service.rules_authoring.checks.subject import Subject

MAX_NOTES = 100


def check_overlaps(subject: Subject) -> None:
    """Findings about pairs of acting rules."""
    policy = subject.file.hit_policy
    if policy == "unique":
        _unique(subject)
    elif policy == "all":
        _twice(subject)


def _pairs(subject: Subject) -> Iterator[tuple[int, int, Box]]:
    """Rules with a cell in common, and cells that they have in common."""
    acting = [number for number in subject.acting if number not in subject.never]
    for index, later in enumerate(acting):
        for earlier in acting[:index]:
            common = _common(subject, earlier, later)
            if common is not None:
                yield earlier, later, common


def _common(subject: Subject, earlier: int, later: int) -> Box | None:
    for one in subject.boxes[earlier]:
        for other in subject.boxes[later]:
            if meets(one, other):
                box = {**one, **{n: mask & one.get(n, mask) for n, mask in other.items()}}
                found: Path | None = subject.cells.outside(box, ())
                if found is not None:
                    return found
    return None


def _unique(subject: Subject) -> None:
    for earlier, later, common in _pairs(subject):
        what = f"It matches together with {subject.title(earlier)}, and under `unique` only one rule may."
        fix = f"Make their conditions differ for {subject.example(common)}."
        subject.found.errors.add(subject.when(later), what, fix)


def _twice(subject: Subject) -> None:
    """Under `all`: the same answer for the same facts, given twice."""
    seen: dict[tuple[object, ...], int] = {}
    for number in subject.acting:
        rule = subject.file.rules[number]
        boxes = frozenset(tuple(sorted(box.items())) for box in subject.boxes[number])
        key = (boxes, repr(sorted(rule.outcome.items())), repr(rule.cascade), rule.until)
        first = seen.setdefault(key, number)
        if first != number and number not in subject.never:
            what = f"It matches whenever {subject.title(first)} does, and answers the same."
            subject.found.warnings.add(("rules", number), what, "Remove one of them.")


def note_order(subject: Subject) -> None:
    """Notes where two rules match, answer differently and the order decides. A rule inside another that stands after
    it is how files under `first` are written, and not worth a note."""
    noted = 0
    for earlier, later, common in _pairs(subject) if subject.one_wins else ():
        if noted < MAX_NOTES and _differ(subject, earlier, later) and not _inside(subject, earlier, later):
            noted += 1
            what = f"Both it and {subject.title(earlier)} match {subject.example(common)}, and answer differently."
            fix = f"Nothing to do if {subject.file.rules[earlier].id} is meant to win; else swap them."
            subject.found.notes.add(("rules", later), what, fix)


def _differ(subject: Subject, earlier: int, later: int) -> bool:
    one, other = subject.file.rules[earlier], subject.file.rules[later]
    if subject.file.hit_policy == "worst" and one.outcome["verdict"] != other.outcome["verdict"]:
        return False
    return (one.outcome, one.cascade) != (other.outcome, other.cascade)


def _inside(subject: Subject, earlier: int, later: int) -> bool:
    return all(subject.cells.outside(box, subject.boxes[later]) is None for box in subject.boxes[earlier])
