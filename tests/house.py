"""A small house for tests: one tenant with two warehouses and a catalog, driven through its nodes, without HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canonical_models import (
    CanonicalObject,
    ExceptionCase,
    InventoryPosition,
    Location,
    Order,
    Product,
    Shipment,
    TrackingEvent,
    TrackingType,
)
from connector_service.adapters.http import Transport, open_client
from connector_service.clock import FakeClock, SystemClock
from connector_service.inventory.positions import take_count
from connector_service.orders.systems import AllSystems
from connector_service.orders.tracking import apply_tracking
from connector_service.orders.work import Work
from connector_service.rules_engine import RuleBook
from connector_service.store import Store, Transaction, rebuild, tenants
from nodes.registry import NODES_BY_NAME
from nodes.runner import Caller, Runner
from tests.contracts.sandbox_process import Sandbox, until

Json = dict[str, Any]
RULES = Path(__file__).resolve().parents[1] / "rules"
TENANT = "acme"
CALLER = Caller(TENANT, "tests")

PRODUCTS = [
    Product(sku="TEE", weight_g=180, barcode="4006381333931"),
    Product(sku="MUG", weight_g=350, barcode="5901234123457"),
    Product(sku="SERUM", weight_g=90, barcode="0012345678905", lot_tracked=True),
]
LOCATIONS = [
    Location(id="east", name="East", country="US", region="NJ", city="Avenel", postal_code="07001", wms="northdock"),
    Location(
        id="west", name="West", country="US", region="CA", city="Los Angeles", postal_code="90001", wms="northdock"
    ),
]
STOCK: list[Json] = [
    {"sku": "TEE", "location_id": "east", "lot": "", "on_hand": 20},
    {"sku": "TEE", "location_id": "west", "lot": "", "on_hand": 20},
    {"sku": "MUG", "location_id": "east", "lot": "", "on_hand": 10},
    {"sku": "MUG", "location_id": "west", "lot": "", "on_hand": 10},
    {"sku": "SERUM", "location_id": "east", "lot": "L1", "on_hand": 5},
    {"sku": "SERUM", "location_id": "east", "lot": "L2", "on_hand": 5},
]
CONNECTIONS = {"northdock": "sandbox-nd", "swiftparcel": "sandbox-sp", "terrapost": "sandbox-id:sandbox-secret"}


def new_order(number: str = "N1", *lines: tuple[str, int], **changes: Any) -> Json:
    """A paid order to New York as a seller sends it; `lines` are (SKU, quantity), two tees when there are none."""
    wanted = lines or (("TEE", 2),)
    return {
        "number": number,
        "currency": "USD",
        "payment_state": "captured",
        "ship_to": {
            "name": f"Customer of {number}",
            "line1": "350 5th Ave",
            "city": "New York",
            "region": "NY",
            "postal_code": "10118",
            "country": "US",
            "email": f"{number.lower()}@example.org",
        },
        "lines": [
            {"line_id": str(at), "sku": sku, "quantity_ordered": units} for at, (sku, units) in enumerate(wanted, 1)
        ],
        "totals": {"total_minor": 5_000},
    } | changes


@contextmanager
def open_store(path: Path, clock: FakeClock) -> Iterator[Store]:
    """A store whose tenants `acme` and `other` have the same catalog and stock."""
    store = Store(path, clock)
    store.memory.verify = True
    try:
        for tenant_id in (TENANT, "other"):
            tenants.add_tenant(store.reader, tenant_id, tenant_id.title(), clock.now())
        yield store
    finally:
        store.close()


def furnish(work: Work, counts: list[Json] = STOCK) -> None:
    """Put catalog, locations and stock in place."""
    work.tx.put_products(PRODUCTS)
    work.tx.put_locations(LOCATIONS)
    for count in counts:
        take_count(work, **{"expires_on": None, **count})


@dataclass
class House:
    """A tenant at work; `call` runs a node on items, `one` on a single item that must not fail."""

    store: Store
    clock: FakeClock
    rules: RuleBook
    runner: Runner
    sandbox: Sandbox | None = None

    async def call(self, node: str, items: list[Any], caller: Caller = CALLER) -> list[Json]:
        return await self.runner.run(NODES_BY_NAME[node], caller, items)

    async def one(self, node: str, **item: Any) -> Json:
        answer = (await self.call(node, [item]))[0]
        assert answer["status"] != "failed", answer["error"]
        return answer

    async def refused(self, node: str, **item: Any) -> Json:
        answer = (await self.call(node, [item]))[0]
        assert answer["status"] == "failed", answer
        error: Json = answer["error"]
        return error

    async def receive(self, number: str = "N1", *lines: tuple[str, int], **changes: Any) -> str:
        answer = await self.one("order.receive", order=new_order(number, *lines, **changes))
        return str(answer["output"]["order_id"])

    async def allocated(self, number: str = "N1", *lines: tuple[str, int], **changes: Any) -> str:
        order_id = await self.receive(number, *lines, **changes)
        for node in ("order.validate", "order.allocate"):
            await self.one(node, order_id=order_id)
        return order_id

    async def released(self, number: str = "N1", *lines: tuple[str, int], **changes: Any) -> str:
        order_id = await self.allocated(number, *lines, **changes)
        for node in ("order.check_pre_pick", "order.release"):
            await self.one(node, order_id=order_id)
        return order_id

    async def reach(self, order_id: str, *statuses: str) -> Shipment:
        """Ask the warehouse until the order's newest shipment has one of the statuses."""

        async def look() -> Shipment | None:
            shipment = self.shipments(order_id)[-1]
            if shipment.status in statuses:
                return shipment
            await self.one("shipment.read_warehouse", shipment_id=shipment.id)
            return None

        return await until(look)

    async def packed(self, number: str = "N1", *lines: tuple[str, int], **changes: Any) -> Shipment:
        return await self.reach(await self.released(number, *lines, **changes), "packed")

    async def through(self, shipment_id: str, *nodes: str) -> Json:
        """Run shipment nodes one after the other; the last answer."""
        answer: Json = {}
        for node in nodes:
            answer = await self.one(f"shipment.{node}", shipment_id=shipment_id)
        return answer

    async def labelled(self, number: str = "N1", *lines: tuple[str, int], **changes: Any) -> Shipment:
        shipment = await self.packed(number, *lines, **changes)
        await self.through(shipment.id, "check_post_pick", "check_packing", "rate", "buy_label")
        return self.shipment(shipment.id)

    async def shipped(self, number: str = "N1", *lines: tuple[str, int], **changes: Any) -> Shipment:
        shipment = await self.labelled(number, *lines, **changes)
        await self.through(shipment.id, "check_label", "confirm")
        return self.shipment(shipment.id)

    def order(self, order_id: str) -> Order:
        return self.store.read(TENANT).get(Order, order_id)

    def shipment(self, shipment_id: str) -> Shipment:
        return self.store.read(TENANT).get(Shipment, shipment_id)

    def shipments(self, order_id: str) -> list[Shipment]:
        return self.store.read(TENANT).find_by(Shipment, order_id=order_id)

    def cases(self, order_id: str) -> list[ExceptionCase]:
        return self.store.read(TENANT).find_by(ExceptionCase, order_id=order_id)

    def case(self, order_id: str) -> ExceptionCase:
        """The one open exception of an order."""
        (case,) = [case for case in self.cases(order_id) if case.state in ("open", "claimed", "resolved")]
        return case

    def positions(self) -> dict[tuple[str, str, str], InventoryPosition]:
        found = self.store.read(TENANT).find_by(InventoryPosition)
        return {(position.location_id, position.sku, position.lot): position for position in found}

    def events(self, order_id: str) -> list[str]:
        """The types of an order's events, without prefix and version."""
        return [event.type[9:-3] for event in self.store.read(TENANT).timeline(order_id)]

    async def resolve(self, order_id: str, fields: Json, *steps: str) -> Json:
        case = self.case(order_id)
        return await self.one(
            "exception.resolve", exception_id=case.id, person="ada", fields=fields, audit_steps=list(steps)
        )

    async def requeue(self, order_id: str) -> Json:
        answer = await self.one("exception.requeue", exception_id=self.case(order_id).id)
        output: Json = answer["output"]
        return output

    async def scan(self, shipment_id: str, kind: TrackingType) -> None:
        """Have the carrier report something of a shipment's parcel."""
        label = self.shipment(shipment_id).label
        assert label is not None
        said = TrackingEvent(
            event_id=f"scan-{kind}",
            carrier=label.carrier,
            tracking_number=label.tracking_number,
            type=kind,
            occurred_at=self.clock.now(),
        )
        assert await self.change(lambda work: apply_tracking(work, said)) is not None

    async def change(self, job: Any) -> Any:
        """Run a step that no node offers, in a transaction of the tenant."""
        return await self.store.write(TENANT, lambda tx: job(Work(tx, self.rules.of(TENANT), "tests")))


