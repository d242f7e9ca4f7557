"""What parcels cost by a rate table; pure, a few microseconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from canonical_models import Address, Location, Parcel
from connector_service.rate_tables.table import RateTable, ZonePrices


@dataclass(frozen=True, slots=True)
class Price:
    """What all parcels of a shipment cost together by one service, surcharge included."""

    service: str
    zone: str
    cost_minor: int
    currency: str
    transit_days: int


def valid_on(tables: Sequence[RateTable], day: date) -> RateTable | None:
    """The table in force on a day: of several that hold, the one that began last."""
    return max((table for table in tables if table.holds(day)), key=lambda table: table.valid_from, default=None)


def prices(
    table: RateTable, ship_from: Location, ship_to: Address, parcels: Sequence[Parcel], service: str | None = None
) -> tuple[Price, ...]:
    """The price of each service that takes all the parcels (of one `service` only, when given), in the table's order.

    Each parcel is priced for itself. Nothing when the table does not serve the lane, or a parcel is too heavy.
    """
    zone = table.zone_of((ship_from.country, ship_from.postal_code), (ship_to.country, ship_to.postal_code))
    billed = [billed_g(parcel, table.volume_divisor) for parcel in parcels]
    found = []
    for offered in table.services if zone and billed else ():
        where = next((each for each in offered.prices if each.zone == zone), None)
        if where is not None and service in (None, offered.service):
            cost = _cost(where, billed)
            if cost is not None:
                total = with_surcharge(cost, table.fuel_surcharge_per_mille)
                found.append(Price(offered.service, where.zone, total, table.currency, where.transit_days))
    return tuple(found)


def _cost(where: ZonePrices, billed: Sequence[int]) -> int | None:
    total = 0
    for grams in billed:
        cost = where.cost_minor(grams)
        if cost is None:
            return None
        total += cost
    return total


def billed_g(parcel: Parcel, volume_divisor: int | None) -> int:
    """The grams that are billed: the real weight, or the volume's when that is more; rounded up to whole grams."""
    size = parcel.dims_mm
    if volume_divisor is None or size is None:
        return parcel.weight_g
    # Cubic centimetres per kg are cubic millimetres per gram.
    volume = size.length_mm * size.width_mm * size.height_mm
    return max(parcel.weight_g, -(-volume // volume_divisor))


def with_surcharge(cost_minor: int, per_mille: int) -> int:
    """The cost with the surcharge, halves rounded up."""
    return (cost_minor * (1_000 + per_mille) + 500) // 1_000
