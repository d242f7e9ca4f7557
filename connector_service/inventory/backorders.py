"""The queue of orders that wait for stock: express first, then what was promised first, then who came first.

What comes in is kept for those who wait from then on until each has looked at what there is, or was told of it and did
not look for as long as a claim lasts. What an order sees and leaves, because it lacks something else, because its
location is closed, or because it may not be sent from there, is free for those behind it at once; who is on hold,
quarantined or cancelled is not in the queue.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

from canonical_models import InventoryPosition, Location, Order, OrderStatus, Priority
from connector_service.inventory import kits
from connector_service.inventory.claims import claim_time
from connector_service.inventory.lots import first_expired_first, may_be_sold
from connector_service.inventory.work import StockWork
from connector_service.store import backorders, closures

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
    waiting = [_row(order, sku, quantity) for sku, quantity in units.items()]
    backorders.put(work.tx.connection, work.tenant_id, order.id, waiting, work.now)


def _row(order: Order, sku: str, quantity: int) -> backorders.Backorder:
    rank = 0 if order.priority == Priority.EXPRESS else 1
    country = order.ship_to.country
    return backorders.Backorder(order.id, sku, quantity, rank, promised_at(order), order.created_at, country)


def has_looked(work: StockWork, order: Order, kept: Collection[str] = ()) -> None:
    """An order was chosen for and waits on: what it left is free for others. Of the SKUs of which some was `kept` for
    those ahead, it has its turn yet."""
    backorders.note_look(work.tx.connection, work.tenant_id, order.id, kept, work.now)


def turns_end(work: StockWork) -> datetime:
    """A turn that began up to this moment is over."""
    return work.now - claim_time(work)


def kept_for_others(work: StockWork, order: Order, positions: Collection[InventoryPosition]) -> Counter[str]:
    """Units by position that are kept for orders ahead of this one, of what came in and they may still look at."""
    connection, tenant_id = work.tx.connection, work.tenant_id
    kept: Counter[str] = Counter()
    skus = backorders.came_in(connection, tenant_id, {position.sku for position in positions})
    for sku in skus:
        place = _row(order, sku, 0).place
        wanted = backorders.wanted_ahead(connection, tenant_id, place, sku, turns_end(work))
        if wanted:
            there = [position for position in positions if position.sku == sku]
            share_out(work, wanted, there, kept)
    return kept


def share_out(
    work: StockWork, wanted: dict[str, int], there: Collection[InventoryPosition], kept: Counter[str]
) -> dict[str, int]:
    """Set units `wanted` (by country) of one SKU aside at positions that serve them, in `kept` by position; what can
    be had of it, by country. Those whom few locations serve come first, and locations that serve few countries."""
    closed = closures.closed_now(work.tx.connection, work.tenant_id)
    where = [each for each in work.tx.locations() if each.id not in closed]
    where.sort(key=lambda each: len(each.serves) or 1_000)
    lots = first_expired_first(each for each in there if may_be_sold(each, work.now))
    had: dict[str, int] = {}
    for country in sorted(wanted, key=lambda name: sum(_serves(each, name) for each in where)):
        need = wanted[country]
        for location in where:
            for lot in lots if _serves(location, country) else ():
                if lot.location_id == location.id:
                    taken = min(need, max(0, lot.available - kept[lot.id]))
                    kept[lot.id] += taken
                    need -= taken
        had[country] = wanted[country] - need
    return had


def _serves(location: Location, country: str) -> bool:
    return not location.serves or country in location.serves