def check_house(store: Store, *, tenant_id: str = TENANT) -> None:
    """What must hold at any time: stock adds up, and every order that is not over has one owner and one deadline."""
    tx = store.read(tenant_id)
    for position in tx.find_by(InventoryPosition, limit=100_000):
        assert position.available >= 0, position
        assert min(position.on_hand, position.reserved, position.unavailable) >= 0, position
    _check_claims(store, tx)
    rows = store.reader.execute("SELECT subject, COUNT(*) FROM deadlines WHERE tenant_id = ? GROUP BY 1", (tenant_id,))
    deadlines = dict(rows.fetchall())
    for order in tx.find_by(Order, limit=100_000):
        _check_owner(tx, order, deadlines)
    assert rebuild.differences(store.reader) == []


def _check_claims(store: Store, tx: Transaction) -> None:
    claimed = store.reader.execute(
        "SELECT json_extract(body, '$.position_id'), SUM(json_extract(body, '$.quantity')) FROM reservations"
        " WHERE tenant_id = ? AND state IN ('held', 'allocated') GROUP BY 1",
        (tx.tenant_id,),
    )
    claims = dict(claimed.fetchall())
    for position in tx.find_by(InventoryPosition, limit=100_000):
        assert position.reserved == claims.get(position.id, 0), position


