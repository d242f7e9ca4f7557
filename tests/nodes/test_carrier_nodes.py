"""The papers of a shipment."""

from __future__ import annotations

import base64

import pytest

from tests.house import House

pytestmark = pytest.mark.anyio


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
