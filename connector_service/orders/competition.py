"""Which of some orders compete: several want a SKU of which there is less than they want together.

This only looks, and cheaply, because most calls have nothing of the kind: what is found decides how orders are chosen
for, never what they get.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from canonical_models import InventoryPosition, OrderStatus
from connector_service.inventory.lots import may_be_sold
from connector_service.orders.closures import closed_ids
from connector_service.orders.work import Work
from connector_service.store.kinds import ORDER
from connector_service.store.shared_stock import positions_in_turn
from connector_service.store.stock_queries import by_id

Json = dict[str, Any]
ALLOCATABLE = (
    OrderStatus.VALIDATED,
    OrderStatus.PARTIALLY_ALLOCATED,
    OrderStatus.BACKORDERED,
    OrderStatus.ALLOCATED,
    OrderStatus.RELEASED,
    OrderStatus.PICKED,
    OrderStatus.PACKED,
    OrderStatus.PARTIALLY_SHIPPED,
)
"""Where an order may have more reserved for it."""


@dataclass(frozen=True, slots=True)
class Contested:
    """A SKU that several orders compete for: the units they want, by order, and how many may be promised."""

    sku: str
    wanted: dict[str, int]
    there: int


def contested(work: Work, order_ids: Sequence[str]) -> list[Contested]:
    """The SKUs that these orders compete for. One that is sold out is not competed for."""
    bodies = by_id(work.tx.connection, work.tenant_id, ORDER, order_ids)
    wanted: dict[str, dict[str, int]] = defaultdict(dict)
    for order_id, body in bodies.items():
        for sku, units in _open(body) if body["status"] in ALLOCATABLE else ():
            wanted[sku][order_id] = wanted[sku].get(order_id, 0) + units
    shared = {sku: orders for sku, orders in wanted.items() if len(orders) > 1}
    closed = closed_ids(work) if shared else frozenset()
    found = [Contested(sku, orders, _there(work, sku, sum(orders.values()), closed)) for sku, orders in shared.items()]
    return [each for each in found if 0 < each.there < sum(each.wanted.values())]


def _open(body: Json) -> Iterable[tuple[str, int]]:
    """SKU and open units of an order's lines; a kit's parts in the place of the kit."""
    kits = {line["parent_line_id"] for line in body["lines"]}
    for line in body["lines"]:
        units = line["quantity_ordered"] - line["quantity_allocated"] - line["quantity_cancelled"]
        if units > 0 and line["line_id"] not in kits:
            yield line["sku"], units


def _there(work: Work, sku: str, enough: int, closed: frozenset[str]) -> int:
    """Units of a SKU that may be promised; counted until there are `enough`."""
    there = 0
    for text in positions_in_turn(work.tx.connection, work.tenant_id, sku):
        position = InventoryPosition.model_validate_json(text)
        if position.location_id not in closed and may_be_sold(position, work.now):
            there += position.available
        if there >= enough:
            break
    return there
