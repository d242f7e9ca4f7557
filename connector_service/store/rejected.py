"""Messages that could not be taken in, kept with the reason so that they can be corrected and sent again."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

import orjson

from connector_service.errors import NotFound


@dataclass(frozen=True, slots=True)
class RejectedMessage:
    """A message as it came, the problem document it was answered with, and what became of it."""

    id: str
    received_at: str
    channel: str
    body: bytes
    problem: dict[str, Any]
    replayed_as: str | None


def keep(connection: sqlite3.Connection, tenant_id: str, message: RejectedMessage) -> None:
    """Keep a rejected message."""
    _keep(connection, tenant_id, message, "INSERT")


def keep_once(connection: sqlite3.Connection, tenant_id: str, message: RejectedMessage) -> None:
    """Keep a rejected message whose id is made of what it says; the same again is the one that is there."""
    _keep(connection, tenant_id, message, "INSERT OR IGNORE")


def _keep(connection: sqlite3.Connection, tenant_id: str, message: RejectedMessage, insert: str) -> None:
    connection.execute(
        f"{insert} INTO rejected_messages (tenant_id, id, received_at, channel, body, problem) VALUES (?,?,?,?,?,?)",
        (
            tenant_id,
            message.id,
            message.received_at,
            message.channel,
            message.body,
            orjson.dumps(message.problem).decode(),
        ),
    )


def find(connection: sqlite3.Connection, tenant_id: str, message_id: str | None = None) -> list[RejectedMessage]:
    """The messages not replayed yet, oldest first; or the one named.

    Raises:
        NotFound: the one named does not exist.
    """
    where = "id = ?" if message_id else "replayed_as IS ?"
    rows = connection.execute(
        "SELECT id, received_at, channel, body, problem, replayed_as FROM rejected_messages"  # noqa: S608
        f" WHERE tenant_id = ? AND {where} ORDER BY rowid LIMIT 1000",
        (tenant_id, message_id),
    ).fetchall()
    if message_id and not rows:
        raise NotFound(f"There is no rejected message {message_id!r}.")
    return [
        RejectedMessage(key, at, channel, body, orjson.loads(problem), replayed_as)
        for key, at, channel, body, problem, replayed_as in rows
    ]


def mark_replayed(connection: sqlite3.Connection, tenant_id: str, message_id: str, replayed_as: str) -> None:
    """The message was corrected and taken in as the object `replayed_as`."""
    connection.execute(
        "UPDATE rejected_messages SET replayed_as = ? WHERE tenant_id = ? AND id = ?",
        (replayed_as, tenant_id, message_id),
    )
