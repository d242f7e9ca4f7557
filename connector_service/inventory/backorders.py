"""The queue of orders that wait for stock: express first, then what was promised first, then who came first."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from canonical_models import Order, OrderStatus, Priority
from connector_service.inventory import kits
from connector_service.inventory.work import StockWork
from connector_service.store import backorders

PROMISED_DAYS = {"express": 2, "standard": 7}
"""Days that a priority promises when the order names no delivery date."""
WAITING = frozenset(
    {
        OrderStatus.BACKORDERED,
        OrderStatus.PARTIALLY_ALLOCATED,
        OrderStatus.ALLOCATED,
        OrderStatus.RELEASED,
        OrderStatus.PICKED,
        OrderStatus.PACKED,
        OrderStatus.PARTIALLY_SHIPPED,
    }
)
"""Where an order with something open waits for stock; before, a flow has still to ask for it."""

_ORDINARY = frozenset({"received", "validated", "allocated", "released", "picked", "packed", "shipped", "delivered"})
"""Events after which an order without anything open has no place that it could lose: a shortage ends before them."""


def promised_at(order: Order) -> datetime:
    """When the customer expects the goods."""
    return order.requested_delivery_at or order.created_at + timedelta(days=PROMISED_DAYS[order.priority.value])


def follow_queue(work: StockWork, order: Order, event: str = "") -> None:
    """Keep an order's places in the queue as its open lines are after an event of it."""
    units: Counter[str] = Counter()
    if order.status in WAITING:
        for line in kits.open_lines(order):
            units[line.sku] += line.quantity_open
    if not units and event in _ORDINARY:
        return
    rank = 0 if order.priority == Priority.EXPRESS else 1
    waiting = [
        backorders.Backorder(order.id, sku, quantity, rank, promised_at(order), order.created_at)
        for sku, quantity in units.items()
    ]
    backorders.put(work.tx.connection, work.tenant_id, order.id, waiting)
