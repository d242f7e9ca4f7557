"""Distances on the ball that the Earth almost is, and the middle of many points.

A point is (latitude, longitude) in degrees, south and west negative (WGS 84).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, atan2, cos, degrees, hypot, radians, sin, sqrt
from statistics import median_low

Point = tuple[float, float]

EARTH_RADIUS_KM = 6371.0088
"""The mean radius of the WGS 84 ellipsoid (IUGG R1). A ball of it is off by 0.56 % at most."""


def distance_km(here: Point, there: Point) -> int:
    """The great-circle distance (haversine), rounded to whole kilometres."""
    return round(_distance(here, there))


def _distance(here: Point, there: Point) -> float:
    first, second = radians(here[0]), radians(there[0])
    half_chord = sin((second - first) / 2) ** 2 + cos(first) * cos(second) * sin(radians(there[1] - here[1]) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half_chord)))


def centre(points: Sequence[Point], weights: Sequence[float]) -> Point:
    """The weighted middle of points, right across the date line too. The weights must not all be zero."""
    x = y = z = 0.0
    for (latitude, longitude), weight in zip(points, weights, strict=True):
        phi, lam = radians(latitude), radians(longitude)
        x += weight * cos(phi) * cos(lam)
        y += weight * cos(phi) * sin(lam)
        z += weight * sin(phi)
    return degrees(atan2(z, hypot(x, y))), degrees(atan2(y, x))


def typical(points: Sequence[Point]) -> Point:
    """The median of points that lie near each other: one of them with a wrong coordinate does not move it."""
    reference = points[0][1]
    longitudes = [reference + (longitude - reference + 180) % 360 - 180 for _, longitude in points]
    longitude = median_low(longitudes)
    return median_low([latitude for latitude, _ in points]), (longitude + 180) % 360 - 180


def reach_km(middle: Point, points: Sequence[Point], weights: Sequence[float] | None = None) -> int:
    """How far from the middle nine tenths of the points (by weight) lie at most."""
    shares = weights or [1.0] * len(points)
    reached = sorted((_distance(middle, point), share) for point, share in zip(points, shares, strict=True))
    left = 0.9 * sum(shares)
    for distance, share in reached:
        left -= share
        if left <= 1e-9:
            return round(distance)
    return round(reached[-1][0])
