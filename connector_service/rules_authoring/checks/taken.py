"""Parts of a condition that the order of the rules makes pointless: other rules take what they add or leave out."""

from __future__ import annotations

from collections.abc import Iterator

from connector_service.rules_authoring.cells import Box, meets
from connector_service.rules_authoring.checks.places import place_of
from connector_service.rules_authoring.checks.subject import Subject
from connector_service.rules_engine.conditions import RANGE_OPERATORS, Alternative, Clause
from connector_service.rules_engine.findings import Path


def check_taken(subject: Subject) -> None:
    """Warnings for listed values and limits at which other rules always win."""
    for number in subject.acting:
        if number not in subject.never:
            own = subject.boxes[number]
            near = [box for box in _taken(subject, number) if any(meets(box, mine) for mine in own)]
            for clause in _clauses(subject, number):
                _values(subject, number, clause, near)


def note_left_out(subject: Subject) -> None:
    """Notes for clauses that only leave out what other rules take anyway."""
    for number in subject.acting:
        if number not in subject.never:
            taken = _taken(subject, number)
            for clause in _clauses(subject, number):
                _left_out(subject, number, clause, taken)


def _taken(subject: Subject, number: int) -> list[Box]:
    """The cells of the rules that beat a rule."""
    return subject.boxes_of(subject.before(number)) if subject.one_wins else []


def _clauses(subject: Subject, number: int) -> list[Clause]:
    """Every clause of a rule, once."""
    alternatives = subject.file.rules[number].alternatives
    return list(dict.fromkeys(clause for alternative in alternatives for clause in alternative))


def _values(subject: Subject, number: int, clause: Clause, taken: list[Box]) -> None:
    """A finding for the first listed value, or the limit, at which the rule never wins."""
    for value, kinds in _edges(subject, clause):
        if _wins_at(subject, number, clause, kinds, taken):
            continue
        place = place_of(clause, subject.node(number)["when"], subject.when(number))
        if clause.op in RANGE_OPERATORS:
            what = (
                f'The limit {value} decides nothing: at "{clause.text}" other rules win, so moving it changes nothing.'
            )
            fix = "Remove the condition, or change the limit or the order of the rules."
        else:
            what = f'"{value}" changes nothing here: whenever {clause.field} is {value}, other rules win.'
            fix = "Remove it from the list, or move the rule."
        subject.found.warnings.add(place, what, fix)
        return


def _edges(subject: Subject, clause: Clause) -> Iterator[tuple[object, int]]:
    """The values that a clause names, each with the kind that it lets in: for a limit, the kind just inside."""
    cells = subject.cells
    number = cells.number_of[clause.field]
    kinds = cells.fields[number]
    if clause.op in RANGE_OPERATORS:
        limit = int(clause.values[0])
        inside = limit + {"gt": 1, "lt": -1}.get(clause.op, 0)
        yield limit, 1 << kinds.kind_of(inside)
    elif clause.op == "in" and len(clause.values) > 1:
        yield from ((value, 1 << kinds.kind_of(value)) for value in clause.values)


def _wins_at(subject: Subject, number: int, clause: Clause, kinds: int, taken: list[Box]) -> bool:
    cells = subject.cells
    field = cells.number_of[clause.field]
    for alternative in _holders(subject, number, clause):
        box = cells.box(alternative)
        if cells.outside(box | {field: box[field] & kinds}, taken) is not None:
            return True
    return False


def _left_out(subject: Subject, number: int, clause: Clause, taken: list[Box]) -> None:
    """A note for a clause without which the same rules would win everywhere."""
    cells = subject.cells
    own = subject.boxes[number]
    for alternative in _holders(subject, number, clause):
        rest = tuple(other for other in alternative if other != clause)
        if cells.outside(cells.box(rest), [cells.box(alternative)]) is None:
            return  # implied by the other clauses, which is said elsewhere
        if cells.outside(cells.box(rest), [*own, *taken]) is not None:
            return
    place: Path = place_of(clause, subject.node(number)["when"], subject.when(number))
    what = f'"{clause.text}" leaves out only what earlier rules take: without it the same rules would win.'
    subject.found.notes.add(place, what, "Nothing to do if it makes the rule easier to read; else remove it.")


def _holders(subject: Subject, number: int, clause: Clause) -> list[Alternative]:
    return [alternative for alternative in subject.file.rules[number].alternatives if clause in alternative]
