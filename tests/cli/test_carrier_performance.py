"""`dockline carriers performance`: how carriers did by lane and month."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from connector_service.cli.carriers.performance import performance_table
from tests.cli.conftest import Running


def figures(**said: Any) -> dict[str, Any]:
    known = {
        **{"ended": 40, "arrived": 39, "on_time": 30, "late": 9, "damaged": 0, "lost": 1, "returned": 0},
        **{"label_failures": 10, "on_time_per_mille": 769, "mean_days_late": 1.5},
        **{"claims_per_mille": 25, "label_failures_per_mille": 200},
    }
    return known | said


def test_shares_are_shown_with_what_they_are_of_and_each_carrier_has_its_sum() -> None:
    nothing = figures(on_time=0, late=0, on_time_per_mille=None, mean_days_late=None)
    month = {"carrier": "ups", "service": "ups_ground", "lane": "US-NJ:US-NY", "month": "2026-11"}
    found = {"months": [{**month, "figures": figures()}], "carriers": {"ups": nothing}}
    screen = Console(width=160, highlight=False)
    with screen.capture() as captured:
        screen.print(performance_table(found))
    text = captured.get()
    for said in ("US-NJ:US-NY", "76.9 % (30 of 39)", "1.5", "2.5 % (1 of 40)", "20 % (10 of 50)"):
        assert said in text, said
    (sums,) = [line for line in text.splitlines() if "all" in line]
    assert "76.9 %" not in sums


def test_before_any_parcel_has_ended_it_says_so_and_a_lane_that_is_none_is_refused(running: Running) -> None:
    shown = running.dockline("carriers", "performance", "--lane", "US-NJ:FR", "--month", "2026-11")
    assert "No parcel's end is known yet" in shown.out
    assert running.dockline("carriers", "performance", "--carrier", "ups", "--json").json["months"] == []
    refused = running.dockline("carriers", "performance", "--lane", "home")
    assert refused.code == 2
    assert "is no lane; write from and to as US-NJ:US-NY" in refused.err
