"""The papers of a shipment, and what waits to be handed over."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from canonical_models import Shipment
from tests.house import House

pytestmark = pytest.mark.anyio


async def shipped_today(house: House) -> Shipment:
    """A shipment whose label was bought on the house's own day: carriers tell the time by their own clocks."""
    shipment = await house.shipped()
    assert shipment.label is not None
    house.clock.advance(shipment.label.bought_at - house.clock.now())
    return shipment


async def test_the_papers_of_a_shipment_can_be_printed_as_they_come(full_house: House) -> None:
    shipment = await full_house.labelled()
    papers = (await full_house.one("shipment.get_documents", shipment_id=shipment.id))["output"]
    assert papers["tracking_numbers"] == [papers["tracking_number"]]
    for paper in papers["documents"]:
        alone = (await full_house.one("document.get", hash=paper["hash"]))["output"]
        assert alone.items() <= paper.items()
        content = paper["content"]
        raw = content.encode() if paper["format"] == "zpl" else base64.b64decode(content, validate=True)
        assert len(raw) == paper["size"]
    assert papers["documents"] or papers["label_url"].startswith("http")


async def test_a_shipment_without_a_label_has_no_papers(full_house: House) -> None:
    shipment = await full_house.packed()
    papers = (await full_house.one("shipment.get_documents", shipment_id=shipment.id))["output"]
    assert (papers["documents"], papers["tracking_numbers"], papers["currency"]) == ([], [], None)


async def test_a_document_that_nobody_kept_is_not_found(house: House) -> None:
    assert (await house.refused("document.get", hash="0" * 64))["status"] == 404


async def test_what_was_labelled_today_waits_for_its_carrier_and_location(full_house: House) -> None:
    assert (await full_house.one("manifest.waiting"))["output"] == {"waiting": []}
    shipment = await shipped_today(full_house)
    (waiting,) = (await full_house.one("manifest.waiting"))["output"]["waiting"]
    expected = {"carrier": shipment.carrier, "location_id": shipment.location_id, "service": shipment.service}
    assert expected.items() <= waiting.items()
    weight = sum(parcel.weight_g for parcel in shipment.parcels)
    assert (waiting["shipments"], waiting["parcels"], waiting["weight_g"]) == (1, 1, weight)


async def test_what_was_labelled_yesterday_does_not_wait_today(full_house: House) -> None:
    await shipped_today(full_house)
    full_house.clock.advance(timedelta(days=1))
    assert (await full_house.one("manifest.waiting"))["output"] == {"waiting": []}


async def test_what_is_on_a_list_waits_no_more(full_house: House) -> None:
    shipment = await shipped_today(full_house)
    place = {"carrier": shipment.carrier, "location_id": shipment.location_id}
    await full_house.one("manifest.close", **place)
    assert (await full_house.one("manifest.waiting"))["output"] == {"waiting": []}
