"""Decisions found again: by id, by rule file, and by the order that they are about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connector_service.clock import FakeClock
from connector_service.errors import NotFound
from connector_service.store import Store, Transaction, decisions


@pytest.fixture
def store(tmp_path: Path) -> Any:
    opened = Store(tmp_path / "decisions.sqlite", FakeClock())
    for number in range(5):
        keep(opened, "acme", f"dec_{number}", "ownership" if number % 2 == 0 else "escalation")
    keep(opened, "other", "dec_9", "ownership")
    yield opened
    opened.close()


def keep(store: Store, tenant_id: str, decision_id: str, file_id: str) -> None:
    about = {"id": decision_id, "subject_id": "ord_1", "file_id": file_id, "file_version": "1.0.0", "file_hash": "h"}
    said = {"rule": None, "fired": [], "facts": {}, "outcome": {}, "because": "x", "reasons": []}
    Transaction(store.reader, tenant_id, store.clock.now()).keep_decision({**about, **said})


def test_one_decision_is_found_by_its_id_by_its_tenant_only(store: Store) -> None:
    assert decisions.decision(store.reader, "acme", "dec_3").file_id == "escalation"
    for tenant_id, decision_id in (("other", "dec_3"), ("acme", "dec_9"), ("acme", "dec_7")):
        with pytest.raises(NotFound):
            decisions.decision(store.reader, tenant_id, decision_id)


def test_the_latest_of_a_file_come_oldest_first(store: Store) -> None:
    found = decisions.latest_of_file(store.reader, "acme", "ownership", 2)
    assert [each.id for each in found] == ["dec_2", "dec_4"]
    assert [each.id for each in decisions.latest_of_file(store.reader, "other", "ownership", 9)] == ["dec_9"]


def test_the_latest_of_a_file_are_found_by_an_index(store: Store) -> None:
    plan = store.reader.execute(
        "EXPLAIN QUERY PLAN SELECT body FROM decisions WHERE tenant_id = ? AND file_id = ? ORDER BY rowid DESC LIMIT 9",
        ("acme", "ownership"),
    ).fetchall()
    assert "idx_decisions_tenant_id_file_id" in plan[0][3]
    assert len(plan) == 1


def test_those_of_an_order_are_its_tenants_own(store: Store) -> None:
    assert len(decisions.of_order(store.reader, "acme", "ord_1")) == 5
    assert len(decisions.of_order(store.reader, "other", "ord_1")) == 1
    assert decisions.of_order(store.reader, "acme", "ord_2") == []
