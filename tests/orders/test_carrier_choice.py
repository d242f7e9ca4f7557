"""Which carrier takes a shipment: the price, the promise, past months, what the tenant has settled, and what may be."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from canonical_models import Dimensions, Order, Parcel, Product, Shipment
from connector_service.adapters.carrier_contract import Rate
from connector_service.carriers.settings import CarrierSettings
from connector_service.orders.carrier_choice import Ranking, rank
from connector_service.orders.work import Work
from connector_service.store import carrier_facts, carrier_settings
from connector_service.store.carrier_facts import CarrierFact, Lane
from tests.house import TENANT, House

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
NEW_YORK = {"line1": "350 5th Ave", "city": "New York", "region": "NY", "postal_code": "10118", "country": "US"}
TORONTO = {"line1": "1 King St", "city": "Toronto", "region": "ON", "postal_code": "M5H 1A1", "country": "CA"}
NUMBERS = count(1)
TO_NEW_YORK = Lane("US", "NJ", "US", "NY")


def rate(carrier: str, cost: int = 800, days: int = 3, service: str = "ground", **changes: Any) -> Rate:
    return Rate(carrier, service, cost, changes.pop("currency", "USD"), days, f"Q-{carrier}", **changes)


async def ranked(
    house: House,
    *rates: Rate,
    ship_to: Json | None = None,
    parcel: Json | None = None,
    silent: str = "",
    promised: int = 4,
    price: int = 2_000,
    article: Json | None = None,
    **order: Any,
) -> Ranking:
    """The ranking for a shipment of two tees from New Jersey, paid 20.00 each; `article` says more of the tees, once
    they are allocated."""
    lines = [{"line_id": "1", "sku": "TEE", "quantity_ordered": 2, "unit_price_minor": price}]
    order_id = await house.allocated(f"N{next(NUMBERS)}", lines=lines, **order)
    if article is not None:
        product = Product.model_validate({"sku": "TEE", "weight_g": 180, **article})
        await house.change(lambda work: work.tx.put_products([product]))
    tx = house.store.read(TENANT)
    found, shipment = tx.get(Order, order_id), house.shipments(order_id)[0]
    if ship_to is not None:
        found = Order.model_validate(found.model_dump() | {"ship_to": ship_to})
    packed = {"parcel_id": "P1", "weight_g": 500, **(parcel or {})}
    shipment = Shipment.model_validate(shipment.model_dump() | {"parcels": [packed]})
    work = Work(tx, house.rules.of(TENANT), "tests", answers=lambda tenant, slug: False if slug == silent else None)
    return rank(work, found, shipment, rates, promised)


def names(found: Ranking) -> list[str]:
    return [each.carrier for each in found.offers]


def vetoes(found: Ranking, carrier: str) -> str:
    (offer,) = [each for each in found.details()["offers"] if each["carrier"] == carrier]
    return " ".join(offer["vetoes"])


async def settle(house: House, **settings: Any) -> None:
    body = CarrierSettings.model_validate(settings).model_dump_json()
    await house.change(lambda work: carrier_settings.put(work.tx.connection, TENANT, body))


async def delivered(house: House, carrier: str, days: int, count: int, lane: Lane = TO_NEW_YORK) -> None:
    month = f"{house.clock.now():%Y-%m}"

    def job(work: Work) -> None:
        for at in range(count):
            fact = CarrierFact(f"{carrier}-{days}-{at}", carrier, "ground", lane, month, 3, days, "delivered")
            carrier_facts.record(work.tx.connection, TENANT, fact, work.now)

    await house.change(job)


async def test_an_ordinary_shipment_takes_the_cheapest_offer_in_time(house: House) -> None:
    found = await ranked(house, rate("fedex", 900, 2), rate("usps", 300, 9, "MEDIA_MAIL-SP"), rate("ups", 880, 4))
    assert names(found) == ["ups", "fedex", "usps"]
    assert found.because.startswith("ups ground at 8.80 USD, 4 days: the cheapest in time of 3 offers for a promise")


async def test_what_a_carrier_did_on_the_lane_outweighs_a_small_difference_in_price(house: House) -> None:
    await delivered(house, "ups", days=6, count=60)
    found = await ranked(house, rate("ups", 800), rate("fedex", 900))
    assert names(found) == ["fedex", "ups"]
    kept = {each["carrier"]: each for each in found.details()["offers"]}
    assert (kept["ups"]["parcels_known"], kept["fedex"]["parcels_known"]) == (60, 0)
    assert kept["ups"]["on_time_per_mille"] < 100
    assert kept["fedex"]["on_time_per_mille"] == 950
    assert "CAW-138" in kept["ups"]["rules"]


async def test_three_late_parcels_decide_nothing_yet(house: House) -> None:
    await delivered(house, "ups", days=6, count=3)
    assert names(await ranked(house, rate("ups", 800), rate("fedex", 1_100))) == ["ups", "fedex"]


async def test_a_lane_that_nobody_used_has_the_record_of_the_service_elsewhere(house: House) -> None:
    await delivered(house, "ups", days=6, count=60, lane=Lane("US", "CA", "US", "WA"))
    (offer,) = (await ranked(house, rate("ups"))).details()["offers"]
    assert (offer["parcels_known"], offer["on_time_per_mille"]) == (0, 238)


async def test_months_that_are_long_past_count_no_more(house: House) -> None:
    await delivered(house, "ups", days=6, count=60)
    house.clock.advance(timedelta(days=100))
    (offer,) = (await ranked(house, rate("ups"))).details()["offers"]
    assert offer["on_time_per_mille"] == 950


async def test_a_price_in_another_currency_is_compared_by_the_tenants_rate_only(house: House) -> None:
    offers = (rate("ups", 900), rate("dhl_express", 500, currency="EUR"))
    phone = {**NEW_YORK, "phone": "+1 555 0100"}
    without = await ranked(house, *offers, ship_to=phone)
    assert names(without) == ["ups", "dhl_express"]
    assert without.because.endswith("Offers without a rate of exchange to USD come last.")
    await settle(house, exchange_rates=[{"from_currency": "EUR", "to_currency": "USD", "rate": "1.1"}])
    found = await ranked(house, *offers, ship_to=phone)
    assert names(found) == ["dhl_express", "ups"]
    assert [each["compared_minor"] for each in found.details()["offers"]] == [550, 900]


async def test_a_carrier_over_its_share_of_the_month_gives_way(house: House) -> None:
    await settle(house, mix={"ups": 100})
    found = await ranked(house, rate("ups", 800), rate("fedex", 850))
    assert names(found) == ["fedex", "ups"]
    assert [each["mix_over_per_mille"] for each in found.details()["offers"]] == [100, 900]


async def test_an_agreement_is_found_by_the_service_level_else_by_the_priority(house: House) -> None:
    await settle(house, service_levels={"standard": {"transit_days": 2}, "gold": {"transit_days": 1}})
    offers = (rate("slow", 800, 3), rate("fast", 1_200, 1))
    assert names(await ranked(house, *offers)) == ["slow", "fast"]
    assert names(await ranked(house, *offers, service_level="gold")) == ["fast", "slow"]
    assert names(await ranked(house, *offers, service_level="unheard-of")) == ["slow", "fast"]


async def test_a_carrier_that_does_not_answer_is_taken_only_when_nobody_else_is_there(house: House) -> None:
    old = rate("ups", 500, source="cached")
    assert names(await ranked(house, old, rate("fedex", 900), silent="ups")) == ["fedex", "ups"]
    assert names(await ranked(house, old, silent="ups")) == ["ups"]


@pytest.mark.parametrize(
    ("ship_to", "out", "rule"),
    [
        ({"line1": "P.O. Box 12"}, "ups", "CAV-010"),
        ({"city": "APO", "region": "AE", "postal_code": "09012"}, "ups", "CAV-012"),
    ],
)
async def test_addresses_that_a_carrier_cannot_reach_are_left_to_the_postal_service(
    house: House, ship_to: Json, out: str, rule: str
) -> None:
    offers = (rate("ups", 100), rate("usps", 800, service="USPS_GROUND_ADVANTAGE-SP"))
    found = await ranked(house, *offers, ship_to={**NEW_YORK, **ship_to})
    assert names(found) == ["usps"]
    assert rule in vetoes(found, out)
    assert "ups ground is out" in found.because


async def test_a_country_that_a_carrier_does_not_go_to_is_out(house: House) -> None:
    moscow = {**TORONTO, "country": "RU"}
    found = await ranked(house, rate("ups"), rate("swiftparcel"), ship_to=moscow, article={"hs_code": "610910"})
    assert "CAV-015" in vetoes(found, "ups")
    assert names(found) == ["swiftparcel"]


@pytest.mark.parametrize(("hazard", "rule"), [("hazmat", "CAV-020"), ("lithium", "CAV-025")])
async def test_dangerous_goods_go_only_with_who_may_and_an_agreement_changes_who_that_is(
    house: House, hazard: str, rule: str
) -> None:
    offers = (rate("dhl_express", 900, service="P"), rate("swiftparcel", 100))
    phone = {**NEW_YORK, "phone": "+1 555 0100"}
    nobody = await ranked(house, *offers, ship_to=phone, article={hazard: True})
    assert names(nobody) == []
    assert rule in vetoes(nobody, "dhl_express")
    assert nobody.because.startswith("None of 2 offers may be taken.")
    await settle(house, limits={"dhl_express": {f"takes_{hazard}": True}})
    await house.change(lambda work: work.tx.put_products([Product(sku="TEE", weight_g=180)]))
    assert names(await ranked(house, *offers, ship_to=phone, article={hazard: True})) == ["dhl_express"]


async def test_abroad_without_a_tariff_number_nobody_takes_it_and_the_words_say_what_is_missing(house: House) -> None:
    found = await ranked(house, rate("ups"), ship_to={**TORONTO, "phone": "+1 555 0100"})
    assert names(found) == []
    assert "Customs: TEE has no tariff number (hs_code). Put what is missing into the catalog" in found.because
    assert found.evidence()["customs_data_missing"] == ["TEE has no tariff number (hs_code)"]
    assert "CAV-030" in found.evidence()["vetoes"]["ups ground"][0]


async def test_abroad_with_everything_the_customs_office_asks_for_it_goes(house: House) -> None:
    known = {"hs_code": "610910"}
    abroad = {**TORONTO, "phone": "+1 555 0100"}
    assert names(await ranked(house, rate("ups"), ship_to=abroad, article=known)) == ["ups"]
    free = await ranked(house, rate("ups"), ship_to=abroad, price=0)
    assert free.customs == ("TEE has no price",)
    no_phone = await ranked(house, rate("ups"), ship_to=TORONTO)
    assert "CAV-040" in vetoes(no_phone, "ups")


@pytest.mark.parametrize(
    ("parcel", "rule"),
    [
        ({"weight_g": 31_752}, "CAV-050"),
        ({"dims_mm": {"length_mm": 2_744, "width_mm": 10, "height_mm": 10}}, "CAV-055"),
        ({"dims_mm": {"length_mm": 1_000, "width_mm": 600, "height_mm": 400}}, "CAV-057"),
    ],
)
async def test_what_is_too_heavy_too_long_or_too_bulky_for_a_service_is_out(
    house: House, parcel: Json, rule: str
) -> None:
    offers = (rate("usps", 100, service="PRIORITY_MAIL-SP"), rate("ups", 900))
    found = await ranked(house, *offers, parcel=parcel)
    assert rule in vetoes(found, "usps")


async def test_every_offer_kept_in_the_event_has_its_decision(house: House) -> None:
    offers = [rate(f"carrier-{at}", 800 + at) for at in range(9)]
    order_id = await house.allocated()
    kept: list[Json] = []

    def job(work: Work) -> None:
        order = work.tx.get(Order, order_id)
        (shipment,) = work.tx.find_by(Shipment, order_id=order_id)
        shipment.parcels = [
            Parcel(parcel_id="P", weight_g=400, dims_mm=Dimensions(length_mm=1, width_mm=1, height_mm=1))
        ]
        work.tx.save(shipment, "shipment.corrected", {})
        kept.append(rank(work, order, shipment, offers, 4).kept(work, order, shipment))

    await house.change(job)
    (details,) = kept
    assert [each["carrier"] for each in details["offers"]] == [f"carrier-{at}" for at in range(6)]
    assert (details["left_out"], details["rule_versions"]) == (3, ["1.1.0"])
    assert [each["chosen"] for each in details["offers"]] == [True] + [False] * 5
    decisions = {each.id: each for each in house.store.read(TENANT).decisions(house.shipments(order_id)[0].id)}
    for each in details["offers"]:
        assert decisions[each["decision"]].facts["carrier"] == each["carrier"]
        assert decisions[each["decision"]].file_id == "carrier-choice"
