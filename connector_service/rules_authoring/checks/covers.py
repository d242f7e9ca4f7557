"""What a file promises to cover: `"covers": {"status": "owner"}` means that whatever else is so, every status there is
gets an owner from exactly one rule, and none is left to the default."""

from __future__ import annotations

from connector_service.rules_authoring.cells import Box
from connector_service.rules_authoring.checks.subject import Subject
from connector_service.rules_engine.findings import did_you_mean


def check_covers(subject: Subject) -> None:
    """Errors for every value of a promised fact that no rule, or more than one, gives the promised answer."""
    for name, answer in subject.file.document.get("covers", {}).items():
        fact = subject.file.vocabulary.facts.get(name)
        if fact is None or fact.kind != "enum":
            words = [each.name for each in subject.file.vocabulary.facts.values() if each.kind == "enum"]
            what = f'"{name}" is no fact with a fixed set of values, so that it could be covered.'
            subject.found.errors.add(("covers", name), what, did_you_mean(name, words))
            continue
        for value in fact.enum:
            _check_value(subject, name, value, answer)
        if subject.one_wins:
            _check_winners(subject, name, answer)


def _check_value(subject: Subject, name: str, value: str, answer: str) -> None:
    rules = subject.file.rules
    answering = [number for number in subject.acting if rules[number].until is None]
    number = subject.cells.number_of.get(name)
    here: Box = {} if number is None else {number: 1 << subject.cells.fields[number].kind_of(value)}
    if not subject.one_wins:
        answering = [number for number in answering if answer in rules[number].outcome]
    left = subject.cells.outside(here, subject.boxes_of(answering))
    if left is not None:
        what = f'{name} "{value}" gets no {answer} from any rule for {subject.example({**here, **left})}.'
        fix = f'Add a rule for it, or the value to a rule that has "{answer}".'
        subject.found.errors.add(("covers", name), what, fix)


def _check_winners(subject: Subject, name: str, answer: str) -> None:
    """A rule that wins where the fact is there must be one that gives the answer."""
    number_of_field = subject.cells.number_of.get(name)
    for number in subject.acting:
        if answer in subject.file.rules[number].outcome:
            continue
        stronger = subject.boxes_of(subject.before(number))
        for box in subject.boxes[number]:
            common = dict(box)
            if number_of_field is not None:
                field = subject.cells.fields[number_of_field]
                common[number_of_field] = box.get(number_of_field, field.everything) & field.there
            won = subject.cells.outside(common, stronger)
            if won is not None:
                what = f"The rule gives no {answer}, and the file promises one for every {name}, such as here: "
                subject.found.errors.add(
                    ("rules", number, "then"), f"{what}{subject.example(won)}.", f'Add "{answer}".'
                )
                break
