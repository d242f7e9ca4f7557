"""Give a fresh database its tenant: API key, shop, and the accounts at the sandbox's vendors."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from canonical_models import Order
from connector_service.adapters import registry
from connector_service.clock import SystemClock
from connector_service.local.home import Access, Home
from connector_service.store import Connection, Store, Transaction, keys, outbox, tenants

KEY_LABEL = "flows"
KEY_PREFIX = "dk_"
VENDOR_KEYS = {"northdock": "sandbox-key", "swiftparcel": "sandbox-key", "terrapost": "sandbox-id:sandbox-secret"}
"""What the sandbox's vendors take as a key: anything, in the vendor's own form."""
RATE_TIMEOUT = 5.0
"""Seconds: with n8n, connector and sandbox on one machine, a late answer says nothing about the carrier."""


@contextmanager
def open_database(path: Path, environment: Mapping[str, str] = os.environ) -> Iterator[Connection]:
    """The database of an installation with its schema up to date, beside a connector that may be running on it.

    Raises:
        StoreUnavailable: the file is no database of ours, or belongs to a newer Dockline.
        InstallationProblem: the key that its secrets are sealed with is missing or wrong.
    """
    store = Store(path, SystemClock(), environment.get(keys.VARIABLE))
    try:
        yield store.reader
    finally:
        store.close()


def set_up_tenant(home: Home, now: datetime) -> Access:
    """The tenant of this checkout with a live API key and its shop; does only what is still missing."""
    access = home.access_or_new()
    with open_database(home.database) as database:
        access = access.model_copy(update={"api_key": _live_key(database, access, now)})
        tenants.put_connection(
            database, access.tenant_id, "shopify", {"shop": access.shop, "webhook_secret": access.shop_secret}
        )
    home.keep(access)
    return access


def _live_key(database: Connection, access: Access, now: datetime) -> str:
    """The key the checkout has, put into a database that does not know it; a new one when it was revoked."""
    if tenants.tenant_of_key(database, access.api_key):
        return access.api_key
    token = secrets.token_bytes
    if access.tenant_id not in tenants.tenant_ids(database):
        tenants.add_tenant(database, access.tenant_id, "Demo shop", now)
        if access.api_key:
            # Flows hold this key already: a fresh database takes it over, so that they need no new credential.
            known = bytes.fromhex(access.api_key.removeprefix(KEY_PREFIX))
            return tenants.add_api_key(database, access.tenant_id, KEY_LABEL, now, token=lambda length: known)
    return tenants.add_api_key(database, access.tenant_id, KEY_LABEL, now, token=token)


def connect_vendors(home: Home, access: Access, sandbox_url: str, connector_url: str) -> dict[str, dict[str, str]]:
    """Accounts at the sandbox's vendors; returns where each shall send its news, as the sandbox takes it."""
    hooks = {}
    with open_database(home.database) as database:
        for slug, key in VENDOR_KEYS.items():
            settings: dict[str, Any] = {
                "base_url": f"{sandbox_url}/{slug}",
                "api_key": key,
                "webhook_secret": access.vendor_secret,
            }
            if slug in registry.CARRIERS:
                settings["rate_timeout"] = RATE_TIMEOUT
            made = tenants.put_connection(database, access.tenant_id, slug, settings)
            url = f"{connector_url}/v1/webhooks/{slug}/{made.hook_id}"
            hooks[slug] = {"url": url, "secret": access.vendor_secret}
    return hooks


def start_over(home: Home, now: datetime) -> Path | None:
    """Put an empty database in place of the one there is; flows stay subscribed. The connector must not run.

    What an earlier call made is thrown away; any other database with orders is kept beside it, and returned.
    """
    kept = None
    subscribed: list[outbox.Subscription] = []
    if home.database.exists():
        with open_database(home.database) as database:
            subscribed = outbox.subscriptions(database, home.access().tenant_id)
            in_use = any(
                Transaction(database, each, now).find_by(Order, limit=1) for each in tenants.tenant_ids(database)
            )
        if in_use and not home.access().holds_demo:
            kept = home.database.with_name(f"connector-{now:%Y%m%dT%H%M%S}.sqlite")
        _clear_away(home.database, kept)
    access = set_up_tenant(home, now)
    home.keep(access.model_copy(update={"holds_demo": True}))
    with open_database(home.database) as database:
        for subscription in subscribed:
            outbox.subscribe(database, subscription, now)
    return kept


def _clear_away(database: Path, kept: Path | None) -> None:
    """Delete or rename it; the last one to close a database has folded its journals into the file."""
    if kept is None:
        database.unlink()
    else:
        database.rename(kept)
    for journal in ("-wal", "-shm"):
        database.with_name(database.name + journal).unlink(missing_ok=True)
