"""Tenants, their API keys (only hashes are kept), their connections to other systems, and absent owners."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson

from connector_service.errors import Conflict, InvalidInput, NotFound
from connector_service.store.sealing import seal, unseal

Token = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Connection:
    """A tenant's account at another system. `hook_id` is the random part of the URL that the system calls.

    `old_settings` are those before the last rotation; they hold until `old_until`. Settings are sealed in the store,
    all of them, and never print.
    """

    tenant_id: str
    slug: str
    hook_id: str
    settings: dict[str, Any] = field(repr=False)
    old_settings: dict[str, Any] | None = field(default=None, repr=False)
    old_until: datetime | None = None

    def valid_settings(self, now: datetime) -> list[dict[str, Any]]:
        """The settings that hold now, the newest first."""
        if self.old_settings is None or self.old_until is None or now >= self.old_until:
            return [self.settings]
        return [self.settings, self.old_settings]


@dataclass(frozen=True, slots=True)
class Absence:
    """An owner who is out; `out_until` None means not known."""

    owner: str
    out_from: datetime
    out_until: datetime | None


CLAIM_MINUTES = (15, 30)
"""The shortest and the longest time for which an order may hold stock without moving."""


RECOUNT_HOURS = (0, 24 * 31)


@dataclass(frozen=True, slots=True)
class StockSettings:
    """How long an order that does not move holds stock, in minutes, whether substitutes may be sent, and after how
    many hours warehouses are asked for their own figures (0: never)."""

    claim_minutes: int = 20
    substitution: bool = False
    recount_hours: int = 24


def hash_key(api_key: str) -> str:
    """SHA-256 of a key: the keys are 256 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(api_key.encode()).hexdigest()


def add_tenant(connection: sqlite3.Connection, tenant_id: str, name: str, now: datetime) -> None:
    """Add a tenant.

    Raises:
        Conflict: the id is taken.
    """
    try:
        connection.execute(
            "INSERT INTO tenants (id, name, created_at) VALUES (?,?,?)", (tenant_id, name, now.isoformat())
        )
    except sqlite3.IntegrityError as error:
        raise Conflict(f"There is a tenant {tenant_id!r} already; choose another id.") from error


def tenant_name(connection: sqlite3.Connection, tenant_id: str) -> str:
    """The tenant's display name.

    Raises:
        NotFound: no such tenant.
    """
    row = connection.execute("SELECT name FROM tenants WHERE id = ?", (tenant_id,)).fetchone()
    if row is None:
        raise NotFound(f"There is no tenant {tenant_id!r}; `dockline tenant add` makes one.")
    return str(row[0])


def tenant_ids(connection: sqlite3.Connection) -> list[str]:
    """All tenants."""
    return [row[0] for row in connection.execute("SELECT id FROM tenants ORDER BY id")]


def set_rules_need_approval(connection: sqlite3.Connection, tenant_id: str, needed: bool) -> None:
    """Say whether a second person must approve rules that are published for a tenant.

    Raises:
        NotFound: no such tenant.
    """
    tenant_name(connection, tenant_id)
    connection.execute("UPDATE tenants SET rules_need_approval = ? WHERE id = ?", (needed, tenant_id))


def rules_need_approval(connection: sqlite3.Connection, tenant_id: str) -> bool:
    """Whether a second person must approve rules that are published for a tenant; for all tenants (an empty id) as
    soon as one of them demands it.

    Raises:
        NotFound: no such tenant.
    """
    if not tenant_id:
        return bool(connection.execute("SELECT MAX(rules_need_approval) FROM tenants").fetchone()[0])
    tenant_name(connection, tenant_id)
    row = connection.execute("SELECT rules_need_approval FROM tenants WHERE id = ?", (tenant_id,)).fetchone()
    return bool(row[0])


def set_stock_settings(connection: sqlite3.Connection, tenant_id: str, settings: StockSettings) -> None:
    """Say how a tenant deals with stock.

    Raises:
        NotFound: no such tenant.
        InvalidInput: the time is outside what is allowed.
    """
    tenant_name(connection, tenant_id)
    least, most = CLAIM_MINUTES
    if not least <= settings.claim_minutes <= most:
        raise InvalidInput(
            f"Claims on stock last {least} to {most} minutes, not {settings.claim_minutes}.", pointer="/claim_minutes"
        )
    least, most = RECOUNT_HOURS
    if not least <= settings.recount_hours <= most:
        raise InvalidInput(
            f"Warehouses are asked every 1 to {most} hours, or with 0 never, not {settings.recount_hours}.",
            pointer="/recount_hours",
        )
    connection.execute(
        "UPDATE tenants SET claim_minutes = ?, substitution = ?, recount_hours = ? WHERE id = ?",
        (settings.claim_minutes, settings.substitution, settings.recount_hours, tenant_id),
    )


