"""Stock: claims, feeds, transfers, closures, who waits in which order."""

from __future__ import annotations

from sqlite_utils import Database

from connector_service.store import workload


def claims_that_expire(db: Database) -> None:
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


def feed_marks(db: Database) -> None:
    db.execute(
        "CREATE TABLE feed_marks (tenant_id TEXT, position_id TEXT, source TEXT, sequence INTEGER, as_of TEXT,"
        " on_hand INTEGER, expires_on TEXT, PRIMARY KEY (tenant_id, position_id, source)) WITHOUT ROWID"
    )


def closures(db: Database) -> None:
    db.execute(
        "CREATE TABLE closures (tenant_id TEXT, location_id TEXT, closed_at TEXT, closed_by TEXT, closed_because TEXT,"
        " opened_at TEXT, opened_by TEXT, opened_because TEXT, PRIMARY KEY (tenant_id, location_id, closed_at))"
    )
    db.execute("CREATE UNIQUE INDEX closures_now ON closures (tenant_id, location_id) WHERE opened_at IS NULL")


def movements_told(db: Database) -> None:
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


def workload_counts(db: Database) -> None:
    for statement in (*workload.SCHEMA, *workload.TRIGGERS):
        db.execute(statement)
    workload.count_what_is_there(db.conn)


def boxes(db: Database) -> None:
    db.table("boxes").create({"tenant_id": str, "body": str}, pk="tenant_id")


def turns_in_the_queue(db: Database) -> None:
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
