"""Decision diagrams: which answer every combination of kinds gets, without walking through the combinations.

Why not a list of cells: the shipped escalation rules alone have millions. A diagram asks one field after the other and
shares what follows wherever the same rules are still in play, so it grows with how entangled rules are, not with how
many kinds there are. It is exact; `TooEntangled` says so where it would grow past all bounds.

A row of boxes (one box per alternative of a rule, in the order in which they are asked) is one question. A set of
boxes is a whole number, bit i for box i; narrowing it by the kind of a field is one `&`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connector_service.rules_authoring.cells.fields import Mask

MAX_BRANCHES = 600_000
"""How many branches, in each row, may be looked at for one diagram: about a second. Two versions of a file of 200
rules take two thirds of it."""
IMPOSSIBLE = "impossible"
"""The leaf of combinations that no facts can have."""

Box = Mapping[int, Mask]
"""Kinds by the number of the field; a field that is not named may be of any kind."""
Row = Sequence[tuple[Box, int]]
"""Boxes in the order in which they are asked, each with what it answers; the first that holds decides."""
Leaf = tuple[int | None, ...] | str
"""What each row answered (None: no box held), or IMPOSSIBLE."""
Path = dict[int, Mask]


class TooEntangled(Exception):
    """The rules compare too many fields in too many ways for an exact answer."""


@dataclass(slots=True)
class Diagram:
    """A reduced decision diagram. Node n asks field `levels[n]`; `edges[n]` are kinds with the node that follows. A
    leaf has the level after the last field, and its answer in `leaves`."""

    sizes: Sequence[int]
    levels: list[int] = field(default_factory=list)
    edges: list[tuple[tuple[Mask, int], ...]] = field(default_factory=list)
    leaves: dict[int, Leaf] = field(default_factory=dict)
    root: int = 0

    def at(self, path: Path) -> Leaf:
        """The answer in one cell; `path` names one kind of every field."""
        node = self.root
        while node not in self.leaves:
            kind = path[self.levels[node]]
            node = next(child for mask, child in self.edges[node] if mask & kind)
        return self.leaves[node]

    def counts(self) -> dict[Leaf, int]:
        """How many combinations get each answer; those that cannot be are left out."""
        tails = _tails(self.sizes)
        weights = [0] * len(self.levels)
        weights[self.root] = tails[0] // tails[self.levels[self.root]]
        for node in sorted(range(len(self.levels)), key=self.levels.__getitem__):
            level = self.levels[node]
            for mask, child in self.edges[node]:
                free = tails[level + 1] // tails[self.levels[child]]
                weights[child] += weights[node] * mask.bit_count() * free
        return {leaf: weights[node] for node, leaf in self.leaves.items() if leaf != IMPOSSIBLE and weights[node]}

    def paths(self) -> dict[Leaf, Path]:
        """One way to each answer: the kinds by field; a field that is not named may be of any kind."""
        found: dict[Leaf, Path] = {}
        seen = {self.root}
        waiting: list[tuple[int, Path]] = [(self.root, {})]
        while waiting:
            node, path = waiting.pop()
            if node in self.leaves:
                found[self.leaves[node]] = path
            for mask, child in reversed(self.edges[node]):
                if child not in seen:
                    seen.add(child)
                    waiting.append((child, {**path, self.levels[node]: mask}))
        found.pop(IMPOSSIBLE, None)
        return found

    def ways(self, limit: int) -> Iterator[tuple[Path, Leaf]]:
        """Up to `limit` ways from top to bottom, each with its answer."""
        waiting: list[tuple[int, Path]] = [(self.root, {})]
        while waiting and limit:
            node, path = waiting.pop()
            if node in self.leaves and self.leaves[node] != IMPOSSIBLE:
                limit -= 1
                yield path, self.leaves[node]
            for mask, child in reversed(self.edges[node]):
                waiting.append((child, {**path, self.levels[node]: mask}))

    def splits(self) -> dict[int, set[tuple[Mask, ...]]]:
        """By field: how each node that asks it divides its kinds. Two kinds that no node divides are always answered
        alike."""
        found: dict[int, set[tuple[Mask, ...]]] = {}
        for level, edges in zip(self.levels, self.edges, strict=True):
            masks = tuple(mask for mask, child in edges if self.leaves.get(child) != IMPOSSIBLE)
            if len(masks) > 1:
                found.setdefault(level, set()).add(masks)
        return found


def build(sizes: Sequence[int], impossible: Sequence[Box], rows: Sequence[Row]) -> Diagram:
    """The diagram of what each row answers. Raises TooEntangled past MAX_BRANCHES branches."""
    return _Builder(sizes, impossible, rows).diagram()


class _Builder:
    def __init__(self, sizes: Sequence[int], impossible: Sequence[Box], rows: Sequence[Row]) -> None:
        self._made = Diagram(sizes)
        self._branches = 0
        boxes = [*impossible, *(box for row in rows for box, _ in row)]
        self._answers = [*(0 for _ in impossible), *(answer for row in rows for _, answer in row)]
        self._same: dict[int | None, int] = {}
        for number, answer in enumerate(self._answers):
            self._same[answer] = self._same.get(answer, 0) | 1 << number
        self._impossible = (1 << len(impossible)) - 1
        self._rows: list[int] = []
        start = len(impossible)
        for row in rows:
            self._rows.append(((1 << len(row)) - 1) << start)
            start += len(row)
        self._all = (1 << len(boxes)) - 1
        self._classes = [_classes(boxes, level, size, self._all) for level, size in enumerate(sizes)]
        self._open = _open(boxes, len(sizes))
        self._known: dict[tuple[int, int], int] = {}
        self._nodes: dict[tuple[int, tuple[tuple[Mask, int], ...]], int] = {}
        self._leaf_of: dict[Leaf, int] = {}

    def diagram(self) -> Diagram:
        self._made.root = self._node(0, self._all)
        return self._made

    def _node(self, level: int, alive: int) -> int:
        """The node for the boxes that are still possible after the fields before `level`."""
        alive = self._decided(level, alive)
        undecided = alive & self._open[level]
        if not undecided:
            return self._leaf(alive)
        while not alive & self._classes[level].open_here:
            level += 1
        key = (level, alive)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._asked(level, alive)
        return known

    def _asked(self, level: int, alive: int) -> int:
        self._branches += len(self._classes[level].classes) * len(self._rows)
        if self._branches > MAX_BRANCHES:
            raise TooEntangled
        groups: dict[int, Mask] = {}
        for mask, allowed in self._classes[level].classes:
            left = alive & allowed
            groups[left] = groups.get(left, 0) | mask
        children: dict[int, Mask] = {}
        for left, mask in groups.items():
            child = self._node(level + 1, left)
            children[child] = children.get(child, 0) | mask
        if len(children) == 1:
            return next(iter(children))
        edges = tuple(sorted((mask, child) for child, mask in children.items()))
        edges = tuple(sorted(edges, key=lambda edge: edge[0] & -edge[0]))
        node = self._nodes.get((level, edges))
        if node is None:
            node = self._nodes[level, edges] = self._add(level, edges)
        return node

    def _decided(self, level: int, alive: int) -> int:
        """Without the boxes that can no longer matter: in each row, those after the first that holds for sure."""
        sure = alive & ~self._open[level]
        if not sure:
            return alive
        if sure & self._impossible:
            return sure & self._impossible
        for row in self._rows:
            first = sure & row
            if first:
                first &= -first
                alive &= ~row | (first << 1) - 1
                if not alive & row & ~self._same[self._answer(first)]:
                    alive &= ~row | first  # those before it would answer the same
        return alive

    def _leaf(self, alive: int) -> int:
        leaf: Leaf = IMPOSSIBLE if alive & self._impossible else tuple(self._answer(alive & row) for row in self._rows)
        node = self._leaf_of.get(leaf)
        if node is None:
            node = self._leaf_of[leaf] = self._add(len(self._made.sizes), ())
            self._made.leaves[node] = leaf
        return node

    def _answer(self, alive: int) -> int | None:
        return self._answers[(alive & -alive).bit_length() - 1] if alive else None

    def _add(self, level: int, edges: tuple[tuple[Mask, int], ...]) -> int:
        self._made.levels.append(level)
        self._made.edges.append(edges)
        return len(self._made.levels) - 1


@dataclass(frozen=True, slots=True)
class _Level:
    """`classes`: kinds that the same boxes allow, with these boxes; `open_here`: the boxes that name the field."""

    classes: Sequence[tuple[Mask, int]]
    open_here: int


def _classes(boxes: Sequence[Box], level: int, size: int, everything: int) -> _Level:
    usual = everything  # the boxes that allow most kinds; the others of each kind are noted apart
    apart = [0] * size
    named = 0
    for number, box in enumerate(boxes):
        mask = box.get(level)
        if mask is None:
            continue
        named |= 1 << number
        if mask.bit_count() * 2 < size:
            usual &= ~(1 << number)
        else:
            mask = ~mask & ((1 << size) - 1)
        while mask:
            low = mask & -mask
            apart[low.bit_length() - 1] |= 1 << number
            mask ^= low
    classes: dict[int, Mask] = {}
    for kind, changed in enumerate(apart):
        those = usual ^ changed
        classes[those] = classes.get(those, 0) | 1 << kind
    return _Level([(mask, those) for those, mask in classes.items()], named)


def _open(boxes: Sequence[Box], levels: int) -> list[int]:
    """By level: the boxes that name this field or a later one."""
    found = [0] * (levels + 1)
    for number, box in enumerate(boxes):
        for level in range(max(box, default=-1) + 1):
            found[level] |= 1 << number
    return found


def _tails(sizes: Sequence[int]) -> list[int]:
    """By level: how many combinations the fields from there on have."""
    tails = [1]
    for size in reversed(sizes):
        tails.append(tails[-1] * size)
    return tails[::-1]
