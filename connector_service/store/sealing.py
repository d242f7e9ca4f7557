"""Which columns of the store hold secrets, and how they are kept sealed."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from connector_service.store.connection import Connection
from connector_service.store.keys import SEALED, Keys, drop_old, id_of, put_new_first


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of secrets: what it is bound to is the tenant, `purpose`, and the value of the column `name`."""

    table: str
    column: str
    purpose: str
    name: str


COLUMNS = (
    SealedColumn("connections", "body", "connection", "slug"),
    SealedColumn("connections", "old_body", "connection", "slug"),
    SealedColumn("subscriptions", "secret", "subscription", "id"),
)
"""Every secret that the store can be asked for. API keys are not among them: of those only digests are kept."""


def keys_of(connection: sqlite3.Connection) -> Keys:
    """The keys of a connection that `database.connect` has made."""
    if not (isinstance(connection, Connection) and hasattr(connection, "keys")):
        raise TypeError("open the database with connector_service.store.Store: this connection has no keys")
    return connection.keys


def seal(connection: sqlite3.Connection, text: str, *bound: str) -> str:
    """See `Keys.seal`."""
    return keys_of(connection).seal(text, *bound)


def unseal(connection: sqlite3.Connection, kept: str, *bound: str) -> str:
    """See `Keys.open`."""
    return keys_of(connection).open(kept, *bound)


def used_keys(connection: sqlite3.Connection) -> set[str]:
    """The ids of the keys that something in the database is sealed with."""
    found = set()
    for each in COLUMNS:
        rows = connection.execute(
            f"SELECT DISTINCT substr({each.column}, 1, ?) FROM {each.table} WHERE {each.column} LIKE ?",  # noqa: S608
            (len(SEALED) + 8, f"{SEALED}%"),
        )
        found |= {id_of(start) for (start,) in rows}
    return found


def seal_what_is_open(connection: sqlite3.Connection) -> int:
    """Seal the secrets that an older Dockline has kept in the open, and wipe what they leave in the file; how many."""
    which = f"NOT LIKE '{SEALED}%'"
    if not any(
        connection.execute(f"SELECT 1 FROM {each.table} WHERE {each.column} {which} LIMIT 1").fetchone()  # noqa: S608
        for each in COLUMNS
    ):
        return 0
    connection.execute("PRAGMA secure_delete = ON")
    done = _in_transaction(connection, which)
    if done:
        # Pages that are free now, and the journal, still hold the text.
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return done


def rotate_key(connection: sqlite3.Connection, *, forget_old: bool = False) -> tuple[str, int]:
    """Seal everything with a new key; its id, and how many secrets there are. A connector may run meanwhile.

    Keys of a file are made here. Keys of the environment are put there first; then all is sealed with the first one.
    `forget_old`: throw the older keys away, after which a backup made before cannot be used any more.

    Raises:
        InstallationProblem: the environment names no other key than the one in use.
    """
    keys = keys_of(connection)
    if keys.file is not None or used_keys(connection) <= {keys.current}:
        put_new_first(keys)
    done = _in_transaction(connection, f"NOT LIKE '{SEALED}{keys.current}%'")
    if forget_old:
        drop_old(keys)
    return keys.current, done


def _in_transaction(connection: sqlite3.Connection, which: str) -> int:
    connection.execute("BEGIN IMMEDIATE")
    try:
        done = _reseal(connection, which)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return done


def _reseal(connection: sqlite3.Connection, which: str) -> int:
    done, keys = 0, keys_of(connection)
    for each in COLUMNS:
        rows = connection.execute(
            f"SELECT rowid, tenant_id, {each.name}, {each.column} FROM {each.table} WHERE {each.column} {which}"  # noqa: S608
        ).fetchall()
        for row, tenant_id, name, kept in rows:
            bound = (tenant_id, each.purpose, name)
            text = keys.open(kept, *bound) if kept.startswith(SEALED) else kept
            connection.execute(
                f"UPDATE {each.table} SET {each.column} = ? WHERE rowid = ?",  # noqa: S608
                (keys.seal(text, *bound), row),
            )
            done += 1
    return done
