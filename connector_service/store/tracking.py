"""Scans as they came, which shipment a tracking number belongs to, and which shipments are watched until they end.

A trigger notes a label's numbers when the label is kept, whoever keeps it, and forgets them when it is voided: a
rebuild comes to the same. A scan whose number nobody knows yet waits with an empty `shipment_id`.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from canonical_models import TrackingEvent
from connector_service.store.transaction import encode_time

_NOTE = (
    "INSERT OR REPLACE INTO parcel_numbers (tenant_id, carrier, tracking_number, shipment_id)"
    " SELECT NEW.tenant_id, json_extract(NEW.body, '$.label.carrier'), NEW.tracking_number, NEW.id"
    " UNION SELECT NEW.tenant_id, json_extract(NEW.body, '$.label.carrier'), value, NEW.id"
    " FROM json_each(NEW.body, '$.label.tracking_numbers');"
    " INSERT OR REPLACE INTO watched_shipments (tenant_id, shipment_id, due_at, silent)"
    " SELECT NEW.tenant_id, NEW.id, strftime('%Y-%m-%dT%H:%M:%f', json_extract(NEW.body, '$.updated_at'), '+1 hour'), 0"
    " WHERE NEW.status NOT IN ('delivered', 'cancelled', 'returned');"
)
_FORGET = (
    "DELETE FROM parcel_numbers WHERE tenant_id = OLD.tenant_id AND shipment_id = OLD.id;"
    " DELETE FROM watched_shipments WHERE tenant_id = OLD.tenant_id AND shipment_id = OLD.id;"
)
SCHEMA = (
    "CREATE TABLE tracking_events (tenant_id TEXT, carrier TEXT, tracking_number TEXT, event_id TEXT,"
    " shipment_id TEXT, occurred_at TEXT, received_at TEXT, heard_by TEXT, body TEXT,"
    " PRIMARY KEY (tenant_id, carrier, tracking_number, event_id))",
    "CREATE INDEX tracking_history ON tracking_events (tenant_id, shipment_id, occurred_at)",
    "CREATE INDEX tracking_waiting ON tracking_events (received_at) WHERE shipment_id = ''",
    "CREATE TABLE parcel_numbers (tenant_id TEXT, carrier TEXT, tracking_number TEXT, shipment_id TEXT,"
    " PRIMARY KEY (tenant_id, carrier, tracking_number)) WITHOUT ROWID",
    "CREATE INDEX parcel_numbers_of ON parcel_numbers (tenant_id, shipment_id)",
    "CREATE TABLE watched_shipments (tenant_id TEXT, shipment_id TEXT, due_at TEXT, silent INTEGER,"
    " PRIMARY KEY (tenant_id, shipment_id)) WITHOUT ROWID",
    "CREATE INDEX watched_due ON watched_shipments (due_at)",
    "CREATE TRIGGER shipments_labelled AFTER INSERT ON shipments WHEN NEW.tracking_number IS NOT NULL"
    f" BEGIN {_NOTE} END",
    "CREATE TRIGGER shipments_relabelled AFTER UPDATE OF tracking_number ON shipments"
    f" WHEN NEW.tracking_number IS NOT NULL BEGIN {_FORGET} {_NOTE} END",
    "CREATE TRIGGER shipments_label_voided AFTER UPDATE OF tracking_number ON shipments"
    f" WHEN NEW.tracking_number IS NULL BEGIN {_FORGET} END",
    "CREATE TRIGGER shipments_ended AFTER UPDATE OF status ON shipments"
    " WHEN NEW.status IN ('delivered', 'cancelled', 'returned')"
    " BEGIN DELETE FROM watched_shipments WHERE tenant_id = NEW.tenant_id AND shipment_id = NEW.id; END",
    # What was scanned before it left, or while it was held up, counts as soon as it is on its way.
    "CREATE TRIGGER shipments_on_their_way AFTER UPDATE OF status ON shipments"
    " WHEN NEW.status IN ('shipped', 'in_transit') AND OLD.status IN ('labelled', 'exception')"
    " AND EXISTS (SELECT 1 FROM tracking_events e WHERE e.tenant_id = NEW.tenant_id AND e.shipment_id = NEW.id)"
    " BEGIN UPDATE watched_shipments SET due_at = '' WHERE tenant_id = NEW.tenant_id AND shipment_id = NEW.id; END",
)
NOTE_EXISTING = "UPDATE shipments SET tracking_number = tracking_number WHERE tracking_number IS NOT NULL"
"""Has the triggers note what was labelled before there were any."""


@dataclass(frozen=True, slots=True)
class KeptScan:
    """A scan in a shipment's history. `heard_by` is `webhook`, `poll` or `people`."""

    scan: TrackingEvent
    received_at: datetime
    heard_by: str


