"""What versions in shadow answered beside the live ones: kept apart from the decisions that were acted on."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

import orjson

from canonical_models import Decision
from connector_service.store.transaction import Transaction, encode_time


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question answered twice. `live` has `id` (of the decision, None when none is kept), `version`, `rule` and
    `outcome` of the answer that was acted on; `differs` says that the outcomes are not the same."""

    live: dict[str, Any]
    shadow: Decision
    differs: bool


def keep(tx: Transaction, shadow: dict[str, Any], live: dict[str, Any]) -> None:
    """Keep what a shadow version answered (the fields of `Decision`, tenant, time and mode are added) beside the live
    answer (see `Comparison`)."""
    body = {"tenant_id": tx.tenant_id, **shadow, "decided_at": tx.now, "mode": "shadow"}
    tx.connection.execute(
        "INSERT INTO shadow_decisions (tenant_id, file_id, shadow_hash, decided_at, differs, live, body)"
        " VALUES (?,?,?,?,?,?,?)",
        (
            tx.tenant_id,
            shadow["file_id"],
            shadow["file_hash"],
            encode_time(tx.now),
            shadow["outcome"] != live["outcome"],
            orjson.dumps(live).decode(),
            orjson.dumps(body).decode(),
        ),
    )


def latest(
    connection: sqlite3.Connection, file_id: str, shadow_hash: str, tenant_id: str | None, last: int
) -> list[Comparison]:
    """The latest `last` answers of one shadow version, newest first; for all tenants when none is named."""
    rows = connection.execute(
        "SELECT live, body, differs FROM shadow_decisions WHERE file_id = ? AND shadow_hash = ?"
        " AND (? IS NULL OR tenant_id = ?) ORDER BY position DESC LIMIT ?",
        (file_id, shadow_hash, tenant_id, tenant_id, last),
    )
    return [
        Comparison(orjson.loads(live), Decision.model_validate_json(body), bool(differs))
        for live, body, differs in rows
    ]
