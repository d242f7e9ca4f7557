"""Credentials that were overdue when they carried owner and deadline themselves become exceptions."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from sqlite_utils import Database

from canonical_models import Credential, ExceptionCase
from connector_service.clock import FakeClock
from connector_service.credentials import lifecycle
from connector_service.credentials.trying import NOT_ASKED
from connector_service.rules_engine import RuleBook
from connector_service.scheduler import Scheduler
from connector_service.store import migrations, rebuild
from tests.house import TENANT, open_store

pytestmark = pytest.mark.anyio
CARRIED = {"deadline_at": "2026-11-20T00:00:00Z", "escalation_level": 2, "stage": "overdue"}


async def test_an_overdue_one_is_raised_by_the_clock_and_a_rebuild_finds_the_same(
    tmp_path: Path, shipped_rules: RuleBook
) -> None:
    with open_store(tmp_path / "old.sqlite", FakeClock()) as store:
        settings = {"base_url": "http://ups.example", "api_key": "id:first", "webhook_secret": "hush"}
        await store.write(TENANT, lambda tx: lifecycle.enter(tx, "ups", settings, NOT_ASKED, "ada") and None)
        connection = store.reader
        body = orjson.loads(connection.execute("SELECT body FROM credentials").fetchone()[0])
        del body["exception_id"]
        connection.execute("UPDATE credentials SET body = ?", (orjson.dumps(body | CARRIED).decode(),))
        connection.execute(
            "UPDATE events SET data = json_patch(json_remove(data, '$.changes.exception_id'), ?)",
            (orjson.dumps({"changes": CARRIED}).decode(),),
        )
        with pytest.raises(ValueError, match="escalation_level"):
            Credential.model_validate_json(connection.execute("SELECT body FROM credentials").fetchone()[0])
        migrations.carriers.overdue_credentials(Database(connection))
        store.memory.forget()
        assert rebuild.differences(connection) == []
        store.clock.advance(timedelta(days=91))
        await Scheduler(store, shipped_rules).tick()
        (case,) = store.read(TENANT).find_by(ExceptionCase)
        assert (case.code, case.credential_id, case.owner) == ("credential_overdue", "crd_ups", "carrier-desk")
