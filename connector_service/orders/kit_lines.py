"""Open an order's kits: each part becomes a line of its own below the kit's line."""

from __future__ import annotations

from canonical_models import Order, OrderLine, Product
from connector_service.inventory import kits
from connector_service.orders.work import Work

_LONGEST_ID = 128


def unknown_parts(work: Work, order: Order, products: dict[str, Product]) -> dict[str, str]:
    """The first part of each kit that the catalog does not have, by the kit's line id."""
    parts = {part.sku for product in products.values() for part in product.kit}
    missing = parts - work.tx.products(parts).keys() if parts else set()
    return {
        line.line_id: next(part.sku for part in products[line.sku].kit if part.sku in missing)
        for line in order.lines
        if line.sku in products and any(part.sku in missing for part in products[line.sku].kit)
    }


def open_kits(work: Work, order: Order) -> None:
    """Add the lines of the parts of kits that the catalog defines; a kit whose parts the seller sent stays as it is.

    A part that is a kit itself is taken as a thing that lies on a shelf. The order is not saved.
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
        for at, part in enumerate(product.kit, 1):
            line_id = _free_id(f"{line.line_id}.{at}", taken)
            quantity = line.quantity_ordered * part.quantity
            order.lines.append(
                OrderLine(line_id=line_id, sku=part.sku, quantity_ordered=quantity, parent_line_id=line.line_id)
            )


def _free_id(wanted: str, taken: set[str]) -> str:
    name = wanted[-_LONGEST_ID:]
    while name in taken:
        name = f"{name[-_LONGEST_ID + 2 :]}.p"
    taken.add(name)
    return name
