"""The outbox: which flow must hear of which event, and whether somebody has acted on it.

A delivery is `pending`, `leased` (handed to a flow that has not moved the object on yet), `handled` or `dead`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import orjson

from canonical_models import Event
from connector_service.store.connection import Connection
from connector_service.store.sealing import seal, unseal

EXPRESS, STANDARD = 0, 1


@dataclass(frozen=True, slots=True)
class Subscription:
    """A flow that wants events. `acknowledge` is `on_progress`, or `on_receipt` for flows that only listen.

    The secret is sealed in the store and never prints.
    """

    id: str
    tenant_id: str
    name: str
    url: str
    secret: str = field(repr=False)
    event_types: tuple[str, ...]
    batch_size: int
    acknowledge: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one subscription."""

    subscription_id: str
    event_position: int
    tenant_id: str
    event_id: str
    subject: str
    tries: int
    seen_version: int
    kind: str
    event: Event

    @property
    def id(self) -> str:
        """The name under which a flow acknowledges it."""
        return f"{self.subscription_id}:{self.event_position}"


def subscriptions(connection: sqlite3.Connection, tenant_id: str | None = None) -> list[Subscription]:
    """All subscriptions, or one tenant's."""
    where, values = ("WHERE tenant_id = ?", (tenant_id,)) if tenant_id else ("", ())
    rows = connection.execute(
        "SELECT id, tenant_id, name, url, secret, event_types, batch_size, acknowledge"  # noqa: S608
        f" FROM subscriptions {where} ORDER BY created_at",
        values,
    )
    return [
        Subscription(
            key,
            tenant,
            name,
            url,
            unseal(connection, secret, tenant, "subscription", key),
            tuple(orjson.loads(types)),
            batch_size,
            acknowledge,
        )
        for key, tenant, name, url, secret, types, batch_size, acknowledge in rows
    ]


def subscribe(connection: sqlite3.Connection, subscription: Subscription, now: datetime) -> None:
    """Add a subscription, and queue for it every event of its types that nobody has acted on yet."""
    connection.execute(
        "INSERT INTO subscriptions (id, tenant_id, name, url, secret, event_types, batch_size, acknowledge, created_at)"
        " VALUES (?,?,?,?,?,?,?,?,?)",
        (
            subscription.id,
            subscription.tenant_id,
            subscription.name,
            subscription.url,
            seal(connection, subscription.secret, subscription.tenant_id, "subscription", subscription.id),
            orjson.dumps(subscription.event_types).decode(),
            subscription.batch_size,
            subscription.acknowledge,
            now.isoformat(timespec="microseconds"),
        ),
    )
    connection.executemany(
        "INSERT INTO wanted_types (tenant_id, event_type, subscription_id) VALUES (?,?,?)",
        [(subscription.tenant_id, name, subscription.id) for name in set(subscription.event_types)],
    )
    marks = ",".join("?" * len(subscription.event_types))
    for table in ("orders", "shipments", "pickups", "exceptions"):
        connection.execute(
            "INSERT OR IGNORE INTO deliveries (subscription_id, event_position, tenant_id, event_id, subject, rank,"  # noqa: S608
            " state, tries, seen_version, due_at)"
            " SELECT ?, e.position, e.tenant_id, e.id, e.subject,"
            "  CASE WHEN json_extract(e.data, '$.priority') = 'express' THEN 0 ELSE 1 END, 'pending', 0, 0, ''"
            f" FROM {table} o JOIN events e"
            "  ON e.tenant_id = o.tenant_id AND e.subject = o.id AND e.sequence = o.version"
            f" WHERE o.tenant_id = ? AND e.type IN ({marks})",
            (subscription.id, subscription.tenant_id, *subscription.event_types),
        )


def unsubscribe(connection: sqlite3.Connection, tenant_id: str, subscription_id: str) -> bool:
    """Remove a subscription and what waits for it; False when there was none."""
    cursor = connection.execute(
        "DELETE FROM subscriptions WHERE tenant_id = ? AND id = ?", (tenant_id, subscription_id)
    )
    if cursor.rowcount:
        connection.execute("DELETE FROM wanted_types WHERE subscription_id = ?", (subscription_id,))
        connection.execute("DELETE FROM deliveries WHERE subscription_id = ?", (subscription_id,))
    return cursor.rowcount > 0


class News(NamedTuple):
    """A fresh event, as far as the outbox needs to know it."""

    position: int
    event_id: str
    event_type: str
    subject: str
    express: bool


