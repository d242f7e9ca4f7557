"""What carriers have agreed to charge a tenant: one document per carrier and first day of validity."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from connector_service.store.transaction import encode_time


@dataclass(frozen=True, slots=True)
class KeptTable:
    """A rate table as it is kept. `hash` is of `body`, its JSON; who put it there and when is for people."""

    carrier: str
    valid_from: str
    hash: str
    body: str
    put_by: str
    put_at: datetime


def put(connection: sqlite3.Connection, tenant_id: str, table: KeptTable) -> None:
    """Add a table, in place of the one of this carrier that begins on the same day."""
    connection.execute(
        "INSERT OR REPLACE INTO rate_tables (tenant_id, carrier, valid_from, hash, body, put_by, put_at)"
        " VALUES (?,?,?,?,?,?,?)",
        (
            tenant_id,
            table.carrier,
            table.valid_from,
            table.hash,
            table.body,
            table.put_by,
            encode_time(table.put_at),
        ),
    )


def of_carrier(connection: sqlite3.Connection, tenant_id: str, carrier: str) -> list[KeptTable]:
    """The tables agreed with a carrier, the one that begins first first."""
    rows = connection.execute(
        "SELECT carrier, valid_from, hash, body, put_by, put_at FROM rate_tables"
        " WHERE tenant_id = ? AND carrier = ? ORDER BY valid_from",
        (tenant_id, carrier),
    )
    return [
        KeptTable(carrier, valid_from, content_hash, body, put_by, datetime.fromisoformat(put_at))
        for carrier, valid_from, content_hash, body, put_by, put_at in rows
    ]


def hashes(connection: sqlite3.Connection, tenant_id: str, carrier: str) -> tuple[str, ...]:
    """The content hashes of a carrier's tables, in the order of `of_carrier`: cheap enough to look before every use."""
    rows = connection.execute(
        "SELECT hash FROM rate_tables WHERE tenant_id = ? AND carrier = ? ORDER BY valid_from", (tenant_id, carrier)
    )
    return tuple(row[0] for row in rows)
