"""Queries that look into objects see what their own transaction has changed a moment ago, of every kind."""

from __future__ import annotations

import pytest

from connector_service.store.connection import _preparation
from connector_service.store.kinds import KINDS


@pytest.mark.parametrize("table", [kind.table for kind in KINDS.values()])
def test_what_waits_is_written_before_somebody_looks_into_a_body(table: str) -> None:
    assert _preparation(f"SELECT body FROM {table} WHERE tenant_id = ?") is not None  # noqa: S608
