"""Regions: the facts for which one of some alternatives holds and none of some others, and exact search for examples.

A region is searched by splitting boxes of kinds of values (see `cells`), so nothing has to be enumerated and no number
of cells is too many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from connector_service.rules_authoring.cells import Box, Cells
from connector_service.rules_engine.conditions import Alternative, Clause
from connector_service.rules_engine.model import RuleFile

MAX_STEPS = 30_000
"""How many boxes a search may split before it gives up."""
MAX_PARTS = 60
"""For how many parts of a region facts are looked for."""
MAX_FAILED = 4
"""After how many parts, for which no facts were found that the derived facts come from, a region is given up."""
MAX_FAILED_IN_ALL = 60
"""After how many such parts in all, only the first part of each region is tried."""

_OPPOSITE = {
    "is": ("is_not",),
    "is_not": ("is",),
    "in": ("not_in",),
    "not_in": ("in",),
    "missing": ("exists",),
    "exists": ("missing",),
    "gt": ("lte", "missing"),
    "gte": ("lt", "missing"),
    "lt": ("gte", "missing"),
    "lte": ("gt", "missing"),
}


class TooManySteps(Exception):
    """The search was given up; whether there is an example is not known."""


@dataclass(frozen=True, slots=True)
class Region:
    """The facts for which one of `include` holds and none of `exclude`."""

    include: tuple[Alternative, ...]
    exclude: tuple[Alternative, ...] = ()


def opposites(clause: Clause) -> tuple[Clause, ...]:
    """Clauses of which one holds exactly when this one does not."""
    return tuple(
        Clause(clause.field, op, () if op in ("missing", "exists") else clause.values) for op in _OPPOSITE[clause.op]
    )


class Search:
    """Looks for examples over the kinds that these files and these further alternatives tell apart."""

    def __init__(self, files: Sequence[RuleFile], further: Iterable[Alternative] = ()) -> None:
        file = files[0]
        probe = replace(file, rules=(replace(file.rules[0], alternatives=tuple(further)),))
        self._cells = Cells.of(*files, probe, derive=file.document.get("derive"))
        definitions = file.document.get("derive", {})
        self._entangled = {*definitions, *(word for each in definitions.values() for word in _words(each))}
        self._failed = 0
        self.exact = True
        """Whether every search so far went through its whole region, so that finding nothing means there is nothing."""

    def examples(
        self, region: Region, wanted: Callable[[dict[str, Any]], bool] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Facts in a region, as few as possible in each. Raises TooManySteps when the search grows too long.

        `wanted` is asked about each part of the region, by a sample of it in which derived facts are given as such.
        No example means that there is none. With derived facts it may also mean that no facts were found from which
        they come out so.
        """
        cells = self._cells
        excluded = [*cells.impossible, *cells.boxes(region.exclude)]
        steps = iter(range(MAX_STEPS))
        parts = ((box, part) for box in cells.boxes(region.include) for part in self._outside(box, excluded, 0, steps))
        failed = 0
        for number, (box, part) in enumerate(parts):
            if number == MAX_PARTS:
                self.exact = False
                return
            few = self._fewest(box, part)
            if wanted is not None and not wanted(self._sample(few)):
                continue
            facts = cells.facts(few)
            if facts is not None:
                yield facts
                continue
            self.exact = False
            failed, self._failed = failed + 1, self._failed + 1
            if failed >= MAX_FAILED or self._failed >= MAX_FAILED_IN_ALL:
                return

    def _sample(self, part: Box) -> dict[str, Any]:
        fields = self._cells.fields
        samples = {fields[number].name: fields[number].prefer(mask).sample for number, mask in part.items()}
        return {name: value for name, value in samples.items() if value is not None}

    def _fewest(self, asked: Box, part: Box) -> dict[int, int]:
        """The part, with every fact missing that may be and is not asked for; derived facts, and those that they are
        made of, are left to come out together."""
        fields = self._cells.fields
        kept = {number for number, field in enumerate(fields) if field.name in self._entangled or number in asked}
        return {n: mask if n in kept else mask & fields[n].missing or mask for n, mask in part.items()}

    def _outside(self, box: Box, excluded: Sequence[Box], start: int, steps: Iterator[int]) -> Iterator[Box]:
        """The parts of a box that lie in none of the excluded ones."""
        if next(steps, None) is None:
            raise TooManySteps
        for index in range(start, len(excluded)):
            other = excluded[index]
            if any(not box.get(number, -1) & mask for number, mask in other.items()):
                continue
            rest = dict(box)
            for number, mask in other.items():
                here = rest.get(number, self._cells.fields[number].everything)
                if here & ~mask:
                    yield from self._outside({**rest, number: here & ~mask}, excluded, index + 1, steps)
                rest[number] = here & mask
            return
        yield box


def _words(node: Any) -> Iterator[str]:
    """Every text in a definition: the facts that a derived one is made of are among them."""
    if isinstance(node, str):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _words(child)
