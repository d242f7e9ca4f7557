"""Locations that were written when each had a format of labels take the tenant's, where nobody had said another."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlite_utils import Database

from canonical_models import Location
from connector_service.clock import FakeClock
from connector_service.orders.work import Work
from connector_service.rules_engine import RuleBook
from connector_service.store import migrations
from tests.house import TENANT, furnish, open_store

pytestmark = pytest.mark.anyio


async def test_only_what_nobody_had_to_say_is_forgotten(tmp_path: Path, shipped_rules: RuleBook) -> None:
    with open_store(tmp_path / "old.sqlite", FakeClock()) as store:
        await store.write(TENANT, lambda tx: furnish(Work(tx, shipped_rules.of(TENANT), "tests")))
        for location_id, said in (("east", "zpl"), ("west", "pdf")):
            store.reader.execute(
                "UPDATE locations SET body = json_set(body, '$.label_format', ?) WHERE id = ?", (said, location_id)
            )
        migrations.carriers.label_formats(Database(store.reader))
        found = store.reader.execute("SELECT body FROM locations ORDER BY id").fetchall()
        assert [Location.model_validate_json(body).label_format for (body,) in found] == [None, "pdf"]
