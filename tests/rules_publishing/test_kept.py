"""Published versions found again by their number: a tenant's own before that of all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connector_service.clock import FakeClock
from connector_service.errors import NotFound
from connector_service.rules_publishing.kept import kept_document
from connector_service.store import Store
from connector_service.store.rule_versions import Entry, append


@pytest.fixture
def store(tmp_path: Path) -> Any:
    opened = Store(tmp_path / "kept.sqlite", FakeClock())
    yield opened
    opened.close()


def publish(store: Store, scope: str, version: str, running: str) -> None:
    """An entry of the log; what the author wrote and what runs are two documents, as with a layer."""
    written = f"{running} as written"
    entry = Entry(
        f"pub_{running}", scope, "file", "publish", version, written, running, None, "live", 0, "ann", "", "", ""
    )
    append(store.reader, entry, {written: {"extends": "file@1.0"}, running: {"id": "file", "scope": scope}})


def test_a_version_is_found_as_it_was_evaluated(store: Store) -> None:
    publish(store, "", "1.0.0", "everyone")
    publish(store, "acme", "2.0.0", "own")
    assert kept_document(store.reader, "acme", "file", "1.0.0") == {"id": "file", "scope": ""}
    assert kept_document(store.reader, "acme", "file", "2.0.0") == {"id": "file", "scope": "acme"}


def test_a_tenants_own_version_comes_before_that_of_all(store: Store) -> None:
    publish(store, "acme", "1.0.0", "own")
    publish(store, "", "1.0.0", "everyone")
    assert kept_document(store.reader, "acme", "file", "1.0.0")["scope"] == "acme"
    assert kept_document(store.reader, "other", "file", "1.0.0")["scope"] == ""


def test_another_tenants_version_does_not_exist(store: Store) -> None:
    publish(store, "acme", "2.0.0", "own")
    for tenant in ("other", ""):
        with pytest.raises(NotFound, match="There is no published version"):
            kept_document(store.reader, tenant, "file", "2.0.0")