def wanting(connection: sqlite3.Connection, tenant_id: str) -> dict[str, list[str]]:
    """A tenant's subscriptions by the event type they want."""
    found: dict[str, list[str]] = {}
    rows = connection.execute("SELECT event_type, subscription_id FROM wanted_types WHERE tenant_id = ?", (tenant_id,))
    for event_type, subscription_id in rows:
        found.setdefault(event_type, []).append(subscription_id)
    return found


def enqueue(connection: sqlite3.Connection, tenant_id: str, news: News, subscription_ids: Iterable[str]) -> None:
    """Queue a fresh event for the subscriptions that want it."""
    rank = EXPRESS if news.express else STANDARD
    for subscription_id in subscription_ids:
        connection.execute(
            "INSERT INTO deliveries (subscription_id, event_position, tenant_id, event_id, subject, rank, state, tries,"
            " seen_version, due_at) VALUES (?,?,?,?,?,?,'pending',0,0,'')",
            (subscription_id, news.position, tenant_id, news.event_id, news.subject, rank),
        )


def has_pending(connection: sqlite3.Connection, subscription_id: str, now: datetime) -> bool:
    """Whether something waits for a subscription."""
    row = connection.execute(
        "SELECT 1 FROM deliveries WHERE subscription_id = ? AND state = 'pending' AND due_at <= ? LIMIT 1",
        (subscription_id, now.isoformat(timespec="microseconds")),
    ).fetchone()
    return row is not None


def lease(
    connection: Connection, subscription: Subscription, now: datetime, until: datetime, limit: int
) -> list[Delivery]:
    """Take the next deliveries: express first, then oldest; per object only its oldest unhandled event.

    No more than `limit` are out at once, so that a flow that falls behind is not buried. Events of the transaction that
    is being made are left for the next time.
    """
    out = connection.execute(
        "SELECT COUNT(*) FROM deliveries WHERE subscription_id = ? AND state = 'leased'", (subscription.id,)
    ).fetchone()[0]
    take = min(subscription.batch_size, limit - out)
    if take <= 0:
        return []
    rows = connection.at_once(
        "SELECT d.subscription_id, d.event_position, d.tenant_id, d.event_id, d.subject, d.tries, d.seen_version,"
        "  e.kind, e.type, e.time, e.sequence, e.data"
        " FROM deliveries d JOIN events e ON e.position = d.event_position"
        " WHERE d.subscription_id = ? AND d.state = 'pending' AND d.due_at <= ?"
        "  AND NOT EXISTS (SELECT 1 FROM deliveries earlier WHERE earlier.subscription_id = d.subscription_id"
        "   AND earlier.subject = d.subject AND earlier.event_position < d.event_position"
        "   AND earlier.state IN ('pending', 'leased'))"
        " ORDER BY d.rank, d.event_position LIMIT ?",
        (subscription.id, now.isoformat(timespec="microseconds"), take),
    ).fetchall()
    taken = [_delivery(row) for row in rows]
    for each in taken:
        connection.at_once(
            "UPDATE deliveries SET state = 'leased', due_at = ?, seen_version ="
            " COALESCE((SELECT MAX(sequence) FROM events e WHERE e.tenant_id = deliveries.tenant_id"
            "  AND e.subject = deliveries.subject), 0)"
            " WHERE subscription_id = ? AND event_position = ?",
            (until.isoformat(timespec="microseconds"), each.subscription_id, each.event_position),
        )
    return taken


def _delivery(row: tuple[object, ...]) -> Delivery:
    (subscription_id, position, tenant_id, event_id, subject, tries, seen, kind, type_, time, sequence, data) = row
    event = Event(
        id=str(event_id),
        source=f"dockline/{tenant_id}",
        type=str(type_),
        subject=str(subject),
        time=datetime.fromisoformat(str(time)),
        sequence=int(str(sequence)),
        dataschema=f"/v1/schemas/{kind}_event.v1.json",
        data=orjson.loads(str(data)),
    )
    return Delivery(
        str(subscription_id),
        int(str(position)),
        str(tenant_id),
        str(event_id),
        str(subject),
        int(str(tries)),
        int(str(seen)),
        str(kind),
        event,
    )


