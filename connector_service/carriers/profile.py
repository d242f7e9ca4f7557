"""What makes two rate questions the same: the shipment profile.

Who is asked for whom, from where to where at the precision the carrier prices by, parcels in the classes it bills, and
everything else of the request that an answer may depend on. The reference, the order's number, names and streets are no
part of it: an answer may serve another order.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

import orjson

from canonical_models import Address, Location, Parcel
from connector_service.adapters.carrier_contract import RateRequest
from connector_service.carriers.billing import GRAM, MILLIMETRE, Billing
from connector_service.geography.postal import name_key, postal_key

ParcelClass = tuple[int, tuple[int, ...]]
"""Billed weight steps, and billed steps of the sides, longest first; no sides when nobody measured them."""

KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class Profile:
    """One question to one carrier. Two questions with equal profiles get one answer.

    `total_weight` is in billed steps too: carriers bill several parcels of an international shipment by their sum.
    """

    tenant_id: str
    carrier: str
    account: str
    ship_from: str
    ship_to: str
    residential: bool | None
    parcels: tuple[ParcelClass, ...]
    total_weight: int
    currency: str
    ship_date: date
    service: str | None
    promised_days: int | None

    def key(self) -> bytes:
        """The profile as 16 bytes, the same in every process."""
        return hashlib.blake2b(orjson.dumps(self), digest_size=KEY_BYTES).digest()


def profile_of(
    tenant_id: str, carrier: str, account: str, request: RateRequest, billing: Billing, today: date
) -> Profile:
    """The profile of a request. `account` tells a tenant's accounts at one carrier apart; `today` is the ship date of a
    request that names none."""
    return Profile(
        tenant_id=tenant_id,
        carrier=carrier,
        account=account,
        ship_from=_zone(request.ship_from, billing),
        ship_to=_zone(request.ship_to, billing),
        residential=_residential(request.ship_to),
        parcels=tuple(sorted(_parcel_class(parcel, billing) for parcel in request.parcels)),
        total_weight=_weight_steps(sum(parcel.weight_g for parcel in request.parcels), billing),
        currency=request.currency,
        ship_date=request.ship_date or today,
        service=request.service,
        promised_days=request.promised_days,
    )


def _zone(place: Location | Address, billing: Billing) -> str:
    """Country and postal key as far as they matter; region and town where there is no postal code."""
    country = place.country
    key = postal_key(country, place.postal_code)
    if not key:
        return f"{country}/{name_key(place.region)}/{name_key(place.city)}"
    return f"{country}-{key[: billing.postal_characters.get(country)]}"


def _residential(address: Address) -> bool | None:
    """As said; where nothing is said an address with a company's name is that of a business, as carriers have it."""
    if address.residential is None and address.company:
        return False
    return address.residential


def _parcel_class(parcel: Parcel, billing: Billing) -> ParcelClass:
    size = parcel.dims_mm
    sides = (size.length_mm, size.width_mm, size.height_mm) if size else ()
    steps = sorted((_started(side * MILLIMETRE, billing.side_step_um) for side in sides), reverse=True)
    return _weight_steps(parcel.weight_g, billing), tuple(steps)


def _weight_steps(grams: int, billing: Billing) -> int:
    return _started(grams * GRAM, billing.weight_step_ug)


def _started(amount: int, step: int) -> int:
    return -(-amount // step)