def shipment_of(connection: sqlite3.Connection, tenant_id: str, carrier: str, tracking_number: str) -> str | None:
    """The shipment whose valid label has this number, or None."""
    row = connection.execute(
        "SELECT shipment_id FROM parcel_numbers WHERE tenant_id = ? AND carrier = ? AND tracking_number = ?",
        (tenant_id, carrier, tracking_number),
    ).fetchone()
    return row[0] if row else None


def numbers_of(connection: sqlite3.Connection, tenant_id: str, shipment_id: str) -> list[str]:
    """The tracking numbers of a shipment's label."""
    rows = connection.execute(
        "SELECT tracking_number FROM parcel_numbers WHERE tenant_id = ? AND shipment_id = ? ORDER BY tracking_number",
        (tenant_id, shipment_id),
    )
    return [number for (number,) in rows]


def keep(
    connection: sqlite3.Connection, tenant_id: str, scan: TrackingEvent, shipment_id: str, now: datetime, heard_by: str
) -> bool:
    """Keep a scan; False when it is known, also under another id: a carrier may name one scan differently when it tells
    it and when it is asked. `shipment_id` is empty while nobody knows the number."""
    if is_known(connection, tenant_id, scan):
        return False
    connection.execute(
        "INSERT INTO tracking_events (tenant_id, carrier, tracking_number, event_id, shipment_id,"
        " occurred_at, received_at, heard_by, body) VALUES (?,?,?,?,?,?,?,?,?)",
        (
            tenant_id,
            scan.carrier,
            scan.tracking_number,
            scan.event_id,
            shipment_id,
            encode_time(scan.occurred_at),
            encode_time(now),
            heard_by,
            scan.model_dump_json(),
        ),
    )
    return True


def is_known(connection: sqlite3.Connection, tenant_id: str, scan: TrackingEvent) -> bool:
    """Whether a scan was kept before, under its id or as the same thing at the same moment."""
    row = connection.execute(
        "SELECT 1 FROM tracking_events WHERE tenant_id = ? AND carrier = ? AND tracking_number = ?"
        " AND (event_id = ? OR (occurred_at = ? AND json_extract(body, '$.type') = ?"
        " AND json_extract(body, '$.raw_code') = ?)) LIMIT 1",
        (
            tenant_id,
            scan.carrier,
            scan.tracking_number,
            scan.event_id,
            encode_time(scan.occurred_at),
            scan.type.value,
            scan.raw_code,
        ),
    ).fetchone()
    return row is not None


def history(connection: sqlite3.Connection, tenant_id: str, shipment_id: str) -> list[KeptScan]:
    """All scans of a shipment's parcels in the order in which they happened, however late they came."""
    rows = connection.execute(
        "SELECT body, received_at, heard_by FROM tracking_events WHERE tenant_id = ? AND shipment_id = ?"
        " ORDER BY occurred_at, rowid",
        (tenant_id, shipment_id),
    )
    return [KeptScan(TrackingEvent.model_validate_json(b), datetime.fromisoformat(at), by) for b, at, by in rows]


def waiting_with_label(connection: sqlite3.Connection, limit: int = 500) -> list[tuple[str, TrackingEvent]]:
    """Scans that waited for a label that is there now, with their tenant, in the order in which they happened."""
    rows = connection.execute(
        "SELECT e.tenant_id, e.body FROM tracking_events e JOIN parcel_numbers p USING (tenant_id, carrier,"
        " tracking_number) WHERE e.shipment_id = '' ORDER BY e.occurred_at, e.rowid LIMIT ?",
        (limit,),
    )
    return [(tenant_id, TrackingEvent.model_validate_json(body)) for tenant_id, body in rows]


