"""Decisions of the past: explained by the version that decided, or honestly from what was stored."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from canonical_models import Decision
from connector_service.clock import FakeClock
from connector_service.rules_engine import RuleBook
from connector_service.rules_publishing.past_decisions import PastExplanation, explain_decision
from connector_service.store import Store
from connector_service.store.rule_versions import Entry, append
from tests.rules_engine.rules_workbench import rule, rule_file, write_folder

DERIVE = {"apart": {"difference": ["total_minor", "risk_score"]}}
FACTS = {"total_minor": 90, "risk_score": 10}


@pytest.fixture
def store(tmp_path: Path) -> Any:
    opened = Store(tmp_path / "past.sqlite", FakeClock())
    yield opened
    opened.close()


def version(number: str, limit: int) -> dict[str, Any]:
    return rule_file(rule("TST-010", {"apart": {"gt": limit}}), version=number, derive=DERIVE, default=DEFAULT)


DEFAULT = {"owner": "operations", "because": "Nobody else."}


def decision_of(rules: RuleBook) -> Decision:
    """What a connector keeps of a decision: the derived facts are among the facts."""
    found = rules.of("acme").evaluate("file", FACTS)
    return Decision(
        tenant_id="acme",
        id="dec_1",
        subject_id="ord_1",
        file_id="file",
        file_version=found.version,
        file_hash=found.content_hash,
        rule=found.rule,
        fired=list(found.fired),
        facts=found.facts,
        outcome=found.outcome,
        because=found.because,
        reasons=list(found.reasons),
        decided_at=datetime(2026, 11, 9, tzinfo=UTC),
    )


def explained(store: Store, rules: RuleBook, decision: Decision) -> PastExplanation:
    return explain_decision(store.reader, rules.of("acme"), decision)


def test_the_version_in_force_explains_what_it_decided(tmp_path: Path, store: Store) -> None:
    rules = RuleBook.load(write_folder(tmp_path / "rules", version("1.0.0", 50)))
    told = explained(store, rules, decision_of(rules))
    assert (told.by, told.note) == ("version_in_force", "")
    assert told.explanation is not None
    assert told.explanation.derived[0].text == "apart is 80: total_minor 90 less risk_score 10"


def test_a_version_that_is_not_kept_leaves_what_was_stored_and_says_so(tmp_path: Path, store: Store) -> None:
    folder = write_folder(tmp_path / "rules", version("1.0.0", 50))
    rules = RuleBook.load(folder)
    decision = decision_of(rules)
    write_folder(folder, version("1.1.0", 100))
    assert rules.reload() == []
    told = explained(store, rules, decision)
    assert (told.by, told.explanation, told.in_force) == ("what_was_stored", None, "1.1.0")
    assert "is not kept; in force now is 1.1.0. This is what was stored with the decision." in told.text
    assert "apart gt 50 (was 80)" in told.text
    assert "total_minor 90" in told.text


def test_a_published_version_explains_after_another_one_followed_it(tmp_path: Path, store: Store) -> None:
    folder = write_folder(tmp_path / "rules", version("1.0.0", 50))
    rules = RuleBook.load(folder)
    decision = decision_of(rules)
    kept = rules.of("acme").compiled("file").file
    entry = Entry(
        "pub_1",
        "",
        "file",
        "publish",
        "1.0.0",
        kept.content_hash,
        kept.content_hash,
        None,
        "live",
        0,
        "ann",
        "",
        "",
        "",
    )
    append(store.reader, entry, {kept.content_hash: kept.document})
    write_folder(folder, version("1.1.0", 100))
    assert rules.reload() == []
    told = explained(store, rules, decision)
    assert told.by == "earlier_version"
    assert told.note == "Version 1.0.0 decided; in force now is 1.1.0."
    assert told.explanation is not None
    assert (told.explanation.rule, told.explanation.version) == ("TST-010", "1.0.0")


def test_an_answer_that_was_given_because_something_failed_is_not_glossed_over(tmp_path: Path, store: Store) -> None:
    rules = RuleBook.load(write_folder(tmp_path / "rules", version("1.0.0", 50)))
    failed = decision_of(rules).model_copy(update={"rule": None, "outcome": {"owner": "operations"}})
    assert explained(store, rules, failed).note == "Asked again, it answers TST-010: something failed back then."
