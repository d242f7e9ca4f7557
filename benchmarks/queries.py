"""Questions out: how long an availability read takes in process, warm and cold, and what a GraphQL query costs."""

from __future__ import annotations

import asyncio
import hashlib
import random
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from benchmarks.results import percentile, write_results
from canonical_models import InventoryPosition, Location, Product
from connector_service.app import create_app
from connector_service.app.inventory.availability import Questions, answers
from connector_service.app.inventory.availability_answer import Question
from connector_service.app.inventory.availability_cache import AvailabilityCache
from connector_service.app.services import Services
from connector_service.clock import SystemClock
from connector_service.settings import Settings
from connector_service.store import tenants
from connector_service.store.kinds import POSITION

LOCATIONS, SKUS = 20, 10_000
READS, ORDERS, QUERIES = 5_000, 50, 30
SHARES = (50, 99)
TENANT = "bench"
ZIPS = ("07001", "90001", "60601", "75201", "30301")
QUERY = """query Wide($first: Int!) { orders(first: $first) { nodes {
  id number status owner totalMinor createdAt
  lines { sku quantityOrdered quantityAllocated product { title } positions { id available location { name } } }
  shipments { id status location { name } lines { sku quantity } }
} pageInfo { hasNextPage endCursor } } }"""


def _location(at: int) -> Location:
    zip_code = ZIPS[at % len(ZIPS)]
    return Location(id=f"loc-{at}", name=f"Location {at}", country="US", postal_code=zip_code, wms="northdock")


def _fill(services: Services, now: Any) -> None:
    """Catalog, locations and positions, each SKU at every location; written as rows, without events."""
    rows = []
    for sku in range(SKUS):
        for at in range(LOCATIONS):
            names = {"tenant_id": TENANT, "id": f"loc-{at}/S{sku}/", "sku": f"S{sku}", "location_id": f"loc-{at}"}
            times = {"created_at": now, "updated_at": now, "as_of": now}
            position = InventoryPosition(**names, **times, version=1, on_hand=1_000)
            body = position.model_dump(mode="json")
            rows.append((TENANT, body["id"], 1, position.model_dump_json(), *POSITION.row(body)))
    connection = services.store.reader
    connection.execute("BEGIN")
    connection.executemany(POSITION.insert, rows)
    tx = services.store.read(TENANT)
    tx.put_locations(_location(at) for at in range(LOCATIONS))
    tx.put_products(Product(sku=f"S{sku}", weight_g=100) for sku in range(SKUS))
    connection.execute("COMMIT")


def _reads(cache: AvailabilityCache, skus: list[int], clock: Callable[[], float] = time.perf_counter) -> list[float]:
    """Milliseconds of one question each: one SKU, 20 locations, a destination."""
    now = cache.store.clock.now()
    taken = []
    for sku in skus:
        asked = Questions(items=[Question(sku=f"S{sku}", quantity=2)], country="US", postal_code=ZIPS[sku % 5])
        began = clock()
        answers(cache, TENANT, asked, now)
        taken.append((clock() - began) * 1_000)
    return taken


def availability(services: Services) -> dict[str, float]:
    """Cold: the SKU was never asked for. Warm: it is in the cache. CPU: without waiting for a busy machine."""
    chance = random.Random(4)
    _reads(services.availability, [0] * 20)
    cold = _reads(services.availability, chance.sample(range(1, SKUS), 900))
    _reads(services.availability, list(range(500)))
    warm = _reads(services.availability, [chance.randrange(500) for _ in range(READS)])
    cpu = _reads(services.availability, [chance.randrange(500) for _ in range(READS)], time.thread_time)
    results = {f"availability_read_p{share}_ms": percentile(warm, share) for share in SHARES}
    results |= {f"availability_read_cpu_p{share}_ms": percentile(cpu, share) for share in SHARES}
    return results | {f"availability_read_cold_p{share}_ms": percentile(cold, share) for share in SHARES}


