"""The tables, as numbered migrations; `apply` brings any older file up to date."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from sqlite_utils import Database

from connector_service.errors import StoreUnavailable
from connector_service.store import (
    carrier_counts,
    carrier_facts,
    carrier_settings,
    documents,
    manifests,
    pickups,
    tracking,
    workload,
)


def _tenants(db: Database) -> None:
    db.table("tenants").create({"id": str, "name": str, "created_at": str}, pk="id", not_null={"name", "created_at"})
    db.table("api_keys").create(
        {"hash": str, "tenant_id": str, "label": str, "created_at": str, "revoked_at": str}, pk="hash"
    )
    db.table("connections").create(
        {"tenant_id": str, "slug": str, "hook_id": str, "body": str}, pk=("tenant_id", "slug")
    )
    db.table("connections").create_index(["hook_id"], unique=True)
    db.table("products").create({"tenant_id": str, "id": str, "body": str}, pk=("tenant_id", "id"))
    db.table("locations").create({"tenant_id": str, "id": str, "body": str}, pk=("tenant_id", "id"))
    db.table("absences").create(
        {"tenant_id": str, "owner": str, "out_from": str, "out_until": str}, pk=("tenant_id", "owner")
    )


def _events(db: Database) -> None:
    db.table("events").create(
        {
            "position": int,
            "tenant_id": str,
            "id": str,
            "kind": str,
            "subject": str,
            "sequence": int,
            "type": str,
            "time": str,
            "order_id": str,
            "data": str,
        },
        pk="position",
    )
    db.table("events").create_index(["tenant_id", "subject", "sequence"], unique=True)
    db.table("events").create_index(["tenant_id", "order_id", "position"])
    db.table("decisions").create(
        {"tenant_id": str, "id": str, "subject_id": str, "file_id": str, "decided_at": str, "body": str},
        pk=("tenant_id", "id"),
    )
    db.table("decisions").create_index(["tenant_id", "subject_id"])


def _projections(db: Database) -> None:
    columns = {"tenant_id": str, "id": str, "version": int, "body": str}
    extra: dict[str, dict[str, type]] = {
        "orders": {"number": str, "status": str, "source": str, "owner": str, "fingerprint": str, "created_at": str},
        "shipments": {"order_id": str, "status": str, "warehouse_reference": str, "tracking_number": str},
        "positions": {"sku": str, "location_id": str},
        "reservations": {"order_id": str, "shipment_id": str, "state": str},
        "exceptions": {"order_id": str, "state": str, "code": str, "owner": str},
    }
    for table, more in extra.items():
        db.table(table).create({**columns, **more}, pk=("tenant_id", "id"))
    db.table("orders").create_index(["tenant_id", "source", "number"], unique=True)
    db.table("orders").create_index(["tenant_id", "fingerprint", "created_at"])
    db.table("orders").create_index(["tenant_id", "status"])
    db.table("orders").create_index(["tenant_id", "owner"])
    db.table("shipments").create_index(["tenant_id", "order_id"])
    db.table("shipments").create_index(["tenant_id", "status"])
    db.table("shipments").create_index(["tenant_id", "tracking_number"])
    db.table("positions").create_index(["tenant_id", "sku"])
    db.table("reservations").create_index(["tenant_id", "shipment_id"])
    db.table("exceptions").create_index(["tenant_id", "order_id"])
    db.table("exceptions").create_index(["tenant_id", "state"])


def _inbox_and_outbox(db: Database) -> None:
    db.table("idempotency_keys").create(
        {"tenant_id": str, "key": str, "fingerprint": str, "response": str, "created_at": str},
        pk=("tenant_id", "key"),
    )
    db.table("idempotency_keys").create_index(["created_at"])
    db.table("subscriptions").create(
        {
            "id": str,
            "tenant_id": str,
            "name": str,
            "url": str,
            "secret": str,
            "event_types": str,
            "batch_size": int,
            "acknowledge": str,
            "created_at": str,
        },
        pk="id",
    )
    db.table("wanted_types").create(
        {"tenant_id": str, "event_type": str, "subscription_id": str}, pk=("tenant_id", "event_type", "subscription_id")
    )
    db.table("deliveries").create(
        {
            "subscription_id": str,
            "event_position": int,
            "tenant_id": str,
            "event_id": str,
            "subject": str,
            "rank": int,
            "state": str,
            "tries": int,
            "seen_version": int,
            "due_at": str,
            "last_error": str,
        },
        pk=("subscription_id", "event_position"),
    )
    db.table("deliveries").create_index(["subscription_id", "state", "rank", "event_position"])
    db.table("deliveries").create_index(["subscription_id", "subject", "event_position"])
    db.table("deliveries").create_index(["state", "due_at"])


def _waiting(db: Database) -> None:
    db.table("callbacks").create(
        {"tenant_id": str, "subject": str, "url": str, "due_at": str, "tries": int}, pk=("tenant_id", "subject")
    )
    db.table("deadlines").create(
        {"tenant_id": str, "subject": str, "kind": str, "due_at": str, "level": int}, pk=("tenant_id", "subject")
    )
    db.table("deadlines").create_index(["due_at"])
    db.table("rejected_messages").create(
        {
            "tenant_id": str,
            "id": str,
            "received_at": str,
            "channel": str,
            "body": bytes,
            "problem": str,
            "replayed_as": str,
        },
        pk=("tenant_id", "id"),
    )


def _decisions_by_file(db: Database) -> None:
    db.table("decisions").create_index(["tenant_id", "file_id"])


def _rule_versions(db: Database) -> None:
    db.table("rule_documents").create({"hash": str, "body": str}, pk="hash")
    db.table("rule_versions").create(
        {
            "position": int,
            "id": str,
            "scope": str,
            "file_id": str,
            "action": str,
            "version": str,
            "content_hash": str,
            "running_hash": str,
            "base_hash": str,
            "mode": str,
            "percent": int,
            "person": str,
            "via": str,
            "because": str,
            "at": str,
        },
        pk="position",
    )
    db.table("rule_versions").create_index(["scope", "file_id"])
    db.table("rule_versions").create_index(["id"])
    db.table("shadow_decisions").create(
        {
            "position": int,
            "tenant_id": str,
            "file_id": str,
            "shadow_hash": str,
            "decided_at": str,
            "differs": int,
            "live": str,
            "body": str,
        },
        pk="position",
    )
    db.table("shadow_decisions").create_index(["file_id", "shadow_hash"])
    db.table("tenants").add_column("rules_need_approval", int, not_null_default=0)


def _claims_that_expire(db: Database) -> None:
    db.table("reservations").add_column("expires_at", str)
    db.execute(
        "CREATE INDEX reservations_due ON reservations (expires_at, tenant_id, order_id) WHERE expires_at IS NOT NULL"
    )
    db.table("transfers").create({"tenant_id": str, "id": str, "version": int, "body": str}, pk=("tenant_id", "id"))
    db.table("stock_references").create(
        {"tenant_id": str, "system": str, "reference": str, "subject": str, "fingerprint": str, "at": str},
        pk=("tenant_id", "system", "reference", "subject"),
    )
    db.table("backorders").create(
        {
            "tenant_id": str,
            "sku": str,
            "order_id": str,
            "quantity": int,
            "rank": int,
            "promised_at": str,
            "since": str,
            "woken_at": str,
        },
        pk=("tenant_id", "order_id", "sku"),
    )
    db.table("backorders").create_index(["tenant_id", "sku", "rank", "promised_at", "since"])
    db.table("stock_arrivals").create({"tenant_id": str, "sku": str, "at": str}, pk=("tenant_id", "sku"))
    db.table("tenants").add_column("claim_minutes", int, not_null_default=20)
    db.table("tenants").add_column("substitution", int, not_null_default=0)


def _feed_marks(db: Database) -> None:
    db.execute(
        "CREATE TABLE feed_marks (tenant_id TEXT, position_id TEXT, source TEXT, sequence INTEGER, as_of TEXT,"
        " on_hand INTEGER, expires_on TEXT, PRIMARY KEY (tenant_id, position_id, source)) WITHOUT ROWID"
    )


def _queries(db: Database) -> None:
    """Pages are read in the order of ids, so the columns that narrow them come with the id."""
    for table, column in (("orders", "status"), ("orders", "owner"), ("shipments", "status"), ("exceptions", "state")):
        db.execute(f"DROP INDEX idx_{table}_tenant_id_{column}")
        db.table(table).create_index(["tenant_id", column, "id"])
    db.table("orders").create_index(["tenant_id", "number"])
    db.table("positions").create_index(["tenant_id", "location_id", "id"])


def _closures(db: Database) -> None:
    db.execute(
        "CREATE TABLE closures (tenant_id TEXT, location_id TEXT, closed_at TEXT, closed_by TEXT, closed_because TEXT,"
        " opened_at TEXT, opened_by TEXT, opened_because TEXT, PRIMARY KEY (tenant_id, location_id, closed_at))"
    )
    db.execute("CREATE UNIQUE INDEX closures_now ON closures (tenant_id, location_id) WHERE opened_at IS NULL")


def _movements_told(db: Database) -> None:
    """What others tell of is kept by when it happened; a position no longer keeps what it `heard` from whom."""
    db.execute(
        "CREATE TABLE stock_movements (tenant_id TEXT, position_id TEXT, at TEXT, system TEXT, reference TEXT,"
        " delta INTEGER, PRIMARY KEY (tenant_id, position_id, at, system, reference)) WITHOUT ROWID"
    )
    db.execute(
        "CREATE INDEX events_counted ON events (tenant_id, position) WHERE type = 'dockline.position.counted.v1'"
    )
    db.table("tenants").add_column("recount_hours", int, not_null_default=24)
    db.table("tenants").add_column("recounted_at", str)
    db.execute("UPDATE positions SET body = json_remove(body, '$.heard') WHERE json_extract(body, '$.heard') NOTNULL")
    db.execute(
        "UPDATE events SET data = json_remove(data, '$.changes.heard')"
        " WHERE kind = 'position' AND json_extract(data, '$.changes.heard') NOTNULL"
    )


def _own_carriers(db: Database) -> None:
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


def _workload(db: Database) -> None:
    for statement in (*workload.SCHEMA, *workload.TRIGGERS):
        db.execute(statement)
    workload.count_what_is_there(db.conn)


def _boxes(db: Database) -> None:
    db.table("boxes").create({"tenant_id": str, "body": str}, pk="tenant_id")


def _credentials(db: Database) -> None:
    """What is known of a credential; a connection's settings are sealed (see `sealing`), so the shop lies beside them,
    and the settings that a new credential has replaced are kept for a while."""
    db.execute(
        "CREATE TABLE credentials (tenant_id TEXT, id TEXT, version INTEGER, body TEXT, PRIMARY KEY (tenant_id, id))"
    )
    for column in ("shop", "old_body", "old_until"):
        db.table("connections").add_column(column, str)
    db.execute("UPDATE connections SET shop = json_extract(body, '$.shop')")
    db.execute("CREATE INDEX connections_shop ON connections (slug, shop) WHERE shop IS NOT NULL")


def _tracking(db: Database) -> None:
    """Scans as they came, which parcel a number is, and how carriers did on their lanes."""
    for statement in (*tracking.SCHEMA, *carrier_facts.SCHEMA, tracking.NOTE_EXISTING):
        db.execute(statement)


def _carrier_choice(db: Database) -> None:
    """What tenants have settled about carriers, and how those did by lane and month."""
    for statement in (*carrier_settings.SCHEMA, *carrier_counts.SCHEMA, *carrier_counts.TRIGGERS):
        db.execute(statement)
    carrier_counts.count_what_is_there(db.conn)


def _papers(db: Database) -> None:
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


def _turns_in_the_queue(db: Database) -> None:
    """Who waits looks at what came in before those behind; and orders that wait for a place to have room again."""
    db.table("backorders").add_column("country", str)
    db.table("backorders").add_column("seen", int)
    db.execute(
        "UPDATE backorders SET country = (SELECT json_extract(o.body, '$.ship_to.country') FROM orders o"
        " WHERE o.tenant_id = backorders.tenant_id AND o.id = backorders.order_id)"
    )
    db.table("stock_arrivals").add_column("due_at", str)
    db.table("stock_arrivals").add_column("number", int)
    db.execute("UPDATE stock_arrivals SET due_at = at, number = 1 + (SELECT COALESCE(MAX(position), 0) FROM events)")
    db.execute("CREATE INDEX stock_arrivals_due ON stock_arrivals (due_at)")
    db.table("place_waits").create({"tenant_id": str, "order_id": str, "at": str}, pk=("tenant_id", "order_id"))
    db.table("place_waits").create_index(["at"])


def _pickups(db: Database) -> None:
    for statement in pickups.SCHEMA:
        db.execute(statement)


MIGRATIONS: list[Callable[[Database], None]] = [
    _tenants,
    _events,
    _projections,
    _inbox_and_outbox,
    _waiting,
    _decisions_by_file,
    _rule_versions,
    _claims_that_expire,
    _feed_marks,
    _queries,
    _closures,
    _movements_told,
    _own_carriers,
    _workload,
    _boxes,
    _credentials,
    _tracking,
    _carrier_choice,
    _papers,
    _turns_in_the_queue,
    _pickups,
]
"""Append only: the number of migrations applied is the file's `user_version`."""


def apply(connection: sqlite3.Connection) -> None:
    """Apply what is missing, each migration in its own transaction.

    Raises:
        StoreUnavailable: the file was written by a newer Dockline.
    """
    done = connection.execute("PRAGMA user_version").fetchone()[0]
    if done > len(MIGRATIONS):
        raise StoreUnavailable(
            f"The database is at schema {done}, this Dockline knows {len(MIGRATIONS)}: run the newer Dockline, "
            "or restore the backup made before the upgrade."
        )
    for number, migration in enumerate(MIGRATIONS[done:], start=done + 1):
        connection.execute("BEGIN IMMEDIATE")
        migration(Database(connection))
        connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
