"""A picture of a packed box for people: an SVG drawing seen from above, and the list of what is in it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import cos, radians, sin

from connector_service.packing.models import Parcel, Placement, Size

_COLOURS = (
    "#4e79a7",
    "#f28e2b",
    "#59a14f",
    "#e15759",
    "#76b7b2",
    "#edc948",
    "#b07aa1",
    "#9c755f",
    "#ff9da7",
    "#bab0ac",
)
_ACROSS, _DOWN = cos(radians(30)), sin(radians(30))
_WIDTH, _MARGIN, _LINE = 560, 20, 22
_SHADES = ("1", "0.82", "0.64")
"""How bright the top, the front and the side of a unit are."""


def parcel_svg(parcel: Parcel) -> str:
    """An SVG picture (text) of the packed parcel: its walls, every unit in the colour of its item, and a legend with
    item, SKU and number of units."""
    scale = _WIDTH / (_ACROSS * (parcel.inner_mm[0] + parcel.inner_mm[1]))
    draw = _Drawing(parcel.inner_mm, scale)
    ids = list(parcel.contents)
    colours = {name: _COLOURS[at % len(_COLOURS)] for at, name in enumerate(ids)}
    parts = [draw.walls()]
    parts += [draw.unit(placement, colours[placement.item_id]) for placement in from_behind(parcel.placements)]
    title = f"{parcel.box_id}: {parcel.weight_g} g, {' x '.join(map(str, parcel.dims_mm))} mm"
    skus = {placement.item_id: placement.sku for placement in parcel.placements}
    top = draw.height + _MARGIN
    legend = [(colours[name], f"{parcel.contents[name]} x {skus[name]} ({name})") for name in ids]
    parts += [_legend_line(colour, words, top + at * _LINE) for at, (colour, words) in enumerate(legend)]
    height, width = top + len(legend) * _LINE + _MARGIN, _WIDTH + 2 * _MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:.0f}" width="{width}" '
        f'height="{height:.0f}" font-family="sans-serif" font-size="14" role="img">'
        f"<title>{escape(title)}</title>"
        f'<text x="{_MARGIN}" y="{_MARGIN}" font-weight="bold">{escape(title)}</text>{"".join(parts)}</svg>'
    )


def from_behind(placements: Sequence[Placement]) -> list[Placement]:
    """The units in an order in which none is drawn before one that it hides. Whoever looks stands beyond the far corner
    of length, width and height."""
    hidden_by: list[set[int]] = [
        {other for other, near in enumerate(placements) if other != at and _behind(near, far)}
        for at, far in enumerate(placements)
    ]
    order: list[int] = []
    left = sorted(range(len(placements)), key=lambda at: placements[at].at_mm[::-1])
    done: set[int] = set()
    while left:
        ready = next((at for at in left if hidden_by[at] <= done), left[0])
        order.append(ready)
        done.add(ready)
        left.remove(ready)
    return [placements[at] for at in order]


def _behind(one: Placement, other: Placement) -> bool:
    """Whether one ends, along some axis, where the other has not begun, and so cannot hide it."""
    return any(one.at_mm[axis] + one.size_mm[axis] <= other.at_mm[axis] for axis in range(3)) and not any(
        other.at_mm[axis] + other.size_mm[axis] <= one.at_mm[axis] for axis in range(3)
    )


class _Drawing:
    """Turns millimetres in the box into points of the picture."""

    def __init__(self, inner: Size, scale: float) -> None:
        self._inner, self._scale = inner, scale
        self.height = _MARGIN * 2 + scale * (_DOWN * (inner[0] + inner[1]) + inner[2])

    def walls(self) -> str:
        length, width, height = self._inner
        floor = [(0, 0, 0), (length, 0, 0), (length, width, 0), (0, width, 0)]
        left = [(0, 0, 0), (0, width, 0), (0, width, height), (0, 0, height)]
        right = [(0, 0, 0), (length, 0, 0), (length, 0, height), (0, 0, height)]
        return "".join(self._face(corners, "#d9c7a7", "0.9") for corners in (floor, left, right))

    def unit(self, placement: Placement, colour: str) -> str:
        x, y, z = placement.at_mm
        x2, y2, z2 = (at + side for at, side in zip(placement.at_mm, placement.size_mm, strict=True))
        top = [(x, y, z2), (x2, y, z2), (x2, y2, z2), (x, y2, z2)]
        front = [(x, y2, z), (x2, y2, z), (x2, y2, z2), (x, y2, z2)]
        side = [(x2, y, z), (x2, y2, z), (x2, y2, z2), (x2, y, z2)]
        faces = "".join(
            self._face(corners, colour, shade) for corners, shade in zip((top, front, side), _SHADES, strict=True)
        )
        return f"<g><title>{escape(f'{placement.sku} ({placement.item_id})')}</title>{faces}</g>"

    def _face(self, corners: Sequence[Size], colour: str, shade: str) -> str:
        points = " ".join(",".join(f"{part:.1f}" for part in self._point(corner)) for corner in corners)
        back = f'<polygon points="{points}" fill="#000"/>' if shade != "1" else ""
        look = f'fill="{colour}" fill-opacity="{shade}" stroke="#333" stroke-width="0.6"'
        return f'{back}<polygon points="{points}" {look}/>'

    def _point(self, corner: Size) -> tuple[float, float]:
        x, y, z = corner
        left = _MARGIN + _ACROSS * self._scale * (x - y + self._inner[1])
        return left, 2 * _MARGIN + self._scale * (_DOWN * (x + y) + self._inner[2] - z)


def _legend_line(colour: str, words: str, top: float) -> str:
    return (
        f'<rect x="{_MARGIN}" y="{top:.0f}" width="14" height="14" fill="{colour}"/>'
        f'<text x="{_MARGIN + 22}" y="{top + 12:.0f}">{escape(words)}</text>'
    )
