"""Send a substitute where a SKU is short and the tenant allows it; the line says what was ordered and why."""

from __future__ import annotations

from collections import Counter

from canonical_models import InventoryPosition, Location, Order, OrderLine, Product, Substitution
from connector_service.inventory import kits
from connector_service.inventory.backorders import kept_for_others
from connector_service.inventory.lots import promisable
from connector_service.inventory.work import stock_settings
from connector_service.orders.changes import change_order
from connector_service.orders.takes import Plan, units_by_line
from connector_service.orders.work import Work


def substitute(work: Work, order: Order, plan: Plan, locations: list[Location]) -> bool:
    """Replace the SKU of lines that a plan leaves short by a substitute that covers them whole; whether one was.

    A line of which something is claimed, that demands a lot or serial numbers, or that was replaced before stays.
    """
    covered = units_by_line(plan)
    lines = kits.open_lines(order)
    short = [line for line in lines if _may_change(line) and covered[line.line_id] < line.quantity_open]
    if not short or not stock_settings(work).substitution:
        return False
    products = work.tx.products(line.sku for line in short)
    free = _free(work, order, {sku for product in products.values() for sku in product.substitutes}, locations)
    for line in lines:
        free[line.sku] -= line.quantity_open
    changed = [line.line_id for line in short if _replace(line, products.get(line.sku), free)]
    if changed:
        words = " ".join(line.substitution.because for line in short if line.substitution is not None)
        change_order(work, order, "substituted", words, lines=changed)
    return bool(changed)


def _may_change(line: OrderLine) -> bool:
    untouched = line.quantity_allocated == 0 and line.substitution is None
    return untouched and line.lot is None and not line.serial_required


def _free(work: Work, order: Order, skus: set[str], locations: list[Location]) -> Counter[str]:
    known = work.tx.products(skus)
    usable = [sku for sku in skus if sku in known and not known[sku].kit]
    here = {location.id for location in locations}
    free: Counter[str] = Counter()
    positions = work.tx.find_by(InventoryPosition, sku=sorted(usable))
    kept = kept_for_others(work, order, positions)
    for position in positions:
        if position.location_id in here:
            plain = OrderLine(line_id="any", sku=position.sku, quantity_ordered=1)
            free[position.sku] += max(0, promisable(plain, position, work.now) - kept[position.id])
    return free


def _replace(line: OrderLine, product: Product | None, free: Counter[str]) -> bool:
    for sku in product.substitutes if product is not None else ():
        if free[sku] >= line.quantity_open:
            free[sku] -= line.quantity_open
            because = f"{line.sku} is short; {sku} is sent in its place, as the catalog allows."
            line.substitution = Substitution(ordered_sku=line.sku, because=because)
            line.sku = sku
            return True
    return False
