"""A warehouse choice on the terminal, for people who never saw its JSON."""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console

from connector_service.cli.choice_table import choice_table

PLAN = {"locations": ["east"], "shipments": 1, "filled": 2, "unfilled": 0, "score": 1_403_500}


def choice(**said: Any) -> dict[str, Any]:
    east = {
        "location_id": "east",
        "chosen": True,
        "vetoes": [],
        "alone": {**PLAN, "terms": {"landed_cost": 1_203_500, "shipments": 200_000}},
        "merit": 450,
        "rules": ["WHW-110"],
        "ships_on": "2026-11-09",
        "transit_days": 1,
        "arrives_on": "2026-11-10",
        "way": "31 km.",
    }
    known = {
        "because": "east costs 1,404.",
        "proven": True,
        "gap_per_mille": 0,
        "rule_file": "warehouse-choice",
        "rule_versions": ["1.1.0"],
        "candidates": [east],
        "left_out": 0,
    }
    return known | said


def shown(found: dict[str, Any]) -> str:
    screen = Console(width=160, highlight=False)
    with screen.capture() as captured:
        screen.print(choice_table({"time": "2026-11-09T15:00:00+00:00", "data": {"choice": found}}))
    return captured.get()


def test_each_term_of_the_score_stands_on_its_own_line_in_minor_units() -> None:
    lines = shown(choice()).splitlines()
    assert any("2 of 2" in line and "1,404" in line for line in lines)
    assert any("landed_cost 1,204" in line for line in lines)
    assert any("shipments 200" in line and "landed_cost" not in line for line in lines)


def test_it_says_when_it_ships_and_arrives() -> None:
    text = shown(choice())
    assert "2026-11-09" in text
    assert "2026-11-10" in text


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "this plan is proven to be the best"),
        ({"proven": False, "gap_per_mille": 25}, "found in time, at most 2.5% above the best"),
        ({"proven": False, "gap_per_mille": None}, "the best that was found in time."),
    ],
)
def test_it_says_how_sure_it_is_and_by_which_rules(said: dict[str, Any], words: str) -> None:
    text = shown(choice(**said))
    assert words in text
    assert "Rules: warehouse-choice 1.1.0." in text.replace("\n", "")


def test_a_choice_from_before_days_were_kept_shows_how_long_it_travels() -> None:
    old = choice()
    for name in ("ships_on", "arrives_on"):
        del old["candidates"][0][name]
    assert "1 day " in shown(old)
