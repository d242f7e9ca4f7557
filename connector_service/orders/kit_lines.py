"""Open an order's kits: each part becomes a line of its own below the kit's line."""

from __future__ import annotations

from canonical_models import Order, OrderLine, Product
from connector_service.inventory import kits
from connector_service.inventory.kit_parts import parts_in
from connector_service.orders.work import Work

_LONGEST_ID = 128


def unknown_parts(work: Work, order: Order, products: dict[str, Product]) -> dict[str, str]:
    """The first part of each kit, or of a kit in it, that the catalog does not have, by the kit's line id."""
    if not any(product.kit for product in products.values()):
        return {}
    found = {
        line.line_id: parts_in(products[line.sku], work.tx.products)[1] for line in order.lines if line.sku in products
    }
    return {line_id: sku for line_id, sku in found.items() if sku is not None}


def open_kits(work: Work, order: Order) -> None:
    """Add the lines of the parts of kits that the catalog defines; a kit whose parts the seller sent stays as it is.

    A part that is a kit itself is opened, too: its parts are lines of the kit that was ordered. The order is not saved.
    """
    products = work.tx.products(line.sku for line in order.lines)
    if not any(product.kit for product in products.values()):
        return
    opened = kits.parts_of(order)
    taken = {line.line_id for line in order.lines}
    for line in list(order.lines):
        product = products.get(line.sku)
        if product is None or line.line_id in opened or line.parent_line_id is not None:
            continue
        for at, (sku, units) in enumerate(parts_in(product, work.tx.products)[0].items(), 1):
            line_id = _free_id(f"{line.line_id}.{at}", taken)
            quantity = line.quantity_ordered * units
            order.lines.append(
                OrderLine(line_id=line_id, sku=sku, quantity_ordered=quantity, parent_line_id=line.line_id)
            )


def _free_id(wanted: str, taken: set[str]) -> str:
    name = wanted[-_LONGEST_ID:]
    while name in taken:
        name = f"{name[-_LONGEST_ID + 2 :]}.p"
    taken.add(name)
    return name
