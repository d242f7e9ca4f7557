"""Questions out are answered from an index, whatever they are about: none walks through a tenant's whole table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import pytest

from connector_service.clock import FakeClock
from connector_service.store import Store, stock_queries
from connector_service.store.kinds import EXCEPTION, ORDER, POSITION, SHIPMENT, Kind
from connector_service.store.stock_queries import Page


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "store.sqlite", FakeClock())
    yield opened
    opened.close()


class Explaining:
    """Stands for a connection: explains every statement before it is carried out."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.plan = ""

    def execute(self, statement: str, values: Any) -> Any:
        steps = self.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
        self.plan += "\n".join(step[3] for step in steps)
        return self.connection.execute(statement, values)


def plan_of(store: Store, question: Callable[[Any], object]) -> str:
    explaining = Explaining(store.reader)
    question(explaining)
    return explaining.plan


@pytest.mark.parametrize(
    ("kind", "narrow", "index"),
    [
        (ORDER, (), "tenant_id=? AND id<?"),
        (ORDER, ("status",), "tenant_id=? AND status=? AND id<?"),
        (ORDER, ("owner",), "tenant_id=? AND owner=? AND id<?"),
        (ORDER, ("number",), "tenant_id=? AND number=?"),
        (ORDER, ("number", "status"), "tenant_id=? AND number=?"),
        (SHIPMENT, ("status",), "tenant_id=? AND status=? AND id<?"),
        (EXCEPTION, ("state",), "tenant_id=? AND state=? AND id<?"),
        (POSITION, ("location_id",), "tenant_id=? AND location_id=? AND id<?"),
        (POSITION, ("sku",), "tenant_id=? AND sku=?"),
        (POSITION, ("location_id", "sku"), "tenant_id=? AND sku=?"),
    ],
)
def test_a_page_begins_in_an_index(store: Store, kind: Kind, narrow: tuple[str, ...], index: str) -> None:
    wanted = Page(5, "z", dict.fromkeys(narrow, "x"))
    assert f"({index})" in plan_of(store, lambda connection: stock_queries.page(connection, "acme", kind, wanted))


@pytest.mark.parametrize(("kind", "column"), [(SHIPMENT, "order_id"), (EXCEPTION, "order_id"), (POSITION, "sku")])
def test_what_lies_below_an_object_is_found_by_its_column(store: Store, kind: Kind, column: str) -> None:
    plan = plan_of(store, lambda connection: stock_queries.by_column(connection, "acme", kind, column, ["x"], 5))
    assert f"(tenant_id=? AND {column}=?)" in plan


def test_the_positions_of_skus_and_what_is_waited_for_are_found_by_sku(store: Store) -> None:
    for question in (stock_queries.positions_of, stock_queries.backordered):
        plan = plan_of(store, lambda connection, ask=question: ask(connection, "acme", ["x"]))  # type: ignore[misc]
        assert "(tenant_id=? AND sku=?)" in plan
