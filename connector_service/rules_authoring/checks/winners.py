"""Who decides: rules that never win, facts that no rule answers, and defaults that are never needed."""

from __future__ import annotations

from connector_service.rules_authoring.cells import Box, TooEntangled, meets
from connector_service.rules_authoring.checks.subject import Subject

_NAMED = 4


def check_winners(subject: Subject) -> None:
    """Rules that never win, gaps, and a default that can never answer."""
    _gap(subject)
    if subject.one_wins:
        for number in subject.acting:
            if number not in subject.never:
                _never_wins(subject, number)


def _never_wins(subject: Subject, number: int) -> None:
    stronger = subject.before(number)
    beaten = subject.boxes_of(stronger)
    if any(subject.cells.outside(box, beaten) is not None for box in subject.boxes[number]):
        return
    subject.never.add(number)
    covering = _covering(subject, number, stronger)
    names = ", ".join(subject.title(other) for other in covering[:_NAMED])
    more = f" and {len(covering) - _NAMED} more" if len(covering) > _NAMED else ""
    example = subject.example(subject.boxes[number][0])
    if subject.file.hit_policy == "first":
        what = f"The rule can never win: whenever it matches, an earlier rule has won, such as for {example}"
        fix = f"Move it before {subject.file.rules[covering[0]].id}, make its condition differ, or remove it."
        subject.found.errors.add(("rules", number), f"{what}: {names}{more}.", fix)
        return
    what = f"The verdict can never decide: whenever the rule matches, one as bad or worse does too: {names}{more}."
    fix = f"Give it a worse verdict, make its condition differ, or remove it. An example: {example}."
    subject.found.warnings.add(("rules", number, "then", "verdict"), what, fix)


def _covering(subject: Subject, number: int, stronger: list[int]) -> list[int]:
    """The fewest rules found that together hold all of a rule."""
    needed = [n for n in stronger if any(meets(one, box) for one in subject.boxes[n] for box in subject.boxes[number])]
    for other in list(needed):
        without = subject.boxes_of([n for n in needed if n != other])
        if all(subject.cells.outside(box, without) is None for box in subject.boxes[number]):
            needed.remove(other)
    return needed


def _gap(subject: Subject) -> None:
    """An error for facts that nobody answers, or a warning for a default that nothing is left to."""
    rules = subject.file.rules
    lasting = [number for number in subject.acting if rules[number].until is None]
    boxes = subject.boxes_of(lasting)
    left = subject.cells.outside({}, boxes)
    if left is None:
        if subject.file.default is not None:
            what = "The default can never answer: for all facts there are, a rule does."
            subject.found.warnings.add(("default",), what, "Remove it, or the rule that takes everything.")
    elif subject.file.default is None:
        what = f"{_how_many(subject, boxes)} answered by no rule, and there is no default."
        fix = 'Add a "default", or a rule for them at the end.'
        subject.found.errors.add(("rules",), f"{what} For example {subject.example(left)}.", fix)


def _how_many(subject: Subject, boxes: list[Box]) -> str:
    """How many kinds of facts are in none of some boxes."""
    try:
        number = subject.cells.decide([(box, 0) for box in boxes]).counts()[(None,)]
    except TooEntangled:
        return "Some facts are"
    return "1 kind of facts is" if number == 1 else f"{number:,} kinds of facts are"
