"""What may not be sent at all, or not by everyone: the facts that the rules' vetoes stand on, found before choosing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from canonical_models import Address, Parcel, Product
from connector_service.carriers.limits import Limits

_PO_BOX = re.compile(
    r"\b(p\W{0,2}o\W{0,2}|post\s*(office\s*)?|g\W{0,2}p\W{0,2}o\W{0,2})box\b|\bpostfach\b|\bpostbus\b"
    r"|\b(caixa|case|casella|casilla)\s+postal[ei]?\b|\bapartado\s+(postal|de\s+correos)\b|\bbo[iî]te\s+postale\b"
    r"|\bB\.?P\.?\s+\d",
    re.IGNORECASE,
)
_MILITARY_CITY = re.compile(r"^(APO|FPO|DPO)\b", re.IGNORECASE)
_MILITARY_REGIONS = frozenset({"AA", "AE", "AP"})


def is_po_box(address: Address) -> bool:
    """Whether the address is a post office box, in the words of the countries Dockline ships to."""
    return any(_PO_BOX.search(line) for line in (address.line1, address.line2, address.company))


def is_military(address: Address) -> bool:
    """Whether it is an address of the US forces or embassies abroad (APO, FPO, DPO)."""
    if address.country != "US":
        return False
    return address.region.upper() in _MILITARY_REGIONS or bool(_MILITARY_CITY.match(address.city.strip()))


@dataclass(frozen=True, slots=True)
class Packed:
    """What is in the parcels: an article (None when no catalog holds it) and what one of it is worth, minor units."""

    sku: str
    product: Product | None
    value_minor: int


def customs_gaps(goods: Iterable[Packed]) -> tuple[str, ...]:
    """What the customs office would ask for, article by article, in words; nothing when all is there. Goods without a
    country of origin are declared as made where they ship from."""
    gaps = {}
    for each in goods:
        lacking = [] if each.product is not None and each.product.hs_code else ["tariff number (hs_code)"]
        lacking += [] if each.value_minor > 0 else ["price"]
        if lacking:
            gaps[each.sku] = f"{each.sku} has no {' and no '.join(lacking)}"
    return tuple(gaps.values())


def parcel_facts(
    parcels: Sequence[Parcel], ship_to: Address, goods: Sequence[Packed], international: bool
) -> dict[str, Any]:
    """Facts of the shipment, the same for every offer; sizes are None when nobody measured."""
    sides = [sorted((d.length_mm, d.width_mm, d.height_mm)) for d in (each.dims_mm for each in parcels) if d]
    return {
        "weight_g": max((parcel.weight_g for parcel in parcels), default=None),
        "length_mm": max((each[2] for each in sides), default=None),
        "girth_mm": max((each[2] + 2 * (each[0] + each[1]) for each in sides), default=None),
        "po_box": is_po_box(ship_to),
        "military": is_military(ship_to),
        "hazmat": _any(goods, "hazmat"),
        "lithium": _any(goods, "lithium"),
        "international": international,
        "customs_data_complete": not customs_gaps(goods) if international else None,
        "phone_given": bool(ship_to.phone.strip()),
    }


def _any(goods: Sequence[Packed], what: str) -> bool | None:
    """Whether any article has a hazard; None when none has it that is known, and not all are known."""
    if any(each.product is not None and getattr(each.product, what) for each in goods):
        return True
    return False if all(each.product is not None for each in goods) else None


def service_facts(limits: Limits, country: str, international: bool) -> dict[str, Any]:
    """Facts of one service, for a parcel to a country."""
    phone = limits.needs_phone
    return {
        "takes_hazmat": limits.takes_hazmat,
        "takes_lithium": limits.takes_lithium,
        "delivers_to_po_box": limits.delivers_to_po_box,
        "delivers_to_military": limits.delivers_to_military,
        "needs_phone": None if phone is None else phone == "always" or (phone == "abroad" and international),
        "max_weight_g": limits.max_weight_g,
        "max_length_mm": limits.max_length_mm,
        "max_girth_mm": limits.max_girth_mm,
        "serves_country": None if limits.not_served is None else country not in limits.not_served,
    }
