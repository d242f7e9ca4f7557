"""The shipped rule files: their own tests, and the promises that span files."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest

from canonical_models import EXCEPTION_CATALOG, FINAL_ORDER_STATUSES, Order, OrderStatus, ShipmentStatus
from canonical_models.exception_catalog import ExceptionCode
from connector_service.business_time import business_time_between
from connector_service.rules_engine import RuleBook, TestOutcome, run_file_tests
from connector_service.rules_engine.folder import rule_paths

RULES = Path(__file__).parents[2] / "rules"
FILES = rule_paths(RULES)
OUTCOMES = [outcome for path in FILES for outcome in run_file_tests(path)]
MONDAY = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
TIMES = {"status_since": MONDAY, "exception_since": MONDAY}
QA_FILES = ["qa-packing", "qa-post-pick", "qa-pre-pick", "qa-shipping"]


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return RuleBook.load(RULES)


def document(file_id: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((RULES / f"{file_id}.json").read_text(encoding="utf-8"))
    return loaded


def enum_of(vocabulary: str, fact: str) -> list[str]:
    path = RULES / "vocabularies" / f"{vocabulary}.json"
    values: list[str] = json.loads(path.read_text(encoding="utf-8"))["facts"][fact]["enum"]
    return values


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: f"{outcome.file}: {outcome.name}")
def test_every_test_inside_a_rule_file_passes(outcome: TestOutcome) -> None:
    assert outcome.passed, outcome.detail


def test_all_files_of_the_operating_model_are_there(book: RuleBook) -> None:
    names = ["escalation", "exception-routing", "notifications", "ownership", *QA_FILES, "reassignment"]
    assert [info.id for info in book.files()] == names
    assert {info.status for info in book.files()} == {"live"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_rule_has_a_test_it_wins_and_one_it_does_not_match(path: Path, book: RuleBook) -> None:
    file = document(path.stem)
    won, fired = set(), []
    times = {"status_since", "exception_since"}
    for test in file["tests"]:
        facts = {name: value for name, value in test["given"].items() if name not in times}
        evaluation = book.evaluate(path.stem, facts)
        won.add(evaluation.rule)
        fired.append(set(evaluation.fired))
    for rule in file["rules"]:
        assert rule["id"] in won
        assert rule["when"] == {} or any(rule["id"] not in each for each in fired)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_fails_closed_and_explains_itself(path: Path) -> None:
    file = document(path.stem)
    assert file["on_error"]["because"]
    assert "default" in file or file["rules"][-1]["when"] == {}
    assert len({test["name"] for test in file["tests"]}) == len(file["tests"])


@pytest.mark.parametrize(
    ("vocabulary", "fact", "words"),
    [
        ("order@1", "status", OrderStatus),
        ("deadline@1", "status", OrderStatus),
        ("exception@1", "order_status", OrderStatus),
        ("notification@1", "status", OrderStatus),
        ("notification@1", "shipment_status", ShipmentStatus),
        ("order@1", "exception", EXCEPTION_CATALOG),
        ("deadline@1", "exception", EXCEPTION_CATALOG),
        ("exception@1", "code", EXCEPTION_CATALOG),
        ("notification@1", "exception", EXCEPTION_CATALOG),
    ],
)
def test_the_vocabularies_use_the_words_of_the_canonical_models(vocabulary: str, fact: str, words: Any) -> None:
    assert enum_of(vocabulary, fact) == [str(word) for word in words]


@pytest.mark.parametrize(
    ("fact", "field"), [("hold", "hold"), ("waiting_for", "waiting_for"), ("customer_tier", "customer_tier")]
)
def test_the_order_facts_have_the_values_of_the_order(fact: str, field: str) -> None:
    schema = Order.model_json_schema()["properties"][field]
    branches = schema.get("anyOf", [schema])
    assert enum_of("order@1", fact) == next(branch["enum"] for branch in branches if "enum" in branch)


def test_the_assignment_facts_know_every_owner(book: RuleBook) -> None:
    assert enum_of("assignment@1", "owner") == list(book.organisation.owners)


def test_every_status_with_every_hold_and_exception_has_exactly_one_owner(book: RuleBook) -> None:
    holds, codes = [None, *enum_of("order@1", "hold")], [None, *ExceptionCode]
    for status, hold, code in product(OrderStatus, holds, codes):
        evaluation = book.evaluate("ownership", {"status": status, "hold": hold, "exception": code})
        assert evaluation.rule is not None, (status, hold, code)
        assert evaluation.outcome["owner"] in book.organisation.owners
        assert evaluation.outcome["queue"] in book.organisation.queues


@pytest.mark.parametrize("code", ExceptionCode)
def test_every_exception_goes_to_one_owner_by_catalog_routing_and_ownership(
    book: RuleBook, code: ExceptionCode
) -> None:
    entry = EXCEPTION_CATALOG[code]
    routed = book.evaluate("exception-routing", {"code": code, "priority": "standard", "attempts": 1})
    assert routed.rule is not None
    assert routed.outcome["owner"] == entry.default_owner
    status = entry.diverts_to or "released"
    assert book.evaluate("ownership", {"status": status, "exception": code}).outcome["owner"] == entry.default_owner


@pytest.mark.parametrize("code", [None, *ExceptionCode])
def test_every_unfinished_order_has_a_deadline_and_express_is_never_later(
    book: RuleBook, code: ExceptionCode | None
) -> None:
    for status in OrderStatus:
        due = {}
        for priority in ("express", "standard"):
            facts = {"status": status, "exception": code, "priority": priority}
            step = book.next_step("escalation", facts, TIMES, [], MONDAY, 0)
            due[priority] = step.due_at if step else None
            assert (step is None) == (status in FINAL_ORDER_STATUSES), (status, code)
        if due["express"] is not None:
            assert due["standard"] is not None
            assert MONDAY < due["express"] < due["standard"], (status, code)


def test_every_cascade_notifies_hands_over_and_then_wakes_somebody() -> None:
    for rule in document("escalation")["rules"]:
        if "cascade" in rule:
            first, second, third = (step["then"] for step in rule["cascade"])
            assert first["notify"].endswith("-lead"), rule["id"]
            assert second["reassign"], rule["id"]
            assert third["page"], rule["id"]


def test_a_reminder_that_repeats_is_at_least_half_an_hour_apart(book: RuleBook) -> None:
    always = book.organisation.calendars["always"]
    steps = [book.next_step("escalation", {"status": "received"}, TIMES, [], MONDAY, level) for level in range(6)]
    dues = [step.due_at for step in steps if step is not None]
    gaps = [business_time_between(always, first, second) for first, second in pairwise(dues)]
    assert min(gaps) >= timedelta(minutes=30)


@pytest.mark.parametrize("file_id", QA_FILES)
def test_a_gate_that_is_told_nothing_does_not_pass(book: RuleBook, file_id: str) -> None:
    evaluation = book.evaluate(file_id, {})
    assert evaluation.outcome["verdict"] in ("hold", "block")
    assert evaluation.outcome["exception"] in list(ExceptionCode)


@pytest.mark.parametrize("file_id", QA_FILES)
def test_whatever_a_gate_stops_names_an_exception_an_owner_and_a_remedy(file_id: str) -> None:
    for rule in document(file_id)["rules"]:
        needed = {"owner", "remediate"} | ({"exception"} if rule["then"]["verdict"] in ("hold", "block") else set())
        assert needed <= rule["then"].keys(), rule["id"]
