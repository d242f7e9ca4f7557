"""A connector with twenty locations and as many positions as asked for, and orders of any size for it.

Positions are written as rows, without events: a million of them through a feed would take minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

from benchmarks.bench_stack import LOCATIONS, Stack
from canonical_models import InventoryPosition, Product
from connector_service.clock import SystemClock
from connector_service.store import Store
from connector_service.store.database import connect
from connector_service.store.kinds import POSITION

TENANT = "bench"
UNITS = 1_000_000
MORE_LOCATIONS = {
    "atlanta": ("GA", "30301"),
    "boston": ("MA", "02108"),
    "charlotte": ("NC", "28202"),
    "chicago": ("IL", "60601"),
    "columbus": ("OH", "43004"),
    "dallas": ("TX", "75201"),
    "denver": ("CO", "80202"),
    "detroit": ("MI", "48201"),
    "houston": ("TX", "77002"),
    "indianapolis": ("IN", "46204"),
    "kansas-city": ("MO", "64106"),
    "memphis": ("TN", "38103"),
    "miami": ("FL", "33101"),
    "minneapolis": ("MN", "55401"),
    "nashville": ("TN", "37201"),
    "phoenix": ("AZ", "85003"),
    "portland": ("OR", "97201"),
    "seattle": ("WA", "98101"),
}
PLACES = [*(name for name, *_ in LOCATIONS), *MORE_LOCATIONS]
ZIPS = [zip_code for _, zip_code in MORE_LOCATIONS.values()]


def add_locations(stack: Stack) -> None:
    """Eighteen locations beside the two that every stack has."""
    locations = [
        {"id": name, "name": name, "country": "US", "region": region, "postal_code": zip_code, "wms": "northdock"}
        for name, (region, zip_code) in MORE_LOCATIONS.items()
    ]
    with httpx.Client(base_url=stack.url, headers=stack.headers, timeout=30) as api:
        api.put("/v1/locations", json={"locations": locations}).raise_for_status()


def sku(number: int) -> str:
    """The name of a SKU of this house."""
    return f"INV-{number}"


def fill(database: Path, first: int, last: int) -> None:
    """Put the SKUs from `first` up to `last` into the catalog, and plenty of each into every location."""
    now = SystemClock().now()
    times = {"created_at": now, "updated_at": now, "as_of": now}
    names = {"tenant_id": TENANT, "id": "@place/@sku/", "sku": "@sku", "location_id": "@place"}
    position = InventoryPosition.model_validate({**names, **times, "version": 1, "on_hand": UNITS})
    template = position.model_dump_json()

    def rows() -> Iterator[tuple[Any, ...]]:
        for number in range(first, last):
            name = sku(number)
            of_sku = template.replace("@sku", name)
            for place in PLACES:
                yield (TENANT, f"{place}/{name}/", 1, of_sku.replace("@place", place), name, place)

    with closing(Store(database, SystemClock())) as store:
        store.reader.execute("BEGIN IMMEDIATE")
        store.read(TENANT).put_products(Product(sku=sku(number), weight_g=100) for number in range(first, last))
        store.reader.execute("COMMIT")
    with closing(connect(database)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(POSITION.insert, rows())
        connection.execute("COMMIT")


def order(number: int, first_sku: int, lines: int, skus: int) -> dict[str, Any]:
    """A paid order of one to three units of some SKUs in a row, to one of eighteen towns; alike for alike numbers."""
    wanted = [
        {
            "line_id": str(line),
            "sku": sku((first_sku + line) % skus),
            "quantity_ordered": 1 + (number + line) % 3,
        }
        for line in range(lines)
    ]
    return {
        "number": f"I{number}",
        "currency": "USD",
        "payment_state": "captured",
        "ship_to": address(number),
        "lines": wanted,
        "totals": {"total_minor": 5_000 + number},
    }


def address(number: int) -> dict[str, Any]:
    """Where customer `number` lives."""
    zip_code = ZIPS[number % len(ZIPS)]
    region = next(region for region, code in MORE_LOCATIONS.values() if code == zip_code)
    return {
        "name": f"Customer {number}",
        "line1": f"{number} Main Street",
        "city": "Town",
        "region": region,
        "postal_code": zip_code,
        "country": "US",
        "email": f"customer{number}@example.com",
    }
