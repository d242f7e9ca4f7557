"""Questions out: many objects at once for one tenant, as the JSON their rows hold. Nothing here is ever written.

Every list of wanted values travels as one JSON parameter, so that a question is one prepared statement however many
objects it is about.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field

import orjson

from connector_service.store.kinds import POSITION, Body, Kind

_FEW = frozenset({"number", "sku"})
"""Columns of which a value has few rows: these are fetched and sorted; by any other column the index has the order."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a kind's objects is wanted: those whose columns equal `narrow`, past the id `after`, by id.

    The ids of orders, shipments and exceptions rise with time; those of positions with location, SKU and lot.
    """

    first: int
    after: str | None = None
    narrow: dict[str, str] = field(default_factory=dict)
    newest_first: bool = True


def page(connection: sqlite3.Connection, tenant_id: str, kind: Kind, wanted: Page) -> list[Body]:
    """At most `first` objects and one more, which says that there is a next page."""
    few = _FEW.intersection(wanted.narrow)
    skip = "+" if few else ""  # a plus sign keeps SQLite from walking the table by that column
    clauses = ["tenant_id = ?", *(f"{'' if column in few else skip}{column} = ?" for column in wanted.narrow)]
    values = [tenant_id, *wanted.narrow.values()]
    if wanted.after is not None:
        clauses.append(f"{skip}id {'<' if wanted.newest_first else '>'} ?")
        values.append(wanted.after)
    rows = connection.execute(
        f"SELECT body FROM {kind.table} WHERE {' AND '.join(clauses)}"  # noqa: S608
        f" ORDER BY {skip}id {'DESC' if wanted.newest_first else 'ASC'} LIMIT ?",
        (*values, wanted.first + 1),
    )
    return [orjson.loads(body) for (body,) in rows]


def by_id(connection: sqlite3.Connection, tenant_id: str, kind: Kind, ids: Iterable[str]) -> dict[str, Body]:
    """The tenant's objects among `ids`."""
    rows = connection.execute(
        f"SELECT id, body FROM {kind.table} WHERE tenant_id = ? AND id IN (SELECT value FROM json_each(?))",  # noqa: S608
        (tenant_id, _json(ids)),
    )
    return {object_id: orjson.loads(body) for object_id, body in rows}


def by_column(
    connection: sqlite3.Connection, tenant_id: str, kind: Kind, column: str, values: Iterable[str], each: int
) -> dict[str, list[Body]]:
    """The first `each` objects for every wanted value of a column, oldest first, by that value."""
    rows = connection.execute(
        f"SELECT value, body FROM (SELECT {column} AS value, body,"  # noqa: S608
        f" row_number() OVER (PARTITION BY {column} ORDER BY id) AS place FROM {kind.table}"
        f" WHERE tenant_id = ? AND {column} IN (SELECT value FROM json_each(?))) WHERE place <= ?",
        (tenant_id, _json(values), each),
    )
    found: dict[str, list[Body]] = {}
    for value, body in rows:
        found.setdefault(value, []).append(orjson.loads(body))
    return found


def positions_of(connection: sqlite3.Connection, tenant_id: str, skus: Iterable[str]) -> list[str]:
    """The positions of some SKUs, each as JSON text."""
    rows = connection.execute(
        f"SELECT body FROM {POSITION.table}"  # noqa: S608
        " WHERE tenant_id = ? AND sku IN (SELECT value FROM json_each(?)) ORDER BY +id",
        (tenant_id, _json(skus)),
    )
    return [body for (body,) in rows]


def backordered(connection: sqlite3.Connection, tenant_id: str, skus: Iterable[str]) -> dict[str, int]:
    """Units that orders wait for, by SKU."""
    rows = connection.execute(
        "SELECT sku, SUM(quantity) FROM backorders"
        " WHERE tenant_id = ? AND sku IN (SELECT value FROM json_each(?)) GROUP BY sku",
        (tenant_id, _json(skus)),
    )
    return dict(rows)


def _json(values: Iterable[str]) -> str:
    return orjson.dumps(list(values)).decode()
