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
from canonical_models.remediation import RemediationIntent
from connector_service.business_time import business_time_between
from connector_service.orders.notifications import TEXTS
from connector_service.rules_engine import RuleBook, TestOutcome, run_file_tests
from connector_service.rules_engine.folder import rule_paths
from connector_service.rules_engine.tenant_rules import TenantRules

RULES = Path(__file__).parents[2] / "rules"
FILES = rule_paths(RULES)
OUTCOMES = [outcome for path in FILES for outcome in run_file_tests(path)]
MONDAY = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
TIMES = {"status_since": MONDAY, "exception_since": MONDAY}
OF_ORDERS = [code for code, entry in EXCEPTION_CATALOG.items() if entry.subject != "credential"]
QA_FILES = ["qa-packing", "qa-post-pick", "qa-pre-pick", "qa-shipping"]


@pytest.fixture(scope="module")
def rules() -> TenantRules:
    return RuleBook.load(RULES).of("any tenant")


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


def test_all_files_of_the_operating_model_are_there(rules: TenantRules) -> None:
    choices = ["carrier-choice", "warehouse-choice", "data-quality", "remediation-guardrails"]
    people = ["escalation", "exception-routing", "notifications", "ownership", "reassignment", "shipment-ownership"]
    assert {info.id for info in rules.files()} == {*choices, *people, *QA_FILES, "tracking", "pickups"}
    assert {info.status for info in rules.files()} == {"live"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_rule_has_a_test_it_wins_and_one_it_does_not_match(path: Path, rules: TenantRules) -> None:
    file = document(path.stem)
    won, fired = set(), []
    times = {"status_since", "exception_since", "quiet_since", "expected_at", "window_end", "trouble_since"}
    for test in file["tests"]:
        facts = {name: value for name, value in test["given"].items() if name not in times}
        evaluation = rules.evaluate(path.stem, facts)
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
        ("order@1", "exception", OF_ORDERS),
        ("deadline@1", "exception", EXCEPTION_CATALOG),
        ("exception@1", "code", EXCEPTION_CATALOG),
        ("notification@1", "exception", OF_ORDERS),
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


def test_the_assignment_facts_know_every_owner(rules: TenantRules) -> None:
    assert enum_of("assignment@1", "owner") == list(rules.organisation.owners)


def test_every_status_with_every_hold_and_exception_has_exactly_one_owner(rules: TenantRules) -> None:
    holds, codes = [None, *enum_of("order@1", "hold")], [None, *OF_ORDERS]
    for status, hold, code in product(OrderStatus, holds, codes):
        evaluation = rules.evaluate("ownership", {"status": status, "hold": hold, "exception": code})
        assert evaluation.rule is not None, (status, hold, code)
        assert evaluation.outcome["owner"] in rules.organisation.owners
        assert evaluation.outcome["queue"] in rules.organisation.queues


@pytest.mark.parametrize("code", OF_ORDERS)
def test_every_exception_goes_to_one_owner_by_catalog_routing_and_ownership(
    rules: TenantRules, code: ExceptionCode
) -> None:
    entry = EXCEPTION_CATALOG[code]
    routed = rules.evaluate("exception-routing", {"code": code, "priority": "standard", "attempts": 1})
    assert routed.rule is not None
    assert routed.outcome["owner"] == entry.default_owner
    status = entry.diverts_to or "released"
    assert rules.evaluate("ownership", {"status": status, "exception": code}).outcome["owner"] == entry.default_owner


@pytest.mark.parametrize(
    ("system", "owner"),
    [("carrier", "carrier-desk"), ("warehouse", "operations"), ("shop", "client-success"), ("feed", "client-success")],
)
def test_an_overdue_credential_goes_to_whoever_has_the_account(rules: TenantRules, system: str, owner: str) -> None:
    code = ExceptionCode.CREDENTIAL_OVERDUE
    routed = rules.evaluate("exception-routing", {"code": code, "subject": "credential", "system": system})
    assert routed.outcome["owner"] == owner


def test_an_overdue_credential_has_a_deadline_though_it_is_of_no_order(rules: TenantRules) -> None:
    steps = [rules.next_step("escalation", {"exception": "credential_overdue"}, TIMES, [], MONDAY, n) for n in range(3)]
    dues = [step.due_at for step in steps if step is not None]
    assert dues == sorted(set(dues))
    assert len(dues) == len(steps)


@pytest.mark.parametrize("code", [None, *OF_ORDERS])
def test_every_unfinished_order_has_a_deadline_and_express_is_never_later(
    rules: TenantRules, code: ExceptionCode | None
) -> None:
    for status in OrderStatus:
        due = {}
        for priority in ("express", "standard"):
            facts = {"status": status, "exception": code, "priority": priority}
            step = rules.next_step("escalation", facts, TIMES, [], MONDAY, 0)
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


def test_a_reminder_that_repeats_is_at_least_half_an_hour_apart(rules: TenantRules) -> None:
    always = rules.organisation.calendars["always"]
    steps = [rules.next_step("escalation", {"status": "received"}, TIMES, [], MONDAY, level) for level in range(6)]
    dues = [step.due_at for step in steps if step is not None]
    gaps = [business_time_between(always, first, second) for first, second in pairwise(dues)]
    assert min(gaps) >= timedelta(minutes=30)


@pytest.mark.parametrize("file_id", QA_FILES)
def test_a_gate_that_is_told_nothing_does_not_pass(rules: TenantRules, file_id: str) -> None:
    evaluation = rules.evaluate(file_id, {})
    assert evaluation.outcome["verdict"] in ("hold", "block")
    assert evaluation.outcome["exception"] in list(ExceptionCode)


@pytest.mark.parametrize("file_id", QA_FILES)
def test_whatever_a_gate_stops_names_an_exception_an_owner_and_a_remedy(file_id: str) -> None:
    for rule in document(file_id)["rules"]:
        needed = {"owner", "remediate"} | ({"exception"} if rule["then"]["verdict"] in ("hold", "block") else set())
        assert needed <= rule["then"].keys(), rule["id"]


def test_every_shipment_with_every_hold_and_exception_has_exactly_one_owner(rules: TenantRules) -> None:
    holds, codes = [None, *enum_of("shipment@1", "hold")], [None, *OF_ORDERS]
    for status, hold, code in product(ShipmentStatus, holds, codes):
        evaluation = rules.evaluate("shipment-ownership", {"status": status, "hold": hold, "exception": code})
        assert evaluation.rule is not None, (status, hold, code)
        assert evaluation.outcome["owner"] in rules.organisation.owners
        assert evaluation.outcome["queue"] in rules.organisation.queues


@pytest.mark.parametrize("file_id", ["warehouse-choice", "carrier-choice"])
def test_a_perfect_candidate_comes_to_a_thousand(rules: TenantRules, file_id: str) -> None:
    file = document(file_id)
    perfect = next(test for test in file["tests"] if "perfect" in test["name"])
    matches = rules.evaluate(file_id, perfect["given"]).outcome["matches"]
    assert sum(match["weight"] for match in matches) == 1000
    assert all(rule["then"] == {"veto": True} or rule["then"].keys() == {"weight"} for rule in file["rules"])
    assert file["on_error"]["veto"]


@pytest.mark.parametrize("intent", RemediationIntent)
def test_no_remedy_runs_on_a_legal_hold_and_none_that_costs_runs_without_a_price(
    rules: TenantRules, intent: RemediationIntent
) -> None:
    willing = {"intent": intent, "confidence_pct": 100, "reversible": True, "customer_agreed": True, "total_minor": 1}
    held = rules.evaluate("remediation-guardrails", {**willing, "cost_minor": 0, "hold": "legal"})
    assert (held.outcome["verdict"], held.outcome["owner"]) == ("deny", "legal")
    dear = rules.evaluate("remediation-guardrails", {**willing, "cost_minor": 1_000_000})
    if dear.outcome["verdict"] == "allow":  # then it costs nothing by its nature, and no price was asked for
        assert rules.evaluate("remediation-guardrails", willing).outcome == dear.outcome
        assert "limit_minor" not in dear.outcome


@pytest.mark.parametrize("intent", ["refund", "replace_goods", "capture_payment"])
def test_no_money_goes_out_twice(rules: TenantRules, intent: str) -> None:
    for times in (1, 2, 100):
        facts = {
            "intent": intent,
            "confidence_pct": 100,
            "cost_minor": 1,
            "customer_agreed": True,
            "done_before": times,
        }
        assert rules.evaluate("remediation-guardrails", facts).outcome["verdict"] == "deny"


def test_whoever_is_asked_or_denies_is_named() -> None:
    for rule in document("remediation-guardrails")["rules"]:
        assert (rule["then"]["verdict"] == "allow") != ("owner" in rule["then"]), rule["id"]


def test_an_order_of_which_nothing_is_known_is_stopped_at_intake(rules: TenantRules) -> None:
    assert rules.evaluate("data-quality", {}).outcome["verdict"] == "block"
    for rule in document("data-quality")["rules"]:
        assert {"owner", "remediate"} <= rule["then"].keys(), rule["id"]


def test_every_message_to_a_customer_has_a_text() -> None:
    for rule in document("notifications")["rules"]:
        if rule["then"]["audience"] == "customer":
            assert rule["then"]["template"] in TEXTS, rule["id"]


def test_no_tenant_may_change_what_law_and_safety_ask() -> None:
    fixed = {"OWN-010", "OWN-015", "SHO-010", "SHO-015", "RMG-010", "RMG-015", "RMG-020", "WHV-020", "CAV-020"}
    there = {rule["id"]: rule for path in FILES for rule in document(path.stem)["rules"]}
    assert fixed <= there.keys()
    assert not any(there[rule_id].get("overridable") for rule_id in fixed)
