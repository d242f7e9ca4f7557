"""A flash sale: many orders for few units of one SKU, sent at once to a connector; then a look at who got them."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

from benchmarks.bench_stack import LOCATIONS, Stack, order, running_stack
from benchmarks.inventory_flow import Run, run_alone
from benchmarks.inventory_house import TENANT, address
from canonical_models import ExceptionCase, InventoryPosition, Order, Reservation
from connector_service.clock import SystemClock
from connector_service.store import Store

SKU = "FLASH-SALE"


def put_on_sale(stack: Stack, units: int) -> None:
    """The SKU in the catalog, and its units in two locations."""
    half = units // 2
    stock = [
        {"sku": SKU, "location_id": place, "on_hand": there}
        for (place, *_), there in zip(LOCATIONS, (half, units - half), strict=True)
    ]
    with httpx.Client(base_url=stack.url, headers=stack.headers, timeout=30) as api:
        api.put("/v1/products", json={"products": [{"sku": SKU, "weight_g": 250}]}).raise_for_status()
        api.put("/v1/inventory", json={"positions": stock}).raise_for_status()


def sale_order(number: int) -> dict[str, Any]:
    """One unit for one customer; every tenth is express."""
    return {
        "number": f"F{number}",
        "currency": "USD",
        "payment_state": "captured",
        "priority": "standard" if number % 10 else "express",
        "ship_to": address(number),
        "lines": [{"line_id": "1", "sku": SKU, "quantity_ordered": 1}],
        "totals": {"total_minor": 9_900},
    }


def wrongs(database: Path, orders: int, units: int) -> list[str]:
    """What is not as it must be after a sale of `units` to `orders` buyers of one each, in words; nothing, if all is.

    As many orders as there were units hold one each, every other waits with an owner, a deadline and an open
    exception, and the positions hold exactly what was claimed of them.
    """
    with closing(Store(database, SystemClock())) as store:
        tx = store.read(TENANT)
        sold = [each for each in tx.find_by(Order) if each.lines[0].sku == SKU]
        claims = [each for each in tx.find_by(Reservation) if each.sku == SKU]
        positions = tx.find_by(InventoryPosition, sku=SKU)
        cases = {case.order_id: case for case in tx.find_by(ExceptionCase, code="inventory_short")}
    won = [each for each in sold if each.status == "allocated" and each.lines[0].quantity_allocated == 1]
    lost = [each for each in sold if each.status == "backordered" and each.lines[0].quantity_allocated == 0]
    astray = [each for each in lost if not (each.owner and each.deadline_at and _waits(cases.get(each.id)))]
    facts = {
        "orders": (len(sold), orders),
        "orders that won": (len(won), units),
        "orders that wait": (len(lost), orders - units),
        "orders that wait without owner, deadline or open exception": (len(astray), 0),
        "units claimed": (sum(claim.quantity for claim in claims if claim.state == "held"), units),
        "claims of orders that did not win": (len({claim.order_id for claim in claims} - {each.id for each in won}), 0),
        "units reserved": (sum(position.reserved for position in positions), units),
        "units on hand": (sum(position.on_hand for position in positions), units),
        "positions with less than nothing": (sum(each.reserved > each.on_hand for each in positions), 0),
    }
    return [f"{what}: {is_}, not {must_be}" for what, (is_, must_be) in facts.items() if is_ != must_be]


def _waits(case: ExceptionCase | None) -> bool:
    return case is not None and case.state == "open" and bool(case.owner) and case.deadline_at is not None


def flash_sale(orders: int, units: int) -> dict[str, float]:
    """Seconds from the first order sent until the last has won or waits.

    Raises:
        RuntimeError: the sale was not exact.
    """
    with tempfile.TemporaryDirectory() as name, running_stack(Path(name)) as stack:
        put_on_sale(stack, units)
        sale: Run = asyncio.run(run_alone(stack, [order(at) for at in range(50)], _bodies(orders)))
        found = wrongs(stack.database, orders, units)
    if found:
        raise RuntimeError(f"The flash sale was not exact: {'; '.join(found)}")
    return {
        "flash_sale_s": sale.seconds,
        "flash_sale_orders": orders,
        "flash_sale_units": units,
        "flash_sale_won": sale.statuses["allocated"],
        "flash_sale_waiting": sale.statuses["backordered"],
        **sale.figures("flash_sale_orders"),
    }


def _bodies(orders: int) -> list[dict[str, Any]]:
    return [sale_order(number) for number in range(orders)]
