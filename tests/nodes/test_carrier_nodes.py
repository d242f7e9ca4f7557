"""Choosing among a shipment's offers, and its papers."""

from __future__ import annotations

import base64

import pytest

from tests.house import House, Json

pytestmark = pytest.mark.anyio


async def rated(house: House) -> str:
    shipment = await house.packed()
    await house.through(shipment.id, "check_post_pick", "check_packing", "rate")
    return shipment.id


async def chosen(house: House, shipment_id: str, **narrow: str) -> Json:
    answer = await house.one("shipment.choose_carrier", shipment_id=shipment_id, **narrow)
    choice: Json = answer["output"]["choice"]
    return choice


async def test_the_best_offer_by_the_rules_is_bought_and_every_offer_says_how_it_was_judged(full_house: House) -> None:
    shipment_id = await rated(full_house)
    offered = {(offer.carrier, offer.service) for offer in full_house.shipment(shipment_id).offers}
    choice = await chosen(full_house, shipment_id)
    assert {(each["carrier"], each["service"]) for each in choice["offers"]} == offered
    assert [each["carrier"] for each in choice["offers"] if each["chosen"]] == [choice["carrier"]]
    assert choice["because"].startswith(f"{choice['carrier']} {choice['service']}")
    bought = await full_house.through(shipment_id, "buy_label")
    assert (bought["output"]["carrier"], bought["output"]["service"]) == (choice["carrier"], choice["service"])


async def test_a_flow_that_names_a_carrier_gets_its_best_offer_and_the_others_stay_behind(full_house: House) -> None:
    shipment_id = await rated(full_house)
    before = full_house.shipment(shipment_id).offers
    other = next(offer.carrier for offer in before if offer.carrier != before[0].carrier)
    choice = await chosen(full_house, shipment_id, carrier=other)
    assert (choice["carrier"], choice["because"].startswith(f"The flow asks for {other}.")) == (other, True)
    after = full_house.shipment(shipment_id).offers
    assert sorted(after, key=str) == sorted(before, key=str)
    assert (await full_house.through(shipment_id, "buy_label"))["output"]["carrier"] == other


async def test_choosing_twice_is_choosing_once(full_house: House) -> None:
    shipment_id = await rated(full_house)
    first, version = await chosen(full_house, shipment_id), full_house.shipment(shipment_id).version
    assert (await chosen(full_house, shipment_id), full_house.shipment(shipment_id).version) == (first, version)


async def test_a_carrier_that_offers_nothing_is_refused_with_those_that_do(full_house: House) -> None:
    shipment_id = await rated(full_house)
    error = await full_house.refused("shipment.choose_carrier", shipment_id=shipment_id, carrier="ups")
    assert error["status"] == 409
    assert full_house.shipment(shipment_id).offers[0].carrier in error["detail"]


async def test_what_is_not_rated_is_not_chosen_for_and_what_has_its_label_stays_as_it_is(full_house: House) -> None:
    shipment = await full_house.packed()
    assert "rate it first" in (await full_house.refused("shipment.choose_carrier", shipment_id=shipment.id))["detail"]
    await full_house.through(shipment.id, "check_post_pick", "check_packing", "rate", "buy_label")
    assert await chosen(full_house, shipment.id) is None


async def test_the_papers_of_a_shipment_can_be_printed_as_they_come(full_house: House) -> None:
    shipment = await full_house.labelled()
    papers = (await full_house.one("shipment.get_documents", shipment_id=shipment.id))["output"]
    assert papers["tracking_numbers"] == [papers["tracking_number"]]
    for paper in papers["documents"]:
        content = paper["content"]
        raw = content.encode() if paper["format"] == "zpl" else base64.b64decode(content, validate=True)
        assert len(raw) == paper["size"]
    assert papers["documents"] or papers["label_url"].startswith("http")


async def test_a_shipment_without_a_label_has_no_papers(full_house: House) -> None:
    shipment = await full_house.packed()
    papers = (await full_house.one("shipment.get_documents", shipment_id=shipment.id))["output"]
    assert (papers["documents"], papers["tracking_numbers"], papers["currency"]) == ([], [], None)
