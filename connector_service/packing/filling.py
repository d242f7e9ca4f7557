"""Fills one box: blocks of like units go into free rooms, and each block leaves up to three rooms behind.

A room is free from its floor up to the box's top, and its floor is carried all over: it is the floor of the box or the
top of blocks. A block stands in the corner of a room; what is left of the room is cut straight (guillotine) into the
room on top of the block, the one beside it and the one before it. So two units can never overlap, none leaves the box,
each stands on its whole base, and on a fragile unit nothing stands, because the room on top of it is given up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations

from connector_service.packing.models import Item, Size

Room = tuple[int, int, int, int, int, int]
"""Corner x, y, z, then length, width, height, in mm."""


class Kind:
    """Units that are all alike, with every way they may stand."""

    __slots__ = ("fragile", "item", "sides", "stands", "volume", "weight")

    def __init__(self, item: Item) -> None:
        size = item.length_mm, item.width_mm, item.height_mm
        turns = [(a, b, c) for a, b, c in permutations(size) if c == size[2] or not item.this_side_up]
        self.item = item
        self.stands: tuple[Size, ...] = tuple(dict.fromkeys(turns))
        self.sides = sorted(size, reverse=True)
        self.volume = item.volume_mm3
        self.weight = item.weight_g
        self.fragile = item.fragile


@dataclass(frozen=True, slots=True)
class Way:
    """A way of filling: which kind comes first; whether a block grows by columns or by layers; and whether it goes into
    the room that it fills best or into the one that holds the largest block."""

    order: Callable[[Kind], tuple[int, ...]]
    columns: bool
    tightest: bool


def by_volume(kind: Kind) -> tuple[int, ...]:
    return -kind.volume, -kind.sides[0]


def by_longest_side(kind: Kind) -> tuple[int, ...]:
    return -kind.sides[0], -kind.sides[1], -kind.sides[2]


def by_weight(kind: Kind) -> tuple[int, ...]:
    return -kind.weight, -kind.volume


def by_largest_face(kind: Kind) -> tuple[int, ...]:
    return -kind.sides[0] * kind.sides[1], -kind.sides[2]


WAYS = (
    Way(by_volume, columns=True, tightest=True),
    Way(by_volume, columns=False, tightest=False),
    Way(by_largest_face, columns=True, tightest=True),
    Way(by_volume, columns=True, tightest=False),
    Way(by_longest_side, columns=True, tightest=True),
    Way(by_weight, columns=True, tightest=True),
)
"""Of all sixteen ways these fill the fullest box most often; the first one is the best by itself."""


@dataclass(frozen=True, slots=True)
class Block:
    """Units of one kind in a grid: the kind's number, the corner, one unit's size, how many along each axis."""

    kind: int
    at: Size
    unit: Size
    grid: Size

    @property
    def count(self) -> int:
        return self.grid[0] * self.grid[1] * self.grid[2]

    def corners(self) -> list[Size]:
        """The corner of each of its units, from the floor up."""
        (x, y, z), (length, width, height), (along, across, up) = self.at, self.unit, self.grid
        return [
            (x + i * length, y + j * width, z + k * height)
            for k in range(up)
            for j in range(across)
            for i in range(along)
        ]


@dataclass(slots=True)
class Work:
    """Counts what was tried, so that effort is bounded by a number and not by a clock: same input, same answer.

    `ways` are those to try while some of it is left, and only the first of them after that.
    """

    left: int
    ways: Sequence[Way] = WAYS

    def next_ways(self) -> Sequence[Way]:
        return self.ways if self.left > 0 else self.ways[:1]


def fill(
    inner: Size, payload_g: int, kinds: Sequence[Kind], counts: Sequence[int], way: Way, work: Work
) -> list[Block]:
    """Put as many units as fit into an empty box; what is fragile comes last. Never more than `counts` of each kind,
    and never more weight than `payload_g`."""
    rooms: list[Room] = [(0, 0, 0, *inner)]
    blocks: list[Block] = []
    for number in sorted(range(len(kinds)), key=lambda at: (kinds[at].fragile, *way.order(kinds[at]), at)):
        kind, left = kinds[number], counts[number]
        while left:
            most = min(left, payload_g // kind.weight) if kind.weight else left
            found = _best(rooms, kind, most, way, work) if most > 0 else None
            if found is None:
                break
            room, unit, grid = found
            block = Block(number, room[:3], unit, grid)
            blocks.append(block)
            left -= block.count
            payload_g -= block.count * kind.weight
            rooms.remove(room)
            for new in _left_of(room, unit, grid, kind.fragile):
                _add(rooms, new)
    return blocks


def _best(rooms: list[Room], kind: Kind, most: int, way: Way, work: Work) -> tuple[Room, Size, Size] | None:
    """The room, stand and grid of the block that suits the way best; at equal merit the lowest and innermost room."""
    best, merit = None, -1.0
    work.left -= len(rooms) * len(kind.stands)
    for room in rooms:
        _, _, _, length, width, height = room
        volume = length * width * height
        if volume < kind.volume:
            continue
        for stand in kind.stands:
            if stand[0] > length or stand[1] > width or stand[2] > height:
                continue
            along, across, up = length // stand[0], width // stand[1], height // stand[2]
            grid = _grid(along, across, 1 if kind.fragile else up, most, way.columns)
            used = grid[0] * grid[1] * grid[2] * kind.volume
            value = used / volume if way.tightest else float(used)
            if value > merit or (value == merit and best is not None and room[2::-1] < best[0][2::-1]):
                best, merit = (room, stand, grid), value
    return best


def _grid(along: int, across: int, up: int, most: int, columns: bool) -> Size:
    """The largest grid of at most `most` units, grown layer by layer or column by column."""
    if columns:
        up = min(up, most)
        along = min(along, most // up)
        return along, min(across, most // (up * along)), up
    along = min(along, most)
    across = min(across, most // along)
    return along, across, min(up, most // (along * across))


def _left_of(room: Room, unit: Size, grid: Size, fragile: bool) -> list[Room]:
    """The rooms that a block leaves of the one in whose corner it stands: the larger of the two on its floor is kept
    whole."""
    x, y, z, length, width, height = room
    used = unit[0] * grid[0], unit[1] * grid[1], unit[2] * grid[2]
    beside, before = length - used[0], width - used[1]
    whole_beside = beside * width >= before * length
    left: list[Room] = [
        (x + used[0], y, z, beside, width if whole_beside else used[1], height),
        (x, y + used[1], z, used[0] if whole_beside else length, before, height),
    ]
    if not fragile:
        left.append((x, y, z + used[2], used[0], used[1], height - used[2]))
    return [part for part in left if part[3] and part[4] and part[5]]


def _add(rooms: list[Room], new: Room) -> None:
    """Add a room, made one with each free neighbour on the same floor that continues it straight."""
    merged = True
    while merged:
        merged = False
        for other in rooms:
            joined = _joined(new, other)
            if joined:
                rooms.remove(other)
                new, merged = joined, True
                break
    rooms.append(new)


def _joined(one: Room, other: Room) -> Room | None:
    if one[2] != other[2]:  # on one floor both reach up to the box's top, as all rooms do
        return None
    if one[1] == other[1] and one[4] == other[4] and (one[0] + one[3] == other[0] or other[0] + other[3] == one[0]):
        return (min(one[0], other[0]), *one[1:3], one[3] + other[3], *one[4:])
    if one[0] == other[0] and one[3] == other[3] and (one[1] + one[4] == other[1] or other[1] + other[4] == one[1]):
        return (one[0], min(one[1], other[1]), one[2], one[3], one[4] + other[4], one[5])
    return None