def adopt(connection: sqlite3.Connection, tenant_id: str, scan: TrackingEvent, shipment_id: str) -> bool:
    """Put a scan that waited into a shipment's history; False when it does not wait."""
    cursor = connection.execute(
        "UPDATE tracking_events SET shipment_id = ? WHERE tenant_id = ? AND carrier = ? AND tracking_number = ?"
        " AND event_id = ? AND shipment_id = ''",
        (shipment_id, tenant_id, scan.carrier, scan.tracking_number, scan.event_id),
    )
    return cursor.rowcount > 0


def waiting_since_before(
    connection: sqlite3.Connection, moment: datetime, limit: int = 500
) -> list[tuple[str, TrackingEvent]]:
    """Scans that have waited since before a moment, with their tenant."""
    rows = connection.execute(
        "SELECT tenant_id, body FROM tracking_events WHERE shipment_id = '' AND received_at < ?"
        " ORDER BY received_at LIMIT ?",
        (encode_time(moment), limit),
    )
    return [(tenant_id, TrackingEvent.model_validate_json(body)) for tenant_id, body in rows]


def drop_waiting(connection: sqlite3.Connection, tenant_id: str, scan: TrackingEvent) -> bool:
    """Forget a scan that waits; False when it does not."""
    cursor = connection.execute(
        "DELETE FROM tracking_events WHERE tenant_id = ? AND carrier = ? AND tracking_number = ? AND event_id = ?"
        " AND shipment_id = ''",
        (tenant_id, scan.carrier, scan.tracking_number, scan.event_id),
    )
    return cursor.rowcount > 0


@dataclass(frozen=True, slots=True)
class Watched:
    """A shipment to look at; `silent` askings in a row brought nothing new."""

    tenant_id: str
    shipment_id: str
    silent: int


def due(connection: sqlite3.Connection, now: datetime, limit: int = 500) -> list[Watched]:
    """The shipments to look at now, the one that has waited longest first."""
    rows = connection.execute(
        "SELECT tenant_id, shipment_id, silent FROM watched_shipments WHERE due_at <= ? ORDER BY due_at LIMIT ?",
        (encode_time(now), limit),
    )
    return [Watched(*row) for row in rows]


def claim(connection: sqlite3.Connection, watched: Watched, now: datetime, until: datetime) -> bool:
    """Take a shipment that is due, so that no other replica looks at it; who takes it and is killed loses it at
    `until`. False: somebody else has it."""
    cursor = connection.execute(
        "UPDATE watched_shipments SET due_at = ? WHERE tenant_id = ? AND shipment_id = ? AND due_at <= ?",
        (encode_time(until), watched.tenant_id, watched.shipment_id, encode_time(now)),
    )
    return cursor.rowcount > 0


def watch(connection: sqlite3.Connection, watched: Watched, due_at: datetime, *, silent: int) -> None:
    """Look at a shipment again at `due_at`, unless it is watched no more."""
    connection.execute(
        "UPDATE watched_shipments SET due_at = ?, silent = ? WHERE tenant_id = ? AND shipment_id = ?",
        (encode_time(due_at), silent, watched.tenant_id, watched.shipment_id),
    )


def heard_of(connection: sqlite3.Connection, tenant_id: str, shipment_id: str) -> None:
    """Its carrier has told something: it is not silent."""
    connection.execute(
        "UPDATE watched_shipments SET silent = 0 WHERE tenant_id = ? AND shipment_id = ? AND silent > 0",
        (tenant_id, shipment_id),
    )


def watch_no_more(connection: sqlite3.Connection, tenant_id: str, shipment_id: str) -> None:
    """It has ended."""
    connection.execute(
        "DELETE FROM watched_shipments WHERE tenant_id = ? AND shipment_id = ?", (tenant_id, shipment_id)
    )
