"""Is it available, where, when: the answer for one SKU, from positions, locations and the time. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from pydantic import Field

from canonical_models import CanonicalModel, Location, Product
from canonical_models.base import Quantity, Sku
from connector_service.app.inventory.availability_cache import Kept
from connector_service.app.inventory.shipping_days import Days, Destination, arrival

Answer = Literal["one_location", "several_locations", "short", "unknown_sku"]


class Question(CanonicalModel):
    """How much of a SKU is wanted."""

    sku: Sku
    quantity: Quantity = 1


class PlaceAvailability(CanonicalModel):
    """What one location could ship now; dates are the location's own. A kit has no shelf figures of its own."""

    location_id: str
    name: str
    country: str
    available: int = Field(ge=0)
    covers: bool = Field(description="whether it has the whole quantity")
    on_hand: int = 0
    reserved: int = 0
    unavailable: int = 0
    safety_stock: int = Field(default=0, description="kept back from orders")
    in_transit: int = Field(default=0, description="on its way here from another location; not on hand yet")
    ships_on: date = Field(description="when it leaves if it is ordered now, by the location's calendar")
    arrives_on: date | None = Field(
        default=None, description="when it would be there; known when a country is asked for"
    )
    distance_km: int | None = None
    transit_days: int | None = Field(default=None, description="business days on the way")


class SkuAvailability(CanonicalModel):
    """What is available of a SKU in all, and where; `answer` says whether one location is enough for the quantity."""

    sku: str
    quantity: int
    answer: Answer
    available: int = Field(ge=0)
    backordered: int = Field(default=0, ge=0, description="units that orders wait for, which go before new orders")
    locations: list[PlaceAvailability]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known now: positions, products and what orders wait for by SKU; who may ship, when, and where to."""

    positions: Mapping[str, Iterable[Kept]]
    products: Mapping[str, Product | None]
    locations: list[Location]
    days: dict[str, Days]
    destination: Destination | None
    now: datetime
    today: str
    backordered: Mapping[str, int] = field(default_factory=dict)

    @property
    def hold_until(self) -> datetime:
        """From when an answer is another one without any change of stock: a lot expires, or a day ends."""
        midnight = datetime.combine(self.now.date() + timedelta(days=1), time(0), UTC)
        return min([midnight, *(days.until for days in self.days.values())])


def answer(question: Question, facts: Facts) -> SkuAvailability:
    """The answer for one SKU; the locations that have most of it first."""
    product = facts.products.get(question.sku)
    if product is None and not facts.positions.get(question.sku):
        return SkuAvailability(
            sku=question.sku, quantity=question.quantity, answer="unknown_sku", available=0, locations=[]
        )
    found = _kit_places(product, question, facts) if product and product.kit else _places(question, facts)
    found.sort(key=lambda place: (-place.available, place.location_id))
    total = sum(place.available for place in found)
    verdict: Answer = "short"
    if any(place.covers for place in found):
        verdict = "one_location"
    elif total >= question.quantity:
        verdict = "several_locations"
    waiting = facts.backordered.get(question.sku, 0)
    return SkuAvailability(
        sku=question.sku,
        quantity=question.quantity,
        answer=verdict,
        available=total,
        backordered=waiting,
        locations=found,
    )


def _places(question: Question, facts: Facts) -> list[PlaceAvailability]:
    kept = {each.location_id: each for each in facts.positions.get(question.sku, ())}
    return [
        _place(location, question, facts, _available(kept[location.id], facts), kept[location.id])
        for location in facts.locations
        if location.id in kept
    ]


def _kit_places(product: Product, question: Question, facts: Facts) -> list[PlaceAvailability]:
    """A kit is picked from its parts at one location: as many as the scarcest part makes."""
    parts = [
        (part.quantity, {each.location_id: _available(each, facts) for each in facts.positions.get(part.sku, ())})
        for part in product.kit
    ]
    found = []
    for location in facts.locations:
        kits = min(available.get(location.id, 0) // quantity for quantity, available in parts)
        if kits:
            found.append(_place(location, question, facts, kits, Kept(location.id, (), 0, 0, 0, 0, 0)))
    return found


def _available(kept: Kept, facts: Facts) -> int:
    """What may be promised; a lot is good through its expiry date, in UTC, as for a reservation."""
    return sum(available for expires_on, available in kept.lots if expires_on >= facts.today)


def _place(location: Location, question: Question, facts: Facts, available: int, kept: Kept) -> PlaceAvailability:
    ships_on = facts.days[location.id].ships_on
    there = arrival(location, facts.destination, ships_on) if facts.destination else None
    return PlaceAvailability(
        location_id=location.id,
        name=location.name,
        country=location.country,
        available=available,
        covers=available >= question.quantity,
        on_hand=kept.on_hand,
        reserved=kept.reserved,
        unavailable=kept.unavailable,
        safety_stock=kept.safety_stock,
        in_transit=kept.in_transit,
        ships_on=ships_on,
        arrives_on=there.arrives_on if there else None,
        distance_km=there.distance_km if there else None,
        transit_days=there.transit_days if there else None,
    )
