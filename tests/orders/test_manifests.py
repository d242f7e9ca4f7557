"""The end of a day: every label is handed over once, by the carrier's list or by ours."""

from __future__ import annotations

from typing import Any

import pytest

from connector_service.store import documents
from tests.house import TENANT, House, check_house
from tests.orders.native_account import only_carrier, rated

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def close(house: House, carrier: str = "swiftparcel") -> Json:
    answer = await house.one("manifest.close", carrier=carrier, location_id="east")
    made: Json = answer["output"]
    return made


async def test_a_carrier_without_manifests_gets_a_list_as_pdf_and_csv(full_house: House) -> None:
    await only_carrier(full_house, "swiftparcel")
    shipment = await full_house.labelled()
    made = await close(full_house)
    assert (made["made_by"], made["part"]) == ("dockline", 1)
    assert [line["shipment_id"] for line in made["lines"]] == [shipment.id]
    read = {
        paper["format"]: documents.read(full_house.store.reader, TENANT, paper["hash"])[1]
        for paper in made["documents"]
    }
    assert read["pdf"].startswith(b"%PDF")
    assert shipment.label is not None
    assert shipment.label.tracking_number.encode() in read["csv"]


async def test_closing_again_gives_the_same_list_and_what_came_later_is_on_the_next(full_house: House) -> None:
    await only_carrier(full_house, "swiftparcel")
    await full_house.labelled("N1")
    first = await close(full_house)
    assert await close(full_house) == first
    later = await full_house.labelled("N2", ("MUG", 1))
    second = await close(full_house)
    assert (second["part"], [line["shipment_id"] for line in second["lines"]]) == (2, [later.id])
    check_house(full_house.store)


async def test_a_day_without_labels_is_refused_in_words(full_house: House) -> None:
    error = await full_house.refused("manifest.close", carrier="swiftparcel", location_id="east")
    assert (error["status"], "nothing to hand over" in error["detail"]) == (409, True)
    error = await full_house.refused("manifest.close", carrier="swiftparcel", location_id="nowhere")
    assert (error["status"], "east" in error["detail"]) == (404, True)
    error = await full_house.refused("manifest.close", carrier="pigeon", location_id="east")
    assert error["pointer"] == "/carrier"


async def test_a_carrier_with_manifests_makes_the_list_itself(full_house: House) -> None:
    shipment = await rated(full_house, "usps", crid="12345678", mid="901234567", manifest_mid="901234567")
    answer = await full_house.through(shipment.id, "buy_label")
    assert answer["status"] == "done", answer["exception"]["message"]
    made = await close(full_house, "usps")
    assert (made["made_by"], len(made["lines"])) == ("carrier", 1)