def change_stock_settings(connection: sqlite3.Connection, tenant_id: str, **changes: Any) -> StockSettings:
    """Change some of a tenant's settings; all of them as they are then.

    Raises:
        NotFound: no such tenant.
        InvalidInput: a value is outside what is allowed.
    """
    settings = replace(stock_settings(connection, tenant_id), **changes)
    set_stock_settings(connection, tenant_id, settings)
    return settings


def stock_settings(connection: sqlite3.Connection, tenant_id: str) -> StockSettings:
    """How a tenant deals with stock."""
    row = connection.execute(
        "SELECT claim_minutes, substitution, recount_hours FROM tenants WHERE id = ?", (tenant_id,)
    ).fetchone()
    return StockSettings(row[0], bool(row[1]), row[2]) if row else StockSettings()


def add_api_key(
    connection: sqlite3.Connection, tenant_id: str, label: str, now: datetime, token: Token = secrets.token_bytes
) -> str:
    """Make a key for a tenant and return it: it cannot be shown again.

    Raises:
        NotFound: no such tenant.
    """
    tenant_name(connection, tenant_id)
    api_key = "dk_" + token(32).hex()
    connection.execute(
        "INSERT INTO api_keys (hash, tenant_id, label, created_at) VALUES (?,?,?,?)",
        (hash_key(api_key), tenant_id, label, now.isoformat()),
    )
    return api_key


def tenant_of_key(connection: sqlite3.Connection, api_key: str) -> tuple[str, str] | None:
    """Tenant id and label of a live key; None when unknown or revoked."""
    row = connection.execute(
        "SELECT tenant_id, label FROM api_keys WHERE hash = ? AND revoked_at IS NULL", (hash_key(api_key),)
    ).fetchone()
    return (row[0], row[1]) if row else None


def revoke_api_keys(connection: sqlite3.Connection, tenant_id: str, label: str, now: datetime) -> int:
    """Revoke all live keys with a label; returns how many."""
    cursor = connection.execute(
        "UPDATE api_keys SET revoked_at = ? WHERE tenant_id = ? AND label = ? AND revoked_at IS NULL",
        (now.isoformat(), tenant_id, label),
    )
    return cursor.rowcount


_CONNECTION = "SELECT tenant_id, slug, hook_id, body, old_body, old_until FROM connections"


def put_connection(
    connection: sqlite3.Connection,
    tenant_id: str,
    slug: str,
    settings: dict[str, Any],
    token: Token = secrets.token_bytes,
) -> Connection:
    """Add or replace a tenant's account at another system; the hook id stays the same."""
    connection.execute(
        "INSERT INTO connections (tenant_id, slug, hook_id, body, shop) VALUES (?,?,?,?,?)"
        " ON CONFLICT (tenant_id, slug) DO UPDATE SET body = excluded.body, shop = excluded.shop",
        (tenant_id, slug, token(16).hex(), _sealed(connection, tenant_id, slug, settings), _shop(settings)),
    )
    return get_connection(connection, tenant_id, slug)


def rotate_connection(
    connection: sqlite3.Connection, tenant_id: str, slug: str, settings: dict[str, Any], old_until: datetime
) -> Connection:
    """Give an account new settings; those it had hold until `old_until`.

    Raises:
        NotFound: the tenant has no such account.
    """
    get_connection(connection, tenant_id, slug)
    connection.execute(
        "UPDATE connections SET old_body = body, old_until = ?, body = ?, shop = ? WHERE tenant_id = ? AND slug = ?",
        (
            old_until.isoformat(timespec="microseconds"),
            _sealed(connection, tenant_id, slug, settings),
            _shop(settings),
            tenant_id,
            slug,
        ),
    )
    return get_connection(connection, tenant_id, slug)


def end_old_settings(connection: sqlite3.Connection, tenant_id: str, slug: str) -> bool:
    """Delete the settings before the last rotation; False when there are none."""
    cursor = connection.execute(
        "UPDATE connections SET old_body = NULL, old_until = NULL"
        " WHERE tenant_id = ? AND slug = ? AND old_body IS NOT NULL",
        (tenant_id, slug),
    )
    return cursor.rowcount > 0


