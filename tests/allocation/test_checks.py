"""A problem that cannot be decided is refused with the place and what would be right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connector_service.allocation import Line, Location, Position, Prices, Problem, Take, Weights, at_once, decide
from connector_service.errors import InvalidInput

LINE = Line("line-1", "TEE", 2, unit_weight_g=100)
EAST = Location("east", (Position("p1", "TEE", 5),))
GOOD = Problem("ord_1", (LINE,), (EAST,))


@pytest.mark.parametrize(
    ("problem", "pointer"),
    [
        (replace(GOOD, lines=(replace(LINE, quantity=-1),)), "/lines/0/quantity"),
        (replace(GOOD, lines=(LINE, LINE)), "/lines"),
        (replace(GOOD, lines=(LINE, Line("line-2", "TEE", 1, unit_weight_g=90))), "/lines/1/unit_weight_g"),
        (replace(GOOD, locations=(EAST, EAST)), "/locations"),
        (replace(GOOD, locations=(replace(EAST, carriage_minor=-1),)), "/locations/0/carriage_minor"),
        (replace(GOOD, locations=(replace(EAST, capacity=-1),)), "/locations/0/capacity"),
        (replace(GOOD, locations=(replace(EAST, keep={"TEE": -1}),)), "/locations/0/keep/TEE"),
        (replace(GOOD, locations=(replace(EAST, positions=EAST.positions * 2),)), "/locations/0/positions"),
        (
            replace(GOOD, locations=(replace(EAST, positions=(Position("p1", "TEE", -1),)),)),
            "/locations/0/positions/0/available",
        ),
        (replace(GOOD, max_splits=-1), "/max_splits"),
        (replace(GOOD, spread=101), "/spread"),
        (replace(GOOD, weights=Weights(balance=-1)), "/weights/balance"),
        (replace(GOOD, prices=Prices(late_day_minor=-1)), "/prices/late_day_minor"),
        (replace(GOOD, locked=(Take("line-9", "east", "p1", 1),)), "/locked/0/line_id"),
        (replace(GOOD, locked=(Take("line-1", "east", "p1", 0),)), "/locked/0/quantity"),
        (replace(GOOD, locked=(Take("line-1", "east", "p1", 3),)), "/locked/0/quantity"),
    ],
)
def test_bad_input_is_refused_where_it_is(problem: Problem, pointer: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        decide(problem, at_once)
    assert refused.value.pointer == pointer


def test_good_input_is_decided() -> None:
    assert decide(GOOD, at_once).takes == (Take("line-1", "east", "p1", 2),)
