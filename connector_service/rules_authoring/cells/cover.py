"""Whether some boxes hold all of another: exact, and quick when only few of them touch it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from connector_service.rules_authoring.cells.diagram import Box, Path, TooEntangled
from connector_service.rules_authoring.cells.fields import Mask

MAX_STEPS = 20_000


def outside(box: Box, others: Iterable[Box]) -> Path | None:
    """A part of `box`, which names every field, that none of the others holds; None when together they hold all of it.
    Raises TooEntangled."""
    return _Search().outside(dict(box), [other for other in others if meets(other, box)])


def meets(one: Box, other: Box) -> bool:
    """Whether two boxes have a cell in common."""
    return all(mask & one.get(number, mask) for number, mask in other.items())


class _Search:
    def __init__(self) -> None:
        self._steps = 0

    def outside(self, box: dict[int, Mask], others: Sequence[Box]) -> Path | None:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise TooEntangled
        if not others:
            return box
        first = min(others, key=len)
        rest = [other for other in others if other is not first]
        for number, mask in first.items():
            left = box[number] & ~mask
            if left:
                piece = {**box, number: left}
                found = self.outside(piece, [other for other in rest if meets(other, piece)])
                if found is not None:
                    return found
            box = {**box, number: box[number] & mask}
        return None
