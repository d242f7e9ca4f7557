"""Orders as a shop sends them to carriers, and how many calls the cache and coalescing save on them.

A US shop with two warehouses and 60 articles. Most orders are of one article, and few articles make most of the sales;
each goes out in one of six boxes. Customers live in 33,000 ZIP code areas whose populations are spread as those of the
census are (median a quarter of the mean: log-normal with sigma 1.6).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate

from canonical_models import Address, Dimensions, Location, Parcel
from connector_service.adapters.carrier_contract import Rate, RateRequest
from connector_service.carriers.billing import Billing
from connector_service.carriers.shopping import CarrierAccount, RateShop
from connector_service.clock import FakeClock

AREAS = 33_000
SPREAD = 1.6
BOXES = ((180, 130, 50), (250, 180, 80), (300, 220, 120), (350, 250, 180), (450, 300, 250), (600, 400, 300))
WAREHOUSES = (
    Location(id="east", name="East", country="US", region="NJ", city="Avenel", postal_code="07001", wms="northdock"),
    Location(id="west", name="West", country="US", region="CA", city="Irvine", postal_code="92602", wms="northdock"),
)
CARRIERS = ("ups", "fedex", "usps", "dhl_express")
PATIENT = 60.0
"""Seconds: what is saved does not depend on how fast this machine is."""
ANSWER_TIME = timedelta(milliseconds=100)
"""Questions that come while a carrier thinks about the same one share its answer."""


def orders(count: int, seed: int) -> list[RateRequest]:
    """Rate requests in the order they come."""
    rng = random.Random(seed)
    codes = rng.sample(range(501, 99_951), AREAS)
    people = list(accumulate(rng.lognormvariate(0, SPREAD) for _ in codes))
    articles = [(rng.choice((90, 180, 250, 400, 750, 1_400, 2_600)), rng.randrange(4)) for _ in range(60)]
    sales = list(accumulate(1 / rank for rank in range(1, 61)))
    made = []
    for at in range(count):
        (zip_code,) = rng.choices(codes, cum_weights=people)
        units = rng.choices((1, 2, 3), (78, 16, 6))[0]
        bought = rng.choices(articles, cum_weights=sales, k=units)
        made.append(
            _request(at, zip_code, sum(grams for grams, _ in bought), max(box for _, box in bought) + units - 1)
        )
    return made


def _request(number: int, zip_code: int, grams: int, box: int) -> RateRequest:
    length, width, height = BOXES[min(box, len(BOXES) - 1)]
    size = Dimensions(length_mm=length, width_mm=width, height_mm=height)
    return RateRequest(
        reference=f"shp-{number}",
        order_number=f"B{number}",
        ship_from=WAREHOUSES[zip_code > 60_000],
        ship_to=Address(name=f"Customer {number}", line1="1 Main St", postal_code=f"{zip_code:05}", country="US"),
        parcels=(Parcel(parcel_id="P1", weight_g=grams + 60 + 40 * box, dims_mm=size),),
        currency="USD",
        promised_days=3,
    )


@dataclass
class CountingCarrier:
    """Answers in the next turn of the event loop, and counts how often it was asked."""

    slug: str
    calls: int = 0

    async def rates(self, req: RateRequest) -> tuple[Rate, ...]:
        """One offer."""
        self.calls += 1
        await asyncio.sleep(0)
        return (Rate(self.slug, "ground", 900, "USD", 3, ""),)


async def calls_saved(asked: Sequence[RateRequest], per_second: float, billing: Billing | None = None) -> float:
    """The share of carrier calls (orders times carriers) that are not made, for orders coming at a steady pace."""
    clock = FakeClock()
    shop = RateShop(clock)
    carriers = [CountingCarrier(slug) for slug in CARRIERS]
    accounts = [CarrierAccount(each.slug, each, "main", PATIENT, billing) for each in carriers]
    together = max(1, round(per_second * ANSWER_TIME.total_seconds()))
    for begin in range(0, len(asked), together):
        group = asked[begin : begin + together]
        await asyncio.gather(*(shop.shop("bench", accounts, request) for request in group))
        clock.advance(timedelta(seconds=len(group) / per_second))
    return 1 - sum(each.calls for each in carriers) / (len(asked) * len(carriers))
