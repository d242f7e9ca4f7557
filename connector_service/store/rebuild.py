"""Projections made again from events: they must come out exactly as they are."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

import orjson

from connector_service.store.kinds import KINDS, Body, Kind


@dataclass(frozen=True, slots=True)
class Difference:
    """An object whose row is not what its events say; either side is None when it is missing there."""

    kind: str
    tenant_id: str
    id: str
    stored: Body | None
    rebuilt: Body | None


def fold(connection: sqlite3.Connection, kind: Kind) -> dict[tuple[str, str], Body]:
    """Every object of a kind as its events give it, by tenant and id."""
    bodies: dict[tuple[str, str], Body] = {}
    rows = connection.execute(
        "SELECT tenant_id, subject, data FROM events WHERE kind = ? ORDER BY position", (kind.name,)
    )
    for tenant_id, subject, data in rows:
        bodies.setdefault((tenant_id, subject), {}).update(orjson.loads(data)["changes"])
    return bodies


def differences(connection: sqlite3.Connection) -> list[Difference]:
    """Where the projections are not what the events say; empty when all is well."""
    found = []
    for kind in KINDS.values():
        rebuilt = fold(connection, kind)
        rows = connection.execute(f"SELECT tenant_id, id, body FROM {kind.table}")  # noqa: S608
        stored = {(tenant, key): orjson.loads(body) for tenant, key, body in rows}
        found += [
            Difference(kind.name, key[0], key[1], stored.get(key), rebuilt.get(key))
            for key in sorted(stored.keys() | rebuilt.keys())
            if stored.get(key) != rebuilt.get(key)
        ]
    return found


def rebuild(connection: sqlite3.Connection) -> dict[str, int]:
    """Write every projection again from its events, in the caller's transaction; returns rows per table."""
    counts = {}
    for kind in KINDS.values():
        bodies = fold(connection, kind)
        connection.execute(f"DELETE FROM {kind.table}")  # noqa: S608
        connection.executemany(kind.insert, (_row(kind, tenant_id, body) for (tenant_id, _), body in bodies.items()))
        counts[kind.table] = len(bodies)
    return counts


def _row(kind: Kind, tenant_id: str, body: Body) -> list[Any]:
    # What was written before a field was there goes on without it.
    ordered = {name: body[name] for name in kind.model.model_fields if name in body}
    return [tenant_id, body["id"], body["version"], orjson.dumps(ordered).decode(), *kind.row(body)]
