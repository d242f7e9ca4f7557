"""Asking the rules from a flow: what a file answers, kept as a decision or only tried, and why."""

from __future__ import annotations

from typing import Any

import pytest

from tests.house import House

pytestmark = pytest.mark.anyio

FACTS: dict[str, Any] = {"status": "validated", "risk_score": 10, "country": "BR", "total_minor": 50000}


async def test_an_evaluation_is_kept_as_a_decision_about_its_subject(house: House) -> None:
    output = (await house.one("rule.evaluate", file="ownership", facts=FACTS, subject_id="ord_7"))["output"]
    (kept,) = house.store.read("acme").decisions("ord_7")
    assert (kept.id, kept.rule, kept.file_version) == (output["decision_id"], output["rule"], output["version"])
    assert output["rule"] == "OWN-080"
    assert not output["dry_run"]


async def test_each_item_gets_the_id_of_its_own_decision(house: House) -> None:
    items = [{"file": "ownership", "facts": FACTS, "subject_id": f"ord_{number}"} for number in range(5)]
    answers = await house.call("rule.evaluate", items)
    ids = [answer["output"]["decision_id"] for answer in answers]
    reader = house.store.read("acme")
    assert ids == [reader.decisions(f"ord_{number}")[0].id for number in range(5)]


async def test_without_a_subject_the_decision_is_kept_with_the_file(house: House) -> None:
    output = (await house.one("rule.evaluate", file="ownership", facts=FACTS))["output"]
    assert [each.id for each in house.store.read("acme").decisions("ownership")] == [output["decision_id"]]


async def test_a_repeat_with_its_key_decides_once(house: House) -> None:
    item = {"file": "ownership", "facts": FACTS, "subject_id": "ord_7", "idempotency_key": "k"}
    first, again = await house.one("rule.evaluate", **item), await house.one("rule.evaluate", **item)
    assert (again["output"], again["replayed"]) == (first["output"], True)
    assert len(house.store.read("acme").decisions("ord_7")) == 1


async def test_a_dry_run_answers_alike_and_keeps_nothing(house: House) -> None:
    item = {"file": "ownership", "facts": FACTS, "subject_id": "ord_7"}
    tried = (await house.one("rule.evaluate", **item, dry_run=True))["output"]
    assert (tried["dry_run"], tried["decision_id"]) == (True, None)
    assert house.store.read("acme").decisions("ord_7") == []
    kept = (await house.one("rule.evaluate", **item))["output"]
    assert tried | {"dry_run": False, "decision_id": kept["decision_id"]} == kept


async def test_a_decision_is_explained_by_its_id(house: House) -> None:
    decided = (await house.one("rule.evaluate", file="ownership", facts=FACTS))["output"]
    told = (await house.one("rule.explain", decision_id=decided["decision_id"]))["output"]
    assert (told["file"], told["rule"], told["by"]) == ("ownership", "OWN-080", "version_in_force")
    assert "total_minor gt 50000 (was 50000) NO" in told["text"]
    assert told["explanation"]["rules"][0]["rule"] == "OWN-080"


async def test_facts_are_explained_on_a_file_with_its_clock(house: House) -> None:
    facts = {"status": "received", "status_since": "2026-11-09T15:00:00Z", "priority": "standard"}
    item = {"file": "escalation", "facts": facts, "now": "2026-11-09T16:00:00Z"}
    told = (await house.one("rule.explain", **item))["output"]
    assert told["explanation"]["clock"]["open_minutes_run"] == 60
    assert house.store.read("acme").decisions("escalation") == []


@pytest.mark.parametrize(
    ("item", "status", "pointer"),
    [
        ({}, 422, "/decision_id"),
        ({"file": "ownership"}, 422, "/decision_id"),
        ({"file": "ownership", "facts": {}, "decision_id": "dec_1"}, 422, "/decision_id"),
        ({"file": "ownership", "facts": {"stattus": 1}}, 422, "/stattus"),
        ({"file": "owner", "facts": {}}, 404, None),
        ({"decision_id": "dec_1"}, 404, None),
    ],
)
async def test_what_cannot_be_explained_is_refused(
    house: House, item: dict[str, Any], status: int, pointer: str | None
) -> None:
    error = await house.refused("rule.explain", **item)
    assert (error["status"], error["pointer"]) == (status, pointer)
