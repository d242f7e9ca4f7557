"""Whether some boxes hold all of another: exact, and quick when only few of them touch it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from connector_service.rules_authoring.cells.diagram import Box, Path, TooEntangled
from connector_service.rules_authoring.cells.fields import Mask

MAX_COMPARISONS = 400_000
"""How often two boxes may be compared for all questions about one file: about half a second. The checks of a file of
200 rules take a quarter of it."""


@dataclass(slots=True)
class Effort:
    """How many comparisons of boxes are left; shared by all questions about some cells."""

    left: int

    def spend(self, comparisons: int) -> None:
        """Raises TooEntangled when it is used up."""
        self.left -= comparisons
        if self.left < 0:
            raise TooEntangled


def outside(box: Box, others: Iterable[Box], effort: Effort) -> Path | None:
    """A part of `box`, which names every field, that none of the others holds; None when together they hold all of it.
    Raises TooEntangled."""
    return _outside(dict(box), [other for other in others if meets(other, box)], effort)


def meets(one: Box, other: Box) -> bool:
    """Whether two boxes have a cell in common."""
    for number, mask in other.items():  # noqa: SIM110 - a generator costs twice the time, and this is asked most
        if not mask & one.get(number, mask):
            return False
    return True


def _outside(box: dict[int, Mask], others: Sequence[Box], effort: Effort) -> Path | None:
    if not others:
        return box
    first = min(others, key=len)
    rest = [other for other in others if other is not first]
    for number, mask in first.items():
        left = box[number] & ~mask
        if left:
            effort.spend(1 + len(rest))
            piece = {**box, number: left}
            found = _outside(piece, [other for other in rest if meets(other, piece)], effort)
            if found is not None:
                return found
        box = {**box, number: box[number] & mask}
    return None
