"""Positions that were written when they kept what they had heard from whom are read, and rebuilt, without it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import orjson
import pytest
from sqlite_utils import Database

from canonical_models import InventoryPosition
from connector_service.clock import FakeClock
from connector_service.orders.work import Work
from connector_service.rules_engine import RuleBook
from connector_service.store import migrations, rebuild
from tests.house import TENANT, furnish, open_store

pytestmark = pytest.mark.anyio


async def test_what_a_position_had_heard_is_forgotten_in_rows_and_events(
    tmp_path: Path, shipped_rules: RuleBook
) -> None:
    with open_store(tmp_path / "old.sqlite", FakeClock()) as store:
        await store.write(TENANT, lambda tx: furnish(Work(tx, shipped_rules.of(TENANT), "tests")))
        connection = store.reader
        _as_before(store.reader)
        with pytest.raises(ValueError, match="heard"):
            InventoryPosition.model_validate_json(connection.execute("SELECT body FROM positions").fetchone()[0])
        migrations.stock.movements_told(Database(connection))
        store.memory.forget()
        assert len(store.read(TENANT).find_by(InventoryPosition)) > 0
        assert rebuild.differences(connection) == []
        rows = connection.execute("SELECT body FROM positions ORDER BY tenant_id, id").fetchall()
        connection.execute("BEGIN")
        rebuild.rebuild(connection)
        assert connection.execute("SELECT body FROM positions ORDER BY tenant_id, id").fetchall() == rows
        connection.execute("ROLLBACK")


def _as_before(connection: sqlite3.Connection) -> None:
    """Take what the migration brought away, and put in what it takes away, where it was."""
    for statement in (
        "DROP TABLE stock_movements",
        "DROP INDEX events_counted",
        "ALTER TABLE tenants DROP COLUMN recount_hours",
        "ALTER TABLE tenants DROP COLUMN recounted_at",
    ):
        connection.execute(statement)
    for table, column, key in (("positions", "body", "rowid"), ("events", "data", "position")):
        for row, text in connection.execute(f"SELECT {key}, {column} FROM {table}").fetchall():  # noqa: S608
            said = orjson.loads(text)
            body = said["changes"] if table == "events" else said
            if table == "events" and "on_hand" not in body:
                continue
            as_of = body.pop("as_of")
            body |= {"heard": {"wms": 7}, "as_of": as_of}
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (orjson.dumps(said).decode(), row))  # noqa: S608
