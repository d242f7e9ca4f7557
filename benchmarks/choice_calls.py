"""Orders of one call that want the same stock: what deciding them together costs and gains beside one by one.

The orders go through the node `order.allocate` on a real store, without HTTP. The same set is allocated both ways, in
calls of several sizes; "one by one" is the node's own step without the look at all items, in the order of the list.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.results import percentile, write_results
from canonical_models import InventoryPosition, Location, Order, Product, Shipment
from connector_service.adapters.http import Transport, open_client
from connector_service.clock import FakeClock, SystemClock
from connector_service.inventory.positions import take_count
from connector_service.orders.systems import AllSystems
from connector_service.orders.work import Work
from connector_service.rules_engine import RuleBook
from connector_service.store import Store, tenants
from nodes.allocating import ALLOCATE
from nodes.contract import Node
from nodes.registry import NODES_BY_NAME
from nodes.runner import Caller, Runner, in_slices

TENANT = "bench"
CALLER = Caller(TENANT, "bench")
RULES = Path(__file__).parents[1] / "rules"
TOGETHER = NODES_BY_NAME["order.allocate"]
ONE_BY_ONE = replace(TOGETHER, run=ALLOCATE.each)
CITIES = (
    ("New York", "NY", "10118", "US"),
    ("Los Angeles", "CA", "90001", "US"),
    ("Chicago", "IL", "60601", "US"),
    ("Dallas", "TX", "75201", "US"),
    ("Toronto", "ON", "M5V 2T6", "CA"),
)
PLACES = (("east", "NJ", "07001"), ("west", "CA", "90001"), ("north", "IL", "60601"), ("south", "TX", "75201"))
MORE_SKUS = ("MUG", "TEE", "CAP", "PEN")
EXPRESS_SHARE = 0.2

Results = dict[str, float]
Json = dict[str, Any]


@dataclass(slots=True)
class Site:
    """A store with a runner on it, and a clock that stands still while a call runs."""

    store: Store
    runner: Runner
    clock: FakeClock

    async def call(self, node: Node, items: Sequence[Json]) -> list[Json]:
        return await self.runner.run(node, CALLER, items)


def a_site(path: Path) -> Site:
    """Open (or make) the store of a file."""
    clock = FakeClock(datetime(2026, 11, 27, 8, 0, tzinfo=UTC))
    store = Store(path, clock)
    transport = Transport(open_client(), SystemClock())
    return Site(store, Runner(store, RuleBook.load(RULES), AllSystems(store, transport)), clock)


def order_body(number: int, rng: Random, flash: bool) -> Json:
    """An order; in a flash sale it wants one FLASH and up to two other things."""
    city, region, postal_code, country = CITIES[rng.choices(range(5), (30, 25, 20, 15, 10))[0]]
    more = rng.sample(MORE_SKUS, rng.choice((0, 1, 2) if flash else (1, 2, 3)))
    wanted = [*(["FLASH"] if flash else []), *more]
    return {
        "number": f"F{number}",
        "currency": "USD",
        "payment_state": "captured",
        "priority": "express" if rng.random() < EXPRESS_SHARE else "standard",
        "ship_to": {
            "name": f"Customer {number}",
            "line1": f"{number} Main St",
            "city": city,
            "region": region,
            "postal_code": postal_code,
            "country": country,
            "email": f"c{number}@example.org",
        },
        "lines": [
            {"line_id": str(at), "sku": sku, "quantity_ordered": rng.randint(1, 2) if sku != "FLASH" else 1}
            for at, sku in enumerate(wanted, 1)
        ],
        "totals": {"total_minor": 5_000 + number},
    }


async def furnish(site: Site, flash_units: int) -> None:
    """Four locations, two of which ship to Canada; other SKUs lie in two places each, FLASH mostly in one."""
    tenants.add_tenant(site.store.reader, TENANT, "Bench", site.clock.now())
    locations = [
        Location(
            id=name,
            name=name,
            country="US",
            region=region,
            postal_code=postal_code,
            wms="northdock",
            handling_minor=150,
            serves=["US"] if name in ("west", "south") else ["US", "CA"],
        )
        for name, region, postal_code in PLACES
    ]
    shares = {"east": 4, "west": 3, "north": 1, "south": 2}
    counts = [("FLASH", name, flash_units * share // 10) for name, share in shares.items()]
    for at, sku in enumerate(MORE_SKUS):
        counts += [(sku, PLACES[place % 4][0], 100_000) for place in (at, at + 1)]

    def job(work: Work) -> None:
        work.tx.put_products([Product(sku=sku, weight_g=300) for sku in ("FLASH", *MORE_SKUS)])
        work.tx.put_locations(locations)
        for sku, name, units in counts:
            take_count(work, sku=sku, location_id=name, lot="", expires_on=None, on_hand=units)

    await site.store.write(TENANT, lambda tx: job(Work(tx, site.runner.rules.of(TENANT), "bench")))


async def validated(site: Site, orders: int, flash: bool) -> list[Json]:
    """Orders up to the warehouse choice, each placed a second after the one before."""
    rng, items = Random(1), list[Json]()
    for number in range(orders):
        site.clock.advance(timedelta(seconds=1))
        items.append({"order": order_body(number, rng, flash)})
    received = [one for at in range(0, orders, 200) for one in await site.call(RECEIVE, items[at : at + 200])]
    ids = [{"order_id": one["output"]["order_id"]} for one in received]
    for at in range(0, orders, 200):
        await site.call(VALIDATE, ids[at : at + 200])
    return ids


RECEIVE, VALIDATE = NODES_BY_NAME["order.receive"], NODES_BY_NAME["order.validate"]


async def allocated(site: Site, node: Node, ids: Sequence[Json], size: int) -> Results:
    """Allocate in calls of a size: seconds, processor milliseconds per order, the longest call."""
    began, cpu, longest = time.perf_counter(), time.process_time(), 0.0
    for at in range(0, len(ids), size):
        called = time.perf_counter()
        await site.call(node, ids[at : at + size])
        longest = max(longest, time.perf_counter() - called)
    used = (time.process_time() - cpu) / len(ids) * 1000
    return {"s": time.perf_counter() - began, "cpu_ms_per_order": used, "longest_call_s": longest}


def outcome(site: Site) -> Results:
    """What was reserved for whom, and what it costs to ship, from what the store holds."""
    tx = site.store.read(TENANT)
    orders = tx.find_by(Order)
    scores: dict[str, int] = {}
    rows = tx.connection.execute(
        "SELECT order_id, json_extract(data, '$.choice.chosen.score') FROM events"
        " WHERE tenant_id = ? AND json_extract(data, '$.choice.chosen.score') IS NOT NULL",
        (TENANT,),
    )
    for order_id, score in rows:
        scores[order_id] = scores.get(order_id, 0) + score
    filled = {order.id: sum(line.quantity_allocated for line in order.lines) for order in orders}
    wanted = sum(line.quantity_ordered for order in orders for line in order.lines)
    positions = tx.find_by(InventoryPosition, sku="FLASH")
    express = [order for order in orders if order.priority == "express"]
    return {
        "flash_sold": sum(position.reserved for position in positions),
        "flash_left": sum(position.available for position in positions),
        "fill_per_mille": sum(filled.values()) / wanted * 1000,
        "orders_complete": sum(all(line.quantity_open == 0 for line in order.lines) for order in orders),
        "express_flash_share": sum(_flash(order) for order in express) / max(1, sum(map(_flash, orders))),
        "shipments": len(tx.find_by(Shipment)),
        "score_minor_per_unit": sum(scores.values()) / 1000 / max(1, sum(filled.values())),
    }


def _flash(order: Order) -> int:
    return sum(line.quantity_allocated for line in order.lines if line.sku == "FLASH")


async def sale(folder: Path, orders: int, units: int, sizes: Sequence[int]) -> Results:
    """A flash sale, both ways, in calls of each size, on copies of one store."""
    first = folder / "sale.sqlite"
    site = a_site(first)
    await furnish(site, units)
    ids = await validated(site, orders, flash=True)
    site.store.close()
    found = [await both_ways(folder, first, ids, f"sale_{size}", size) for size in sizes]
    return {key: value for figures in found for key, value in figures.items()}


async def scarce(folder: Path, orders: int) -> Results:
    """Orders of one call with up to four lines each, and for every SKU 85% of the units they want, in two places each:
    who gets what decides how many orders are split and left open."""
    first = folder / f"scarce_{orders}.sqlite"
    site = a_site(first)
    await furnish(site, orders * 85 // 100)
    ids = await validated(site, orders, flash=True)
    tx = site.store.read(TENANT)
    wanted: Counter[str] = Counter()
    for order in tx.find_by(Order):
        wanted.update({line.sku: line.quantity_ordered for line in order.lines})

    def job(work: Work) -> None:
        for at, sku in enumerate(MORE_SKUS):
            for place, share in ((at, 50), (at + 1, 35)):
                units = wanted[sku] * share // 100
                take_count(work, sku=sku, location_id=PLACES[place % 4][0], lot="", expires_on=None, on_hand=units)

    await site.store.write(TENANT, lambda tx: job(Work(tx, site.runner.rules.of(TENANT), "bench")))
    site.store.close()
    return await both_ways(folder, first, ids, f"scarce_{orders}", orders)


async def both_ways(folder: Path, first: Path, ids: Sequence[Json], name: str, size: int) -> Results:
    """The same orders, in calls of a size, on a copy of the store for each way."""
    results: Results = {}
    for way, node in (("one_by_one", ONE_BY_ONE), ("together", TOGETHER)):
        copy = folder / f"{name}_{way}.sqlite"
        shutil.copyfile(first, copy)
        site = a_site(copy)
        figures = await allocated(site, node, ids, size) | outcome(site)
        results |= {f"{name}_{way}_{key}": value for key, value in figures.items()}
        site.store.close()
    return results


async def no_competition(folder: Path, orders: int = 500, size: int = 50) -> Results:
    """Orders of which none competes: processor time per order of the look at all items alone, and of the whole call."""
    site = a_site(folder / "plenty.sqlite")
    await furnish(site, 0)
    ids = await validated(site, orders, flash=False)
    looks = [await _look(site, ids[at : at + size]) for at in range(0, orders, size)]
    results = await allocated(site, TOGETHER, ids, size)
    site.store.close()
    return {
        f"plenty_{size}_look_cpu_ms_per_order": percentile(looks, 50) / size,
        f"plenty_{size}_cpu_ms_per_order": results["cpu_ms_per_order"],
    }


async def _look(site: Site, items: Sequence[Json]) -> float:
    """Processor milliseconds of looking for competition among some orders."""
    work = Work(site.store.read(TENANT), site.runner.rules.of(TENANT), "bench")
    asked = [TOGETHER.input.model_validate(item) for item in items]
    began = time.process_time()
    await in_slices(ALLOCATE.plan(work, asked))
    return (time.process_time() - began) * 1000


async def measure(orders: int, units: int, sizes: Sequence[int]) -> Results:
    """All figures."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        results = await no_competition(home)
        for size in sizes:
            results |= await scarce(home, size)
        return results | await sale(home, orders, units, sizes)


def main(orders: int = 10_000, units: int = 1_000, sizes: Sequence[int] = (50, 500)) -> None:
    """Measure, print a table and write `build/bench/choice_calls.json`."""
    write_results("choice_calls", asyncio.run(measure(orders, units, sizes)))


if __name__ == "__main__":
    main()