def set_state(
    connection: sqlite3.Connection, deliveries: list[Delivery], state: str, *, due_at: datetime | None, error: str = ""
) -> None:
    """Move deliveries to a state; a `due_at` says from when they may be taken again."""
    due = due_at.isoformat(timespec="microseconds") if due_at else ""
    connection.executemany(
        "UPDATE deliveries SET state = ?, due_at = ?, last_error = ? WHERE subscription_id = ? AND event_position = ?",
        [(state, due, error, d.subscription_id, d.event_position) for d in deliveries],
    )


def put_back(connection: sqlite3.Connection, deliveries: list[Delivery], error: str) -> None:
    """They could not be handed over: they wait again, but for those that were handled all the same."""
    connection.executemany(
        "UPDATE deliveries SET state = 'pending', due_at = '', last_error = ?"
        " WHERE subscription_id = ? AND event_position = ? AND state = 'leased'",
        [(error, d.subscription_id, d.event_position) for d in deliveries],
    )


def count_try(connection: sqlite3.Connection, delivery: Delivery, tries: int, due_at: datetime) -> None:
    """Put a delivery that nobody acted on back, with its number of fruitless tries."""
    connection.execute(
        "UPDATE deliveries SET state = 'pending', tries = ?, due_at = ?"
        " WHERE subscription_id = ? AND event_position = ?",
        (tries, due_at.isoformat(timespec="microseconds"), delivery.subscription_id, delivery.event_position),
    )


def acknowledge(connection: sqlite3.Connection, tenant_id: str, delivery_id: str) -> None:
    """The flow that was handed this delivery has done its part (a delivery of another tenant is not touched)."""
    subscription_id, _, position = delivery_id.rpartition(":")
    connection.execute(
        "UPDATE deliveries SET state = 'handled' WHERE subscription_id = ? AND event_position = ? AND tenant_id = ?",
        (subscription_id, position, tenant_id),
    )


def leased(connection: sqlite3.Connection, tenant_id: str, delivery_id: str) -> tuple[str, bool] | None:
    """The object of a tenant's leased delivery, and whether a later event of it waits for the same subscription."""
    subscription_id, _, position = delivery_id.rpartition(":")
    row = connection.execute(
        "SELECT subject, EXISTS (SELECT 1 FROM deliveries later WHERE later.subscription_id = d.subscription_id"
        "  AND later.subject = d.subject AND later.event_position > d.event_position AND later.state = 'pending')"
        " FROM deliveries d WHERE subscription_id = ? AND event_position = ? AND tenant_id = ? AND state = 'leased'",
        (subscription_id, position, tenant_id),
    ).fetchone()
    return (str(row[0]), bool(row[1])) if row else None


def overdue(connection: sqlite3.Connection, now: datetime, limit: int = 500) -> list[Delivery]:
    """Leased deliveries whose lease is over."""
    rows = connection.execute(
        "SELECT d.subscription_id, d.event_position, d.tenant_id, d.event_id, d.subject, d.tries, d.seen_version,"
        "  e.kind, e.type, e.time, e.sequence, e.data"
        " FROM deliveries d JOIN events e ON e.position = d.event_position"
        " WHERE d.state = 'leased' AND d.due_at <= ? ORDER BY d.due_at LIMIT ?",
        (now.isoformat(timespec="microseconds"), limit),
    ).fetchall()
    return [_delivery(row) for row in rows]


def newest_sequence(connection: sqlite3.Connection, tenant_id: str, subject: str) -> int:
    """The version that an object has reached."""
    row = connection.execute(
        "SELECT MAX(sequence) FROM events WHERE tenant_id = ? AND subject = ?", (tenant_id, subject)
    ).fetchone()
    return int(row[0] or 0)


def expire_leases(connection: sqlite3.Connection, subscription_id: str, but: set[int], now: datetime) -> None:
    """End the leases of a subscription at once, except those of the events at the positions `but`."""
    marks = ",".join("?" * len(but))
    connection.execute(
        "UPDATE deliveries SET due_at = ? WHERE subscription_id = ? AND state = 'leased'"  # noqa: S608
        f" AND event_position NOT IN ({marks})",
        (now.isoformat(timespec="microseconds"), subscription_id, *sorted(but)),
    )


def counts(connection: sqlite3.Connection, tenant_id: str) -> dict[str, int]:
    """How many deliveries are in each state."""
    rows = connection.execute("SELECT state, COUNT(*) FROM deliveries WHERE tenant_id = ? GROUP BY state", (tenant_id,))
    return dict(rows.fetchall())
