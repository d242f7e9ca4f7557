"""Tenants, events and what they come to: orders, shipments, exceptions; what waits, and what is asked of them."""

from __future__ import annotations

from sqlite_utils import Database


def tenants(db: Database) -> None:
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


def events(db: Database) -> None:
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


def projections(db: Database) -> None:
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


def inbox_and_outbox(db: Database) -> None:
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


def waiting(db: Database) -> None:
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


def decisions_by_file(db: Database) -> None:
    db.table("decisions").create_index(["tenant_id", "file_id"])


def queries(db: Database) -> None:
    """Pages are read in the order of ids, so the columns that narrow them come with the id."""
    for table, column in (("orders", "status"), ("orders", "owner"), ("shipments", "status"), ("exceptions", "state")):
        db.execute(f"DROP INDEX idx_{table}_tenant_id_{column}")
        db.table(table).create_index(["tenant_id", column, "id"])
    db.table("orders").create_index(["tenant_id", "number"])
    db.table("positions").create_index(["tenant_id", "location_id", "id"])
