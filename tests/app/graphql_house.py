"""Asking GraphQL in tests: queries as text or by hash, and the SQL that an answer took."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tests.app.conftest import Api, Json
from tests.house import new_order


async def ask(client: httpx.AsyncClient, query: str | None, **request: Any) -> Json:
    """The whole answer."""
    answer = await client.post("/v1/graphql", json={"query": query, **request})
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def data(client: httpx.AsyncClient, query: str, **variables: Any) -> Json:
    """The data of an answer without errors."""
    found = await ask(client, query, variables=variables)
    assert "errors" not in found, found
    result: Json = found["data"]
    return result


def by_hash(query: str) -> Json:
    """The extension that names a query by its hash."""
    return {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(query.encode()).hexdigest()}}


async def code(client: httpx.AsyncClient, query: str | None, **request: Any) -> str:
    """The code of an answer's first error."""
    found: str = (await ask(client, query, **request))["errors"][0]["extensions"]["code"]
    return found


@contextmanager
def statements(api: Api) -> Iterator[list[str]]:
    """The SQL statements that fetch objects meanwhile; what works beside the requests asks for other things."""
    seen: list[str] = []

    def note(statement: str) -> None:
        if "body FROM" in statement and "tracking_events" not in statement:
            seen.append(statement)

    api.services.store.reader.set_trace_callback(note)
    try:
        yield seen
    finally:
        api.services.store.reader.set_trace_callback(None)


async def allocated_orders(api: Api, count: int, prefix: str) -> list[str]:
    """Ids of fresh orders of tenant `acme`, each with two lines and what could be allocated of them."""
    orders = [{"order": new_order(f"{prefix}-{at}", ("TEE", 1), ("MUG", 1))} for at in range(count)]
    ids = [each["output"]["order_id"] for each in await api.node("order.receive", *orders)]
    for node in ("order.validate", "order.allocate"):
        await api.node(node, *({"order_id": each} for each in ids))
    return ids
