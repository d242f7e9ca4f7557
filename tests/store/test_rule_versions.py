"""The log of rule versions: it grows, it is read by scope and file, and documents are kept once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connector_service.clock import FakeClock
from connector_service.errors import NotFound
from connector_service.store import Store, rule_versions, tenants
from connector_service.store.rule_versions import Entry
from tests.house import open_store

ENTRY = Entry(
    id="pub_1",
    scope="acme",
    file_id="ownership",
    action="propose",
    version="1.1.0",
    content_hash="hash",
    running_hash="hash",
    base_hash=None,
    mode="live",
    percent=100,
    person="ada",
    via="key flows",
    because="x",
    at="2026-11-09T15:00:00+00:00",
)


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Iterator[Store]:
    with open_store(tmp_path / "s.sqlite", clock) as opened:
        yield opened


def test_entries_are_read_back_in_order_by_scope_and_file(store: Store) -> None:
    log = [ENTRY, replace(ENTRY, id="pub_2", scope=""), replace(ENTRY, id="pub_3", file_id="escalation")]
    positions = [rule_versions.append(store.reader, entry, {}) for entry in log]
    kept = [replace(entry, position=position) for entry, position in zip(log, positions, strict=True)]
    assert positions == sorted(set(positions))
    assert rule_versions.last_position(store.reader) == positions[-1]
    assert rule_versions.entries(store.reader) == kept
    assert rule_versions.entries(store.reader, "acme") == [kept[0], kept[2]]
    assert rule_versions.entries(store.reader, file_id="ownership") == kept[:2]
    assert rule_versions.entries(store.reader, "acme", "escalation") == [kept[2]]


def test_an_empty_log_ends_at_zero(store: Store) -> None:
    assert rule_versions.last_position(store.reader) == 0
    assert rule_versions.entries(store.reader) == []


def test_a_document_is_kept_once_however_often_it_is_named(store: Store) -> None:
    for number in range(3):
        rule_versions.append(store.reader, replace(ENTRY, id=f"pub_{number}"), {"hash": {"id": "ownership"}})
    assert rule_versions.document(store.reader, "hash") == {"id": "ownership"}
    assert store.reader.execute("SELECT COUNT(*) FROM rule_documents").fetchone() == (1,)
    with pytest.raises(NotFound, match="other"):
        rule_versions.document(store.reader, "other")


def test_only_what_was_proposed_is_a_proposal(store: Store) -> None:
    rule_versions.append(store.reader, ENTRY, {})
    rule_versions.append(store.reader, replace(ENTRY, id="pub_2", action="publish"), {})
    assert rule_versions.proposal(store.reader, "pub_1").person == "ada"
    with pytest.raises(NotFound, match="pub_2"):
        rule_versions.proposal(store.reader, "pub_2")


def test_a_tenant_demands_a_second_person_only_when_it_says_so(store: Store) -> None:
    assert not tenants.rules_need_approval(store.reader, "acme")
    tenants.set_rules_need_approval(store.reader, "acme", True)
    assert tenants.rules_need_approval(store.reader, "acme")
    assert not tenants.rules_need_approval(store.reader, "other")
    assert tenants.rules_need_approval(store.reader, "")
    with pytest.raises(NotFound):
        tenants.rules_need_approval(store.reader, "nobody")
    with pytest.raises(NotFound):
        tenants.set_rules_need_approval(store.reader, "nobody", True)