def get_connection(connection: sqlite3.Connection, tenant_id: str, slug: str) -> Connection:
    """A tenant's account at one system.

    Raises:
        NotFound: there is none.
    """
    found = find_connection(connection, tenant_id, slug)
    if found is None:
        raise NotFound(f"The tenant {tenant_id!r} has no connection {slug!r}; add it: dockline credential set {slug}")
    return found


def find_connection(connection: sqlite3.Connection, tenant_id: str, slug: str) -> Connection | None:
    """A tenant's account at one system, or None."""
    row = connection.execute(f"{_CONNECTION} WHERE tenant_id = ? AND slug = ?", (tenant_id, slug)).fetchone()
    return _connection(connection, row) if row else None


def connections(connection: sqlite3.Connection, tenant_id: str) -> list[Connection]:
    """A tenant's accounts at other systems."""
    rows = connection.execute(f"{_CONNECTION} WHERE tenant_id = ? ORDER BY slug", (tenant_id,)).fetchall()
    return [_connection(connection, row) for row in rows]


def connected_slugs(connection: sqlite3.Connection) -> list[str]:
    """The systems that any tenant has an account at."""
    return [row[0] for row in connection.execute("SELECT DISTINCT slug FROM connections ORDER BY slug")]


def without_credential(connection: sqlite3.Connection, prefix: str) -> list[tuple[str, str]]:
    """Tenant and slug of every account without a row in `credentials`, whose id is the prefix and the slug."""
    return connection.execute(
        "SELECT a.tenant_id, a.slug FROM connections a LEFT JOIN credentials c"
        " ON c.tenant_id = a.tenant_id AND c.id = ? || a.slug WHERE c.id IS NULL ORDER BY 1, 2",
        (prefix,),
    ).fetchall()


def connection_of_hook(connection: sqlite3.Connection, slug: str, hook_id: str) -> Connection | None:
    """Whose account a webhook URL belongs to."""
    row = connection.execute(f"{_CONNECTION} WHERE hook_id = ? AND slug = ?", (hook_id, slug)).fetchone()
    return _connection(connection, row) if row else None


def connection_of_shop(connection: sqlite3.Connection, slug: str, shop: str) -> Connection | None:
    """Whose account at a commerce system has this shop domain."""
    row = connection.execute(f"{_CONNECTION} WHERE slug = ? AND shop = ?", (slug, shop)).fetchone()
    return _connection(connection, row) if row else None


def _shop(settings: dict[str, Any]) -> str | None:
    """The part of a shop's settings that finds the account; it is no secret, so it stays in the open."""
    shop = settings.get("shop")
    return shop if isinstance(shop, str) else None


def _sealed(connection: sqlite3.Connection, tenant_id: str, slug: str, settings: dict[str, Any]) -> str:
    return seal(connection, orjson.dumps(settings).decode(), tenant_id, "connection", slug)


def _connection(connection: sqlite3.Connection, row: tuple[str, str, str, str, str | None, str | None]) -> Connection:
    tenant_id, slug, hook_id, body, old_body, old_until = row
    settings = orjson.loads(unseal(connection, body, tenant_id, "connection", slug))
    if old_body is None or old_until is None:
        return Connection(tenant_id, slug, hook_id, settings)
    old_settings = orjson.loads(unseal(connection, old_body, tenant_id, "connection", slug))
    return Connection(tenant_id, slug, hook_id, settings, old_settings, datetime.fromisoformat(old_until))


def put_absence(connection: sqlite3.Connection, tenant_id: str, absence: Absence) -> None:
    """Record that an owner is out."""
    until = absence.out_until.isoformat() if absence.out_until else None
    connection.execute(
        "INSERT OR REPLACE INTO absences (tenant_id, owner, out_from, out_until) VALUES (?,?,?,?)",
        (tenant_id, absence.owner, absence.out_from.isoformat(), until),
    )


def end_absence(connection: sqlite3.Connection, tenant_id: str, owner: str) -> None:
    """The owner is back."""
    connection.execute("DELETE FROM absences WHERE tenant_id = ? AND owner = ?", (tenant_id, owner))


def absences(connection: sqlite3.Connection, tenant_id: str, now: datetime) -> list[Absence]:
    """Owners who are out now."""
    rows = connection.execute("SELECT owner, out_from, out_until FROM absences WHERE tenant_id = ?", (tenant_id,))
    found = [
        Absence(owner, datetime.fromisoformat(since), datetime.fromisoformat(until) if until else None)
        for owner, since, until in rows
    ]
    return [gone for gone in found if gone.out_from <= now and (gone.out_until is None or now < gone.out_until)]
