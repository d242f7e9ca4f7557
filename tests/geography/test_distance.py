"""Distances: what the geometry of a ball says, and what public great-circle tables say of cities and airports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_service.geography.distance import centre, distance_km, reach_km, typical

POINTS = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@pytest.mark.parametrize(
    ("here", "there", "km"),
    [
        ((0.0, 0.0), (90.0, 0.0), 10_008),  # a quarter of a meridian: 6371.0088 km x pi / 2
        ((0.0, 0.0), (0.0, 180.0), 20_015),  # half the equator of the same ball
        ((10.0, 179.5), (10.0, -179.5), 110),  # one degree across the date line: 111.2 km x cos 10 degrees
        ((51.5074, -0.1278), (48.8566, 2.3522), 344),  # London to Paris
        ((40.6413, -73.7781), (33.9416, -118.4085), 3_974),  # JFK to LAX (3,983 km on the ellipsoid)
        ((52.5200, 13.4050), (48.1374, 11.5755), 504),  # Berlin to Munich
        ((-23.5505, -46.6333), (-22.9068, -43.1729), 361),  # São Paulo to Rio de Janeiro
        ((-33.8688, 151.2093), (51.5074, -0.1278), 16_994),  # Sydney to London
    ],
)
def test_a_known_distance_is_met_to_the_kilometre(
    here: tuple[float, float], there: tuple[float, float], km: int
) -> None:
    assert abs(distance_km(here, there) - km) <= 1


@given(POINTS, POINTS)
def test_a_distance_is_the_same_both_ways_and_at_most_half_round_the_earth(
    here: tuple[float, float], there: tuple[float, float]
) -> None:
    assert distance_km(here, there) == distance_km(there, here)
    assert 0 <= distance_km(here, there) <= 20_016
    assert distance_km(here, here) == 0


def test_the_middle_of_two_points_lies_between_them_across_the_date_line_too() -> None:
    latitude, longitude = centre([(0.0, 179.0), (0.0, -179.0)], [1, 1])
    assert abs(latitude) < 1e-9
    assert abs(abs(longitude) - 180) < 1e-9


def test_the_middle_is_nearer_to_the_heavier_point() -> None:
    _, longitude = centre([(0.0, 0.0), (0.0, 40.0)], [3, 1])
    assert 5 < longitude < 15


def test_one_wrong_coordinate_does_not_move_the_typical_point() -> None:
    assert typical([(50.0, 8.0), (50.1, 8.1), (50.2, 8.2), (0.0, 0.0), (50.15, 8.15)]) == pytest.approx((50.1, 8.1))
    assert typical([(52.0, 179.9), (52.0, -179.9), (52.0, -179.8)]) == pytest.approx((52.0, -179.9))


def test_nine_tenths_of_the_weight_lie_within_the_reach() -> None:
    points = [(0.0, float(degree)) for degree in range(10)]
    assert reach_km((0.0, 0.0), points) == distance_km((0.0, 0.0), (0.0, 8.0))
    assert reach_km((0.0, 0.0), [(0.0, 0.0), (0.0, 50.0)], [99, 1]) == 0
