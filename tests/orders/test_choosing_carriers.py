"""Which offer a shipment takes: the rules' best, or the one somebody names."""

from __future__ import annotations

import pytest

from tests.house import TENANT, House, check_house

pytestmark = pytest.mark.anyio


async def test_rating_ranks_the_offers_and_keeps_the_reasons(full_house: House) -> None:
    shipment = await full_house.packed()
    await full_house.through(shipment.id, "rate")
    events = full_house.store.read(TENANT).stream(shipment.id)
    (rated,) = [event for event in events if event.type == "dockline.shipment.rated.v1"]
    best = full_house.shipment(shipment.id).offers[0]
    chosen = [offer for offer in rated.data["choice"]["offers"] if offer["chosen"]]
    assert [(offer["carrier"], offer["service"]) for offer in chosen] == [(best.carrier, best.service)]
    assert best.carrier in rated.data["because"]


async def test_an_offer_that_is_named_goes_first_and_is_bought(full_house: House) -> None:
    shipment = await full_house.packed()
    await full_house.through(shipment.id, "check_post_pick", "check_packing", "rate")
    other = full_house.shipment(shipment.id).offers[-1]
    answer = await full_house.one(
        "shipment.choose_carrier", shipment_id=shipment.id, carrier=other.carrier, service=other.service
    )
    assert answer["status"] == "done"
    await full_house.through(shipment.id, "buy_label")
    kept = full_house.shipment(shipment.id)
    assert (kept.carrier, kept.service) == (other.carrier, other.service)
    check_house(full_house.store)


async def test_without_a_name_the_rules_choose_again(full_house: House) -> None:
    shipment = await full_house.packed()
    await full_house.through(shipment.id, "rate")
    best, other = full_house.shipment(shipment.id).offers[0], full_house.shipment(shipment.id).offers[-1]
    await full_house.one("shipment.choose_carrier", shipment_id=shipment.id, carrier=other.carrier)
    await full_house.through(shipment.id, "choose_carrier")
    assert full_house.shipment(shipment.id).offers[0] == best


async def test_an_offer_that_nobody_made_is_refused_with_those_there_are(full_house: House) -> None:
    shipment = await full_house.packed()
    error = await full_house.refused("shipment.choose_carrier", shipment_id=shipment.id)
    assert "rate it first" in error["detail"]
    await full_house.through(shipment.id, "rate")
    error = await full_house.refused("shipment.choose_carrier", shipment_id=shipment.id, carrier="ups")
    assert (error["pointer"], "terrapost" in error["detail"]) == ("/carrier", True)