async def _orders(client: httpx.AsyncClient) -> None:
    orders = [{"order": _order(at)} for at in range(ORDERS)]
    made = (await client.post("/v1/nodes/order.receive", json={"items": orders})).json()["results"]
    items = [{"order_id": each["output"]["order_id"]} for each in made]
    for node in ("order.validate", "order.allocate"):
        answer = await client.post(f"/v1/nodes/{node}", json={"items": items})
        answer.raise_for_status()


def _order(at: int) -> dict[str, Any]:
    address = {"name": f"Customer {at}", "line1": f"{at} 5th Ave", "city": "New York", "region": "NY"}
    lines = [{"line_id": str(n), "sku": f"S{2 * at + n}", "quantity_ordered": 1} for n in (0, 1)]
    return {
        "number": f"B{at}",
        "currency": "USD",
        "payment_state": "captured",
        "ship_to": {**address, "postal_code": "10118", "country": "US", "email": f"b{at}@example.org"},
        "lines": lines,
        "totals": {"total_minor": 5_000},
    }


@contextmanager
def _counted(services: Services) -> Iterator[list[str]]:
    seen: list[str] = []
    note: Callable[[str], None] = lambda said: seen.append(said) if "body FROM" in said else None  # noqa: E731
    services.store.reader.set_trace_callback(note)
    yield seen
    services.store.reader.set_trace_callback(None)


async def graphql(client: httpx.AsyncClient, services: Services) -> dict[str, float]:
    """50 orders with lines, positions, shipments and locations: from request to answer, over HTTP in this process."""
    body: dict[str, Any] = {"query": QUERY, "variables": {"first": ORDERS}}
    began = time.perf_counter()
    first = (await client.post("/v1/graphql", json=body)).json()
    results = {"graphql_first_query_ms": (time.perf_counter() - began) * 1_000}
    if len(first["data"]["orders"]["nodes"]) != ORDERS:
        raise RuntimeError(f"Not all orders are there: {first}")
    with _counted(services) as seen:
        await client.post("/v1/graphql", json=body)
    results["graphql_50_orders_statements"] = len(seen)
    results |= {f"graphql_50_orders_{key}": value for key, value in (await _asked(client, body)).items()}
    hashed = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": _hash(QUERY)}}}
    await client.post("/v1/graphql", json=body | hashed)
    kept = {"variables": body["variables"], **hashed}
    return results | {f"graphql_50_orders_kept_{key}": value for key, value in (await _asked(client, kept)).items()}


def _hash(query: str) -> str:
    return hashlib.sha256(query.encode()).hexdigest()


async def _asked(client: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, float]:
    taken = []
    for _ in range(QUERIES):
        began = time.perf_counter()
        (await client.post("/v1/graphql", json=body)).raise_for_status()
        taken.append((time.perf_counter() - began) * 1_000)
    return {f"p{share}_ms": percentile(taken, share) for share in SHARES}


@asynccontextmanager
async def _connector(folder: Path) -> AsyncIterator[FastAPI]:
    """A connector in this process, with 200,000 positions."""
    app = create_app(Settings(database=folder / "bench.sqlite", rules=Path("rules")))
    async with app.router.lifespan_context(app):
        services: Services = app.state.services
        now = SystemClock().now()
        tenants.add_tenant(services.store.reader, TENANT, "Bench", now)
        _fill(services, now)
        yield app


async def measure_availability(folder: Path) -> dict[str, float]:
    """Figures of availability reads alone."""
    async with _connector(folder) as app:
        return availability(app.state.services)


async def measure(folder: Path) -> dict[str, float]:
    """All figures of questions."""
    async with _connector(folder) as app:
        services: Services = app.state.services
        results = availability(services)
        key = tenants.add_api_key(services.store.reader, TENANT, "bench", SystemClock().now())
        transport, headers = httpx.ASGITransport(app), {"authorization": f"Bearer {key}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://dockline", headers=headers) as client:
            await _orders(client)
            return results | await graphql(client, services)


def main() -> None:
    """Print the figures and write `build/bench/queries.json`."""
    with tempfile.TemporaryDirectory() as folder:
        write_results("queries", asyncio.run(measure(Path(folder))))


if __name__ == "__main__":
    main()
