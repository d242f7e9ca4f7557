"""Labels and scans of carriers that have no system of their own: what is known of their parcels is known here."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime

from canonical_models import Label, TrackingEvent
from connector_service.store.transaction import encode_time


def find(
    connection: sqlite3.Connection, tenant_id: str, carrier: str, reference: str
) -> tuple[Label, datetime | None] | None:
    """The label made under a reference, and when it was voided; None when none was made."""
    return _one(connection, "reference", tenant_id, carrier, reference)


def of_number(
    connection: sqlite3.Connection, tenant_id: str, carrier: str, tracking_number: str
) -> tuple[Label, datetime | None] | None:
    """The same by the tracking number."""
    return _one(connection, "tracking_number", tenant_id, carrier, tracking_number)


def _one(
    connection: sqlite3.Connection, column: str, tenant_id: str, carrier: str, value: str
) -> tuple[Label, datetime | None] | None:
    row = connection.execute(
        f"SELECT body, voided_at FROM own_labels WHERE tenant_id = ? AND carrier = ? AND {column} = ?",  # noqa: S608
        (tenant_id, carrier, value),
    ).fetchone()
    if row is None:
        return None
    return Label.model_validate_json(row[0]), datetime.fromisoformat(row[1]) if row[1] else None


def add(
    connection: sqlite3.Connection, tenant_id: str, carrier: str, reference: str, make: Callable[[int], Label]
) -> Label:
    """Keep the label that `make` makes of the next serial number. The caller has a transaction and has looked that the
    reference is new."""
    row = connection.execute(
        "SELECT COALESCE(MAX(serial), 0) + 1 FROM own_labels WHERE tenant_id = ? AND carrier = ?", (tenant_id, carrier)
    ).fetchone()
    label = make(row[0])
    connection.execute(
        "INSERT INTO own_labels (tenant_id, carrier, reference, serial, tracking_number, body) VALUES (?,?,?,?,?,?)",
        (tenant_id, carrier, reference, row[0], label.tracking_number, label.model_dump_json()),
    )
    return label


def void(connection: sqlite3.Connection, tenant_id: str, carrier: str, reference: str, now: datetime) -> None:
    """Note that a label is void; one that is void already stays as it was."""
    connection.execute(
        "UPDATE own_labels SET voided_at = ? WHERE tenant_id = ? AND carrier = ? AND reference = ?"
        " AND voided_at IS NULL",
        (encode_time(now), tenant_id, carrier, reference),
    )


def add_scan(connection: sqlite3.Connection, tenant_id: str, scan: TrackingEvent) -> bool:
    """Keep a scan; False when it is known."""
    cursor = connection.execute(
        "INSERT OR IGNORE INTO own_scans (tenant_id, carrier, tracking_number, occurred_at, event_id, body)"
        " VALUES (?,?,?,?,?,?)",
        (
            tenant_id,
            scan.carrier,
            scan.tracking_number,
            encode_time(scan.occurred_at),
            scan.event_id,
            scan.model_dump_json(),
        ),
    )
    return cursor.rowcount > 0


def scans(
    connection: sqlite3.Connection, tenant_id: str, carrier: str, tracking_number: str
) -> tuple[TrackingEvent, ...]:
    """The scans of a parcel, oldest first."""
    rows = connection.execute(
        "SELECT body FROM own_scans WHERE tenant_id = ? AND carrier = ? AND tracking_number = ?"
        " ORDER BY occurred_at, event_id",
        (tenant_id, carrier, tracking_number),
    )
    return tuple(TrackingEvent.model_validate_json(row[0]) for row in rows)
