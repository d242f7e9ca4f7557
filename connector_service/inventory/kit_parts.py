"""Kits in the catalog: what a kit comes to when the kits in it are opened, too, and that none is a part of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from canonical_models import Product
from connector_service.errors import InvalidInput
from connector_service.store import Transaction

MOST_PARTS = 100
"""SKUs that a kit comes to."""
MOST_OF_ONE = 10_000
"""Units of one SKU in a kit."""
Find = Callable[[Iterable[str]], Mapping[str, Product]]


def parts_in(kit: Product, find: Find) -> tuple[dict[str, int], str | None]:
    """Units by SKU of what is picked for one kit; kits in it are opened. And the first part that the catalog lacks."""
    found: dict[str, int] = {}
    missing = _open(kit, 1, find, (kit.sku,), found)
    return found, missing


def _open(kit: Product, times: int, find: Find, above: tuple[str, ...], found: dict[str, int]) -> str | None:
    known = find([part.sku for part in kit.kit])
    missing = None
    for part in kit.kit:
        product = known.get(part.sku)
        if part.sku in above:
            path = " > ".join((*above[above.index(part.sku) :], part.sku))
            raise InvalidInput(f"The kit {part.sku} is a part of itself ({path}): leave it out of one of them.")
        if product is not None and product.kit:
            missing = _open(product, times * part.quantity, find, (*above, part.sku), found) or missing
            continue
        missing = missing or (part.sku if product is None else None)
        found[part.sku] = found.get(part.sku, 0) + times * part.quantity
        _check_size(above[0], part.sku, found)
    return missing


def _check_size(kit: str, sku: str, found: Mapping[str, int]) -> None:
    if found[sku] > MOST_OF_ONE or len(found) > MOST_PARTS:
        raise InvalidInput(
            f"One kit {kit} comes to {found[sku]} x {sku} and {len(found)} SKUs when the kits in it are opened; "
            f"{MOST_OF_ONE} of one and {MOST_PARTS} SKUs are the most."
        )


def put_products(tx: Transaction, products: Sequence[Product]) -> None:
    """Add or replace products.

    Raises:
        InvalidInput: with them a kit would be a part of itself, or come to too much; the pointer names it.
    """
    tx.put_products(products)
    if not any(product.kit for product in products):
        return
    for at, product in enumerate(products):
        try:
            parts_in(product, tx.products)
        except InvalidInput as error:
            raise InvalidInput(error.detail, pointer=f"/products/{at}/kit") from None
