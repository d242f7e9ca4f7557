"""The tables, as numbered migrations; `apply` brings any older file up to date."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from sqlite_utils import Database

from connector_service.errors import StoreUnavailable
from connector_service.store.migrations import carriers, orders, rules, stock

MIGRATIONS: list[Callable[[Database], None]] = [
    orders.tenants,
    orders.events,
    orders.projections,
    orders.inbox_and_outbox,
    orders.waiting,
    orders.decisions_by_file,
    rules.rule_versions,
    stock.claims_that_expire,
    stock.feed_marks,
    orders.queries,
    stock.closures,
    stock.movements_told,
    carriers.own_carriers,
    stock.workload_counts,
    stock.boxes,
    carriers.credentials,
    carriers.scans_and_lanes,
    carriers.carrier_choice,
    carriers.papers,
    stock.turns_in_the_queue,
    carriers.kept_pickups,
    carriers.purchases_end,
    carriers.label_formats,
    carriers.overdue_credentials,
]
"""Append only, in whichever module the tables belong to: how many are applied is the file's `user_version`."""


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
