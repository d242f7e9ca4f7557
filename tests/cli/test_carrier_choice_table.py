"""A choice of carrier on the terminal, for people who never saw its JSON."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from connector_service.cli.carrier_choice_table import carrier_choice_table, latest_carrier_choices
from connector_service.cli.choice_table import latest_choice


def offer(**said: Any) -> dict[str, Any]:
    known = {
        "carrier": "ups",
        "service": "ups_ground",
        "chosen": True,
        "cost_minor": 890,
        "currency": "USD",
        "compared_minor": 890,
        "transit_days": 3,
        "source": "live",
        "score": 960_400,
        "terms": {"cost": 890_000, "performance": 70_400},
        "merit": 770,
        "rules": ["CAW-110", "CAW-120"],
        "vetoes": [],
        "on_time_per_mille": 962,
        "claims_per_mille": 5,
        "label_failures_per_mille": 4,
        "parcels_known": 120,
        "mix_over_per_mille": 0,
    }
    return known | said


def event(*offers: dict[str, Any], subject: str = "shp_1", time: str = "2026-11-09T15:00:00+00:00") -> dict[str, Any]:
    choice = {
        "because": "ups ups_ground at 8.90 USD.",
        "rule_file": "carrier-choice",
        "rule_versions": ["1.1.0"],
        "offers": list(offers),
        "left_out": max(0, len(offers) - 2),
    }
    return {"subject": subject, "time": time, "data": {"choice": choice}}


def shown(*offers: dict[str, Any]) -> str:
    screen = Console(width=180, highlight=False)
    with screen.capture() as captured:
        screen.print(carrier_choice_table(event(*offers)))
    return captured.get()


def test_price_days_score_and_terms_of_each_offer_are_shown() -> None:
    text = shown(offer(), offer(carrier="usps", chosen=False, source="cached"))
    for said in ("8.90 USD", "960", "cost 890", "performance 70", "96.2 %, 0.5 %", "of 120 there", "cached"):
        assert said in text, said
    assert "chosen. Rules: CAW-110, CAW-120." in text
    assert "ups ups_ground at 8.90 USD.   shp_1" in text
    assert "Rules: carrier-choice 1.1.0." in text


def test_an_offer_that_is_out_says_why_and_one_without_a_rate_of_exchange_that_it_cannot_be_compared() -> None:
    text = shown(offer(), offer(chosen=False, vetoes=["Dangerous goods (CAV-020)."], compared_minor=None))
    assert "Dangerous goods (CAV-020)." in text
    assert "not comparable" in text


def test_what_is_left_out_is_counted() -> None:
    assert "1 more offer not shown." in shown(offer(), offer(), offer())


def test_the_newest_choice_of_each_shipment_counts_and_none_is_taken_for_a_warehouse() -> None:
    first, again, other = event(offer()), event(offer(), time="2026-11-10"), event(offer(), subject="shp_2")
    plain = {"subject": "shp_1", "time": "2026-11-11", "data": {}}
    warehouse = {"subject": "ord_1", "time": "2026-11-08", "data": {"choice": {"candidates": []}}}
    events = [warehouse, first, other, again, plain]
    assert latest_carrier_choices(events) == [again, other]
    assert latest_choice(events) == warehouse
