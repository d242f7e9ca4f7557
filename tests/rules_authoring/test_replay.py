"""A new version asked again about what was decided: what changes, from what to what, for whom."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from connector_service.rules_authoring.by_oracle import ByOracle
from connector_service.rules_authoring.diff.answers import Answered
from connector_service.rules_authoring.diff.comparing import recorded_of
from connector_service.rules_authoring.replay import Recorded, Replayed, answer_of, lines_of, replay
from tests.rules_engine.rules_workbench import compiled, rule, rule_file

TODAY = date(2026, 11, 9)


def version(folder: Path, document: dict[str, Any]) -> ByOracle:
    made = compiled(folder, document)
    return ByOracle(made.file, made.organisation)


def limit(over: int, **more: Any) -> dict[str, Any]:
    default = {"owner": "operations", "because": "Nobody else."}
    return rule_file(rule("TST-010", {"total_minor": {"gt": over}}), version=f"1.0.{over}", default=default, **more)


def decided(old: ByOracle, *facts: dict[str, Any]) -> list[Recorded]:
    """The facts, as if the old version had decided about orders with them."""
    made = []
    for number, each in enumerate(facts):
        evaluation = old.evaluate(each, TODAY)
        answer = answer_of(old, evaluation)
        made.append(Recorded(f"dec_{number}", f"ord_{number}", evaluation.facts, answer, TODAY))
    return made


def replayed(folder: Path, old: dict[str, Any], new: dict[str, Any], *facts: dict[str, Any]) -> Replayed:
    return replay(version(folder, new), decided(version(folder, old), *facts))


def test_answers_that_change_are_counted_and_listed_with_their_orders(tmp_path: Path) -> None:
    found = replayed(tmp_path, limit(50), limit(40), *({"total_minor": n} for n in (30, 40, 41, 50, 51)))
    assert (found.asked, found.changed) == (5, 2)
    (change,) = found.changes
    assert change.what == "owner from operations to risk"
    assert [(case.subject, case.before, case.after) for case in change.cases] == [
        ("ord_2", "the default", "TST-010"),
        ("ord_3", "the default", "TST-010"),
    ]
    assert list(lines_of(found)) == [
        "file 1.0.40: 2 of 5 answers change, 0 could not be evaluated.",
        "  2 change owner from operations to risk",
        "    ord_2 (dec_2): the default before, TST-010 now",
        "    ord_3 (dec_3): the default before, TST-010 now",
    ]


def test_the_same_version_changes_nothing(tmp_path: Path) -> None:
    found = replayed(tmp_path, limit(50), limit(50), {"total_minor": 50}, {"total_minor": 51}, {})
    assert (found.asked, found.changed, found.moved, found.failed) == (3, 0, [], [])


def test_another_rule_with_the_same_answer_is_no_change_and_is_told(tmp_path: Path) -> None:
    new = limit(50)
    new["rules"].insert(0, rule("TST-005", {"paid": True}))
    found = replayed(tmp_path, limit(50), new, {"total_minor": 60, "paid": True})
    assert found.changed == 0
    assert [(case.before, case.after) for case in found.moved] == [("TST-010", "TST-005")]


def test_facts_that_the_new_version_does_not_know_are_counted_apart(tmp_path: Path) -> None:
    answer = Answered("TST-010", (("owner", "risk"),))
    recorded = [Recorded("dec_1", "ord_1", {"colour": "red"}, answer, TODAY)]
    found = replay(version(tmp_path, limit(50)), recorded)
    assert (found.asked, found.changed) == (1, 0)
    assert "colour" in found.failed[0].problem


def test_facts_that_an_earlier_version_derived_are_derived_again_or_left_out(tmp_path: Path) -> None:
    derive = {"apart": {"difference": ["total_minor", "risk_score"]}}
    old = rule_file(rule("TST-010", {"apart": {"gt": 5}}), derive=derive)
    facts = {"total_minor": 10, "risk_score": 1}
    other = {"apart": {"difference": ["risk_score", "total_minor"]}}
    again = replayed(tmp_path, old, rule_file(rule("TST-010", {"apart": {"gt": 5}}), derive=other), facts)
    assert again.changed == 1
    recorded = decided(version(tmp_path, old), facts)
    without = version(tmp_path, rule_file(rule("TST-010", {"total_minor": {"gt": 5}})))
    assert len(replay(without, recorded).failed) == 1
    assert replay(without, recorded, derived=["apart"]).failed == []


def test_rules_that_all_answer_are_compared_one_by_one(tmp_path: Path) -> None:
    both = [rule("TST-1"), rule("TST-2", {}, {"owner": "operations"})]
    found = replayed(tmp_path, rule_file(*both, hit_policy="all"), rule_file(both[0], hit_policy="all"), {})
    assert [change.what for change in found.changes] == ["TST-2 owner operations is gone"]


def test_a_rule_past_its_last_day_still_answers_about_the_days_before(tmp_path: Path) -> None:
    ending = limit(50)
    ending["rules"][0]["until"] = "2026-11-09"
    old = version(tmp_path, limit(50))
    then = decided(old, {"total_minor": 60})
    assert replay(version(tmp_path, ending), then).changed == 0
    later = [Recorded("dec_9", "ord_9", {"total_minor": 60}, then[0].answer, date(2026, 11, 10))]
    assert replay(version(tmp_path, ending), later).changed == 1


def test_a_stored_decision_is_compared_with_what_was_stored(tmp_path: Path) -> None:
    stored = {
        "id": "dec_1",
        "subject_id": "ord_1",
        "facts": {"total_minor": 60},
        "rule": "TST-010",
        "fired": ["TST-010"],
        "outcome": {"owner": "risk"},
        "decided_at": "2026-11-09T12:00:00Z",
    }
    assert replay(version(tmp_path, limit(50)), [recorded_of(stored)]).changed == 0
    assert replay(version(tmp_path, limit(60)), [recorded_of(stored)]).changed == 1


def test_progress_is_told_and_long_lists_are_cut(tmp_path: Path) -> None:
    told: list[int] = []
    recorded = decided(version(tmp_path, limit(50)), *({"total_minor": 45} for _ in range(250)))
    found = replay(version(tmp_path, limit(40)), recorded, progress=told.append)
    assert told == [100, 200, 250]
    assert "    and 230 more" in lines_of(found)
    assert len(found.as_json()["changes"][0]["cases"]) == 250
