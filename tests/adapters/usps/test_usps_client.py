from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any

import anyio
import pytest

from connector_service.adapters.carrier_contract import LabelRequest, ManifestRequest
from connector_service.adapters.carriers.usps.client import Usps
from connector_service.adapters.http import Transport, open_client
from connector_service.adapters.http_errors import NotAsked
from connector_service.clock import SystemClock
from connector_service.errors import VendorRejected
from tests.adapters.native_carriers import (
    AUSTIN,
    HALIFAX,
    PORTLAND,
    a_label_request,
    a_rate_request,
    adapter,
)
from tests.contracts.sandbox_process import Sandbox

pytestmark = pytest.mark.anyio

ACCOUNT = {"crid": "12345678", "mid": "900000001"}
PRIORITY = "PRIORITY_MAIL-SP"


@pytest.fixture
async def transport(sandbox: Sandbox) -> AsyncIterator[Transport]:
    sandbox.fresh()
    transport = Transport(open_client(), SystemClock())
    yield transport
    await transport.aclose()


@pytest.fixture
def carrier(sandbox: Sandbox, transport: Transport) -> Usps:
    made = adapter("usps", sandbox, transport, **ACCOUNT)
    assert isinstance(made, Usps)
    return made


async def a_request(carrier: Usps, service: str = PRIORITY, **changes: Any) -> LabelRequest:
    rates = await carrier.rates(a_rate_request(PORTLAND, AUSTIN))
    rate = next(rate for rate in rates if rate.service == service)
    return a_label_request(rate, PORTLAND, AUSTIN, **changes)


async def test_rates_are_dollars_for_parcels_in_our_own_boxes(carrier: Usps) -> None:
    rates = await carrier.rates(a_rate_request(PORTLAND, AUSTIN))
    assert [rate.service for rate in rates] == ["PRIORITY_MAIL_EXPRESS-PA", PRIORITY, "USPS_GROUND_ADVANTAGE-SP"]
    assert {(rate.currency, rate.transit_estimated) for rate in rates} == {("USD", False)}
    assert [rate.transit_days for rate in rates] == [1, 2, 4]
    assert all(rate.cost_minor > 0 for rate in rates)


@pytest.mark.parametrize("code", ["73301", "73301-1234"])
async def test_a_zip_code_may_be_long(carrier: Usps, code: str) -> None:
    assert await carrier.rates(a_rate_request(PORTLAND, AUSTIN.model_copy(update={"postal_code": code})))


async def test_parcels_that_leave_the_country_are_not_carried(carrier: Usps) -> None:
    with pytest.raises(VendorRejected, match="usps would not take this rate"):
        await carrier.rates(a_rate_request(PORTLAND, HALIFAX))


async def test_tokens_are_fetched_once_however_many_labels_are_bought(carrier: Usps, sandbox: Sandbox) -> None:
    request = await a_request(carrier)

    async def buy(reference: str) -> None:
        await carrier.buy_label(a_label_request(request.rate, PORTLAND, AUSTIN, reference=reference))

    async with anyio.create_task_group() as group:
        for number in range(10):
            group.start_soon(buy, f"ref-{number}")
    calls = sandbox.ledger()["calls"]["usps"]
    assert (calls["token"], calls["payment_token"], calls["buy_label"]) == (1, 1, 10)


async def test_without_a_payment_token_no_purchase_is_in_doubt(carrier: Usps, sandbox: Sandbox) -> None:
    request = await a_request(carrier)
    sandbox.put("faults", {"usps": {"only": ["payment_token"], "outage": True}})
    with pytest.raises(NotAsked):
        await carrier.buy_label(request)
    sandbox.put("faults", {"usps": {}})
    assert await carrier.buy_label(request)


async def test_a_label_that_comes_in_parts_is_read_too(
    carrier: Usps, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector_service.adapters.carriers.usps.client.AS_JSON", {"accept": "multipart/form-data"})
    label = await carrier.buy_label(await a_request(carrier, format="pdf"))
    assert base64.b64decode(label.documents[0].content).startswith(b"%PDF")


async def test_the_days_labels_are_on_one_form(carrier: Usps, sandbox: Sandbox) -> None:
    sandbox.put("timing", {"journey": "label_created"})
    request = await a_request(carrier)
    references = ("one", "two")
    labels = [
        await carrier.buy_label(a_label_request(request.rate, PORTLAND, AUSTIN, reference=name)) for name in references
    ]
    asked = ManifestRequest("day-1", PORTLAND, date(2026, 11, 23), tuple(labels))
    manifest = await carrier.close_day(asked)
    assert manifest.tracking_numbers == tuple(label.tracking_number for label in labels)
    assert [(each.kind, each.format) for each in manifest.documents] == [("manifest", "pdf")]
    with pytest.raises(VendorRejected, match="on a form already"):
        await carrier.close_day(asked)


async def test_an_address_is_corrected_ambiguous_or_nowhere(carrier: Usps) -> None:
    corrected = await carrier.check_address(AUSTIN)
    assert (corrected.verdict, corrected.suggestions[0].line1, corrected.residential) == (
        "corrected",
        "12 ELM ST",
        False,
    )
    asked = AUSTIN.model_copy(update={"line1": "12 Elm St", "company": ""})
    valid = await carrier.check_address(asked)
    assert (valid.verdict, valid.residential) == ("valid", True)
    assert valid.suggestions[0].postal_code.startswith("73301-")
    assert (await carrier.check_address(AUSTIN.model_copy(update={"line1": "Elm Street"}))).verdict == "ambiguous"
    nowhere = await carrier.check_address(AUSTIN.model_copy(update={"line1": "1 Nowhere Street"}))
    assert (nowhere.verdict, nowhere.suggestions) == ("invalid", ())
    with pytest.raises(VendorRejected, match="in US only"):
        await carrier.check_address(HALIFAX)


async def test_of_a_long_reference_the_end_is_printed(carrier: Usps, sandbox: Sandbox) -> None:
    reference = "shp_01KZYXWVTSRQPNMJHGFEDCBA98-12"
    label = await carrier.buy_label(await a_request(carrier, reference=reference))
    assert label.reference == reference
    assert sandbox.ledger()["labels"][0]["reference"] == reference[-30:]


async def test_a_receiver_whose_name_has_three_words_gets_the_label(carrier: Usps) -> None:
    request = await a_request(carrier)
    receiver = request.ship_to.model_copy(update={"name": "Customer of N1"})
    label = await carrier.buy_label(replace(request, ship_to=receiver))
    assert label.ship_to.name == "Customer of N1"
