"""Carriers: rates, credentials, tracking, choice, papers, purchases."""

from __future__ import annotations

from sqlite_utils import Database

from connector_service.store import (
    carrier_counts,
    carrier_facts,
    carrier_settings,
    documents,
    manifests,
    pickups,
    tracking,
)


def own_carriers(db: Database) -> None:
    """What carriers have agreed to charge, and labels and scans of those that have no system of their own."""
    db.execute(
        "CREATE TABLE rate_tables (tenant_id TEXT, carrier TEXT, valid_from TEXT, hash TEXT, body TEXT, put_by TEXT,"
        " put_at TEXT, PRIMARY KEY (tenant_id, carrier, valid_from))"
    )
    db.execute(
        "CREATE TABLE own_labels (tenant_id TEXT, carrier TEXT, reference TEXT, serial INTEGER, tracking_number TEXT,"
        " body TEXT, voided_at TEXT, PRIMARY KEY (tenant_id, carrier, reference))"
    )
    db.execute("CREATE UNIQUE INDEX own_labels_serial ON own_labels (tenant_id, carrier, serial)")
    db.execute("CREATE UNIQUE INDEX own_labels_number ON own_labels (tenant_id, carrier, tracking_number)")
    db.execute(
        "CREATE TABLE own_scans (tenant_id TEXT, carrier TEXT, tracking_number TEXT, occurred_at TEXT, event_id TEXT,"
        " body TEXT, PRIMARY KEY (tenant_id, carrier, tracking_number, occurred_at, event_id)) WITHOUT ROWID"
    )


def credentials(db: Database) -> None:
    """What is known of a credential; a connection's settings are sealed (see `sealing`), so the shop lies beside them,
    and the settings that a new credential has replaced are kept for a while."""
    db.execute(
        "CREATE TABLE credentials (tenant_id TEXT, id TEXT, version INTEGER, body TEXT, PRIMARY KEY (tenant_id, id))"
    )
    for column in ("shop", "old_body", "old_until"):
        db.table("connections").add_column(column, str)
    db.execute("UPDATE connections SET shop = json_extract(body, '$.shop')")
    db.execute("CREATE INDEX connections_shop ON connections (slug, shop) WHERE shop IS NOT NULL")


def scans_and_lanes(db: Database) -> None:
    """Scans as they came, which parcel a number is, and how carriers did on their lanes."""
    for statement in (*tracking.SCHEMA, *carrier_facts.SCHEMA, tracking.NOTE_EXISTING):
        db.execute(statement)


def carrier_choice(db: Database) -> None:
    """What tenants have settled about carriers, and how those did by lane and month."""
    for statement in (*carrier_settings.SCHEMA, *carrier_counts.SCHEMA, *carrier_counts.TRIGGERS):
        db.execute(statement)
    carrier_counts.count_what_is_there(db.conn)


def papers(db: Database) -> None:
    """Purchases whose outcome is not known yet; documents, manifests and collections."""
    db.execute(
        "CREATE TABLE purchases (tenant_id TEXT, carrier TEXT, reference TEXT, began_at TEXT,"
        " PRIMARY KEY (tenant_id, carrier, reference)) WITHOUT ROWID"
    )
    for statement in (*documents.SCHEMA, *manifests.SCHEMA):
        db.execute(statement)
    db.execute(
        "CREATE TABLE pickups (tenant_id TEXT, id TEXT, version INTEGER, body TEXT, location_id TEXT, carrier TEXT,"
        " status TEXT, PRIMARY KEY (tenant_id, id))"
    )
    db.execute("CREATE INDEX pickups_place ON pickups (tenant_id, location_id, carrier)")


def kept_pickups(db: Database) -> None:
    """When a pickup whose carrier did not answer is asked again."""
    for statement in pickups.SCHEMA:
        db.execute(statement)


def purchases_end(db: Database) -> None:
    """By when a purchase is over, so that two processes never make it at a time."""
    db.table("purchases").add_column("over_by", str)
    db.execute("UPDATE purchases SET over_by = began_at")


def label_formats(db: Database) -> None:
    """Of a location only what somebody said; `zpl` was what nobody had to say."""
    db.execute(
        "UPDATE locations SET body = json_remove(body, '$.label_format')"
        " WHERE json_extract(body, '$.label_format') = 'zpl'"
    )


def overdue_credentials(db: Database) -> None:
    """What an overdue credential said itself of deadline and escalation, its exception says now; the clock raises it
    for those that are overdue already."""
    db.execute("UPDATE credentials SET body = json_remove(body, '$.deadline_at', '$.escalation_level')")
    db.execute(
        "UPDATE events SET data = json_remove(data, '$.changes.deadline_at', '$.changes.escalation_level')"
        " WHERE kind = 'credential'"
    )