def _check_owner(tx: Transaction, order: Order, deadlines: dict[str, int]) -> None:
    assert order.owner, order
    if order.status in ("closed", "cancelled"):
        assert order.deadline_at is None
        assert order.id not in deadlines
        return
    assert order.deadline_at is not None, order
    holders = [order.id] if order.id in deadlines else order.exception_ids[:1]
    assert len(holders) == 1, order
    assert deadlines.get(holders[0]) == 1, order
    row = tx.connection.execute(
        "SELECT due_at FROM deadlines WHERE tenant_id = ? AND subject = ?", (tx.tenant_id, holders[0])
    ).fetchone()
    assert row[0] == order.deadline_at.isoformat(timespec="microseconds"), order


def body_of(item: CanonicalObject) -> Json:
    """An object as JSON."""
    return item.model_dump(mode="json")


@asynccontextmanager
async def open_house(
    path: Path, rules: RuleBook, clock: FakeClock, sandbox: Sandbox | None = None
) -> AsyncIterator[House]:
    """A furnished house; with a sandbox its warehouses and carriers answer."""
    with open_store(path, clock) as store:
        client = open_client()
        runner = Runner(store, rules, AllSystems(store, Transport(client, SystemClock())))
        house = House(store, clock, rules, runner, sandbox)
        for tenant_id in (TENANT, "other"):
            await store.write(tenant_id, lambda tx: furnish(Work(tx, rules.of(tx.tenant_id), "tests")))
        if sandbox is not None:
            await connect_sandbox(house, sandbox)
        try:
            yield house
        finally:
            await client.aclose()


async def connect_sandbox(house: House, sandbox: Sandbox) -> None:
    """Start the sandbox afresh with the house's catalog, and give the tenant an account at each vendor."""
    sandbox.post("reset")
    products = [{"sku": each.sku, "weight_g": each.weight_g, "barcode": each.barcode} for each in PRODUCTS]
    sandbox.put("catalog", {"products": products, "stock": STOCK})
    sandbox.put("timing", {"speed": 100, "webhook_ms": 1})
    for slug, key in CONNECTIONS.items():
        settings: Json = {"base_url": f"{sandbox.url}/{slug}", "api_key": key, "webhook_secret": "hush"}
        if slug != "northdock":
            settings["rate_timeout"] = 5
        await house.store.administer(
            lambda c, slug=slug, settings=settings: tenants.put_connection(c, TENANT, slug, settings)  # type: ignore[misc]
        )
