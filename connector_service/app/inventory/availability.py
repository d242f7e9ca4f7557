"""Is it available, where, when: over HTTP, for one SKU or many."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from canonical_models import CanonicalModel
from canonical_models.base import Country, UtcDatetime
from connector_service.app.inventory.availability_answer import Facts, Question, SkuAvailability, answer
from connector_service.app.inventory.availability_cache import AvailabilityCache
from connector_service.app.inventory.shipping_days import Destination, serves
from connector_service.app.problems import StrictRoute
from connector_service.app.services import KnownCaller, UsedServices
from connector_service.geography import place
from connector_service.store import stock_queries

router = APIRouter(tags=["inventory"], route_class=StrictRoute)
MAX_SKUS = 1_000


class Questions(CanonicalModel):
    """How much is wanted of which SKUs, and where it would go; without a country all locations are looked at."""

    items: list[Question] = Field(min_length=1, max_length=MAX_SKUS)
    country: Country | None = None
    region: str = Field(default="", max_length=100)
    postal_code: str = Field(default="", max_length=20)
    city: str = Field(default="", max_length=100)


class Availability(CanonicalModel):
    """Answers in the order of the questions, as of a moment."""

    as_of: UtcDatetime
    place_note: str = Field(default="", description="what was used instead of the postal code when that is not known")
    items: list[SkuAvailability]


def gather(cache: AvailabilityCache, tenant_id: str, asked: Questions, now: datetime) -> Facts:
    """What is known of the SKUs asked for and, for kits among them, of their parts."""
    cache.begin()
    skus = [question.sku for question in asked.items]
    products = {sku: cache.product(tenant_id, sku) for sku in skus}
    parts = [part.sku for product in products.values() if product for part in product.kit]
    positions = cache.positions(tenant_id, dict.fromkeys([*skus, *parts]))
    serving = [each for each in cache.locations(tenant_id) if serves(each, asked.country or "")]
    days = {each.id: cache.days.of(each, now) for each in serving}
    there = Destination(asked.country, asked.region, asked.postal_code, asked.city) if asked.country else None
    return Facts(positions, products, serving, days, there, now, now.date().isoformat())


def answers(cache: AvailabilityCache, tenant_id: str, asked: Questions, now: datetime) -> Availability:
    """The answers for one tenant."""
    facts = gather(cache, tenant_id, asked, now)
    waiting = stock_queries.backordered(cache.store.reader, tenant_id, facts.products)
    facts = replace(facts, backordered=waiting)
    there = place(*facts.destination) if facts.destination else None
    return Availability(
        as_of=now, place_note=there.note if there else "", items=[answer(each, facts) for each in asked.items]
    )


@router.get("/v1/availability", summary="Is it available, where, when?")
async def get_availability(
    caller: KnownCaller,
    services: UsedServices,
    sku: Annotated[list[str], Query(min_length=1, max_length=50)],
    quantity: Annotated[int, Query(ge=0, le=1_000_000_000)] = 1,
    country: Annotated[str | None, Query(pattern=r"^[A-Z]{2}$")] = None,
    postal_code: Annotated[str, Query(max_length=20)] = "",
) -> Availability:
    """What is available now of up to 50 SKUs (`sku` once for each), by location, with the day it would ship.

    An answer, not a claim: only an order's reservation holds stock.
    """
    items = [Question(sku=each, quantity=quantity) for each in sku]
    asked = Questions(items=items, country=country, postal_code=postal_code)
    return answers(services.availability, caller.tenant_id, asked, services.store.clock.now())


@router.post("/v1/availability", summary="Is it available, where, when? Many SKUs at once")
async def post_availability(asked: Questions, caller: KnownCaller, services: UsedServices) -> Availability:
    """The same for up to 1,000 SKUs, each with its own quantity."""
    return answers(services.availability, caller.tenant_id, asked, services.store.clock.now())
