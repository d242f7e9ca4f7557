"""Conditions that can never hold, and parts of them that change nothing."""

from __future__ import annotations

from connector_service.rules_authoring.checks.places import branches, place_of
from connector_service.rules_authoring.checks.subject import Subject
from connector_service.rules_engine.conditions import Alternative, Clause
from connector_service.rules_engine.findings import Path


def check_conditions(subject: Subject) -> None:
    """Contradictions, branches that another branch includes, and clauses that others of the same condition imply."""
    for number in range(len(subject.file.rules)):
        _contradictions(subject, number)
        if number not in subject.never:
            _branches(subject, number)
            _implied(subject, number)


def _contradictions(subject: Subject, number: int) -> None:
    """An error for a rule that can never match, a warning for an alternative of it that cannot."""
    alternatives = subject.file.rules[number].alternatives
    cells = subject.cells
    empty = [a for a in alternatives if cells.outside(cells.box(a), ()) is None]
    if not empty:
        return
    if len(empty) == len(alternatives):
        subject.never.add(number)
        place, why = _why(subject, number, empty[0])
        what = f"The rule can never match: {why}."
        subject.found.errors.add(place, what, "Change or remove one of them, or list the values with `in`.")
        return
    for alternative in empty:
        place, why = _why(subject, number, alternative)
        what = f"One alternative can never hold: {why}."
        subject.found.warnings.add(place, what, "Change or remove one of the conditions.")


def _why(subject: Subject, number: int, alternative: Alternative) -> tuple[Path, str]:
    """Where the clause stands that excludes the ones before it, and which those are."""
    cells = subject.cells
    seen: list[Clause] = []
    for clause in alternative:
        place = place_of(clause, subject.node(number)["when"], subject.when(number))
        alone = cells.box((clause,))
        if not all(alone.values()):
            return place, f'"{clause.text}" is true of no value'
        for other in seen:
            if not all(cells.box((other, clause)).values()):
                return place, f'"{other.text}" and "{clause.text}" exclude each other'
        seen.append(clause)
        if cells.outside(cells.box(tuple(seen)), ()) is None:
            others = " and ".join(f'"{each.text}"' for each in seen[:-1])
            return place, f'"{clause.text}" cannot be true together with {others}' if others else "it has no values"
    return subject.when(number), "its conditions exclude each other"


def _branches(subject: Subject, number: int) -> None:
    """A warning for an entry of `any` that the others include."""
    alternatives = subject.file.rules[number].alternatives
    if len(alternatives) < 2 or not branches(subject.node(number)["when"]):
        return
    boxes = [subject.cells.box(alternative) for alternative in alternatives]
    for index in reversed(range(len(boxes))):
        others = [box for other, box in enumerate(boxes) if other != index and all(box.values())]
        if all(boxes[index].values()) and subject.cells.outside(boxes[index], others) is None:
            what = "This alternative changes nothing: the others hold whenever it does."
            place = (*subject.when(number), "any", index)
            subject.found.warnings.add(place, what, "Remove it, or change what it compares.")
            return


def _implied(subject: Subject, number: int) -> None:
    """A warning for a clause that is true whenever the other clauses of its alternative are."""
    alternatives = subject.file.rules[number].alternatives
    cells = subject.cells
    for clause in dict.fromkeys(clause for alternative in alternatives for clause in alternative):
        holders = [alternative for alternative in alternatives if clause in alternative]
        reasons: list[Clause] = []
        for alternative in holders:
            rest = tuple(other for other in alternative if other != clause)
            if cells.outside(cells.box(rest), [cells.box(alternative)]) is not None:
                break
            reasons.extend(other for other in rest if other.field == clause.field)
        else:
            why = f'"{reasons[0].text}" says so already' if reasons else "it is always true here"
            place = place_of(clause, subject.node(number)["when"], subject.when(number))
            what = f'"{clause.text}" changes nothing: {why}.'
            subject.found.warnings.add(place, what, "Remove it, or change what it compares.")
            return
