"""Rates agreed with carriers, and scans of a carrier without an API, over HTTP."""

from __future__ import annotations

import httpx
import pytest

from canonical_models import TrackingType
from connector_service.adapters.carrier_contract import LabelRequest
from tests.app.conftest import Api
from tests.carriers.questions import a_request
from tests.rate_tables.test_reading import CSV, a_document

pytestmark = pytest.mark.anyio
RATES = "/v1/carriers/regional/rates"


async def put_csv(client: httpx.AsyncClient, text: str | bytes, path: str = RATES) -> httpx.Response:
    return await client.put(path, content=text, headers={"content-type": "text/csv; charset=utf-8"})


async def test_a_table_is_kept_and_the_one_in_force_is_marked(api: Api) -> None:
    answer = await api.mine.put(RATES, json=a_document())
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["services"], said["zones"], said["currency"]) == (["standard", "express"], ["near", "far"], "EUR")
    assert (said["valid_from"], said["valid_until"]) == ("2026-01-01", None)
    await api.mine.put(RATES, json=a_document(valid_from="2027-01-01"))
    listed = (await api.mine.get(RATES)).json()["tables"]
    assert [(each["valid_from"], each["in_force"]) for each in listed] == [("2026-01-01", True), ("2027-01-01", False)]
    assert listed[0]["table"]["zones"][0]["ship_to"] == ["DE:24", "DE:25"]
    assert listed[0]["put_by"] == "flows"


async def test_csv_is_taken_too_and_replaces_the_table_of_that_day(api: Api) -> None:
    await api.mine.put("/v1/carriers/terrapost/rates", json=a_document(fuel_surcharge_per_mille=0))
    answer = await put_csv(api.mine, CSV, "/v1/carriers/terrapost/rates")
    assert answer.status_code == 200, answer.text
    (only,) = (await api.mine.get("/v1/carriers/terrapost/rates")).json()["tables"]
    assert only["table"]["fuel_surcharge_per_mille"] == 125
    assert only["hash"] == answer.json()["hash"]


@pytest.mark.parametrize(
    ("body", "content_type", "pointer"),
    [
        (b"{", "application/json", ""),
        (b'{"currency": "EUR"}', "application/json", "/valid_from"),
        (b"[]", "", ""),
        (CSV.replace("4.90", "x").encode(), "text/csv", "/2/cost"),
        (CSV.encode().replace(b"far,DE", b"f\xfcr,DE"), "TEXT/CSV", "/4"),
        (b"", "text/csv", "/1"),
    ],
)
async def test_a_mistake_is_named_and_leaves_all_as_it_is(
    api: Api, body: bytes, content_type: str, pointer: str
) -> None:
    await api.mine.put(RATES, json=a_document())
    before = (await api.mine.get(RATES)).json()
    answer = await api.mine.put(RATES, content=body, headers={"content-type": content_type})
    assert (answer.status_code, answer.json()["pointer"]) == (422, pointer)
    assert (await api.mine.get(RATES)).json() == before


async def test_an_unknown_carrier_is_refused_with_the_known_ones(api: Api) -> None:
    for answer in (
        await api.mine.get("/v1/carriers/pigeon/rates"),
        await api.mine.put("/v1/carriers/pigeon/rates", json=a_document()),
    ):
        assert (answer.status_code, answer.json()["pointer"]) == (422, "/slug")
        assert "regional" in answer.json()["detail"]


async def test_another_tenant_sees_nothing_of_it_and_nobody_without_a_key(api: Api) -> None:
    await api.mine.put(RATES, json=a_document())
    assert (await api.other.get(RATES)).json()["tables"] == []
    assert (await api.nobody.get(RATES)).status_code == 401
    assert (await api.nobody.put(RATES, json=a_document())).status_code == 401


async def a_parcel(api: Api) -> str:
    """The number of a parcel with the second tenant's regional carrier."""
    connected = await api.other.put("/v1/connections/regional", json={"settings": {"webhook_secret": "hush"}})
    assert connected.status_code == 200, connected.text
    await api.other.put(RATES, json=a_document())
    carrier = api.services.systems.of("other").carrier("regional")
    asked = a_request()
    (rate, *_) = await carrier.rates(asked)
    request = LabelRequest("shp-9", rate, "N9", asked.ship_from, asked.ship_to, asked.parcels)
    return (await carrier.buy_label(request)).tracking_number


def a_scan(number: str, kind: str = "picked_up") -> dict[str, str]:
    return {
        "event_id": f"{number}-{kind}",
        "tracking_number": number,
        "type": kind,
        "occurred_at": "2026-11-09T08:00:00+01:00",
        "place": "Kiel",
    }


async def test_scans_told_by_hand_are_kept_once(api: Api) -> None:
    number = await a_parcel(api)
    for news in (1, 0):
        answer = await api.other.post("/v1/carriers/regional/scans", json={"scans": [a_scan(number)]})
        assert (answer.status_code, answer.json()) == (200, {"news": news, "scans": 1})
    events = await api.services.systems.of("other").carrier("regional").track(number)
    assert [event.type for event in events] == [TrackingType.LABEL_CREATED, TrackingType.PICKED_UP]


async def test_a_scan_of_no_parcel_is_refused_and_nothing_is_kept(api: Api) -> None:
    number = await a_parcel(api)
    scans = [a_scan(number, "delivered"), a_scan("RG00000000990018")]
    answer = await api.other.post("/v1/carriers/regional/scans", json={"scans": scans})
    assert answer.status_code == 404
    events = await api.services.systems.of("other").carrier("regional").track(number)
    assert TrackingType.DELIVERED not in {event.type for event in events}


async def test_scans_are_told_by_hand_of_carriers_without_an_api_only(api: Api) -> None:
    answer = await api.other.post("/v1/carriers/swiftparcel/scans", json={"scans": [a_scan("SW1")]})
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/slug")
