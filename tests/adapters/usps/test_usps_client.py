from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import anyio
import pytest

from canonical_models import TrackingEvent, TrackingType
from connector_service.adapters.carrier_contract import LabelRequest, ManifestRequest, PickupRequest, Unsupported
from connector_service.adapters.carriers.usps.client import Usps
from connector_service.adapters.http import Transport, open_client
from connector_service.clock import SystemClock
from connector_service.errors import NotFound, VendorRejected, VendorUnreachable
from tests.adapters.native_carriers import (
    AUSTIN,
    HALIFAX,
    PARCEL,
    PORTLAND,
    SMALL,
    a_label_request,
    a_rate_request,
    adapter,
)
from tests.contracts.sandbox_process import Sandbox, until

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


async def test_one_service_may_be_asked_for(carrier: Usps) -> None:
    assert [rate.service for rate in await carrier.rates(a_rate_request(PORTLAND, AUSTIN, service=PRIORITY))] == [
        PRIORITY
    ]


@pytest.mark.parametrize("code", ["73301", "73301-1234"])
async def test_a_zip_code_may_be_long(carrier: Usps, code: str) -> None:
    assert await carrier.rates(a_rate_request(PORTLAND, AUSTIN.model_copy(update={"postal_code": code})))


async def test_parcels_that_leave_the_country_are_not_carried(carrier: Usps) -> None:
    with pytest.raises(VendorRejected, match="usps would not take this rate"):
        await carrier.rates(a_rate_request(PORTLAND, HALIFAX))


async def test_several_parcels_are_not_one_purchase(carrier: Usps) -> None:
    with pytest.raises(Unsupported, match="multi piece"):
        await carrier.rates(a_rate_request(PORTLAND, AUSTIN, parcels=(PARCEL, SMALL)))
    with pytest.raises(Unsupported, match="multi piece"):
        await carrier.buy_label(await a_request(carrier, parcels=(PARCEL, SMALL)))


@pytest.mark.parametrize("form", ["zpl", "pdf"])
async def test_a_label_is_what_was_asked_for(carrier: Usps, sandbox: Sandbox, form: str) -> None:
    request = await a_request(carrier, format=form)
    label = await carrier.buy_label(request)
    assert (label.service, label.reference) == (PRIORITY, "shp/1:a b&c")
    assert (label.cost_minor, label.currency, label.weight_g) == (request.rate.cost_minor, "USD", 1_234)
    assert label.ship_to == AUSTIN
    assert carrier.valid_tracking_number(label.tracking_number)
    assert [(each.kind, each.format) for each in label.documents] == [("label", form)]
    assert (label.tracking_number in label.document) == (form == "zpl")
    bought = sandbox.ledger()["labels"][0]
    assert (bought["reference"], bought["order_number"]) == ("shp/1:a b&c", "SO-1")


async def test_a_return_goes_from_the_buyer_to_us(carrier: Usps) -> None:
    label = await carrier.buy_label(await a_request(carrier, is_return=True))
    assert (label.ship_to.city, label.ship_to.name, label.documents[0].kind) == (
        "Portland",
        "Nora North",
        "return_label",
    )


async def test_tokens_are_fetched_once_however_many_labels_are_bought(carrier: Usps, sandbox: Sandbox) -> None:
    request = await a_request(carrier)

    async def buy(reference: str) -> None:
        await carrier.buy_label(a_label_request(request.rate, PORTLAND, AUSTIN, reference=reference))

    async with anyio.create_task_group() as group:
        for number in range(10):
            group.start_soon(buy, f"ref-{number}")
    calls = sandbox.ledger()["calls"]["usps"]
    assert (calls["token"], calls["payment_token"], calls["buy_label"]) == (1, 1, 10)


async def test_tokens_that_are_withdrawn_are_replaced_and_nothing_is_bought_twice(
    carrier: Usps, sandbox: Sandbox
) -> None:
    request = await a_request(carrier)
    await carrier.buy_label(request)
    sandbox.post("withdraw-tokens")
    await carrier.buy_label(a_label_request(request.rate, PORTLAND, AUSTIN, reference="another"))
    assert len(sandbox.ledger()["labels"]) == 2
    assert sandbox.ledger()["calls"]["usps"]["token"] == 2


async def test_without_a_token_no_purchase_is_in_doubt(carrier: Usps, sandbox: Sandbox) -> None:
    request = await a_request(carrier)
    sandbox.put("faults", {"usps": {"only": ["payment_token"], "outage": True}})
    with pytest.raises(VendorUnreachable):
        await carrier.buy_label(request)
    sandbox.put("faults", {"usps": {}})
    assert await carrier.buy_label(request)


@pytest.mark.parametrize("fault", [{"garbage": True}, {"error_rate": 1}, {"empty": True}, {"truncated": True}])
async def test_a_purchase_without_an_answer_is_not_made_twice(
    carrier: Usps, sandbox: Sandbox, fault: dict[str, Any]
) -> None:
    request = await a_request(carrier)
    sandbox.put("faults", {"usps": {**fault, "only": ["buy_label"]}})
    with pytest.raises(VendorUnreachable):
        await carrier.buy_label(request)
    sandbox.put("faults", {"usps": {}})
    with pytest.raises(VendorRejected, match="may have gone through; look for it"):
        await carrier.buy_label(request)
    assert sandbox.ledger()["calls"]["usps"]["buy_label"] == 1


async def test_a_label_that_comes_in_parts_is_read_too(
    carrier: Usps, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector_service.adapters.carriers.usps.client.AS_JSON", {"accept": "multipart/form-data"})
    label = await carrier.buy_label(await a_request(carrier, format="pdf"))
    assert base64.b64decode(label.documents[0].content).startswith(b"%PDF")


async def test_another_parcels_label_cannot_be_read(carrier: Usps, sandbox: Sandbox) -> None:
    request = await a_request(carrier)
    sandbox.put("faults", {"usps": {"other_label": True}})
    with pytest.raises(VendorUnreachable, match="another receiver"):
        await carrier.buy_label(request)


async def test_prices_of_zero_cannot_be_read(carrier: Usps, sandbox: Sandbox) -> None:
    sandbox.put("faults", {"usps": {"zero_rate": True}})
    with pytest.raises(VendorUnreachable, match="zero"):
        await carrier.rates(a_rate_request(PORTLAND, AUSTIN))


async def test_a_label_is_canceled_and_its_reference_is_spent(carrier: Usps, sandbox: Sandbox) -> None:
    sandbox.put("timing", {"journey": "label_created"})
    request = await a_request(carrier)
    label = await carrier.buy_label(request)
    await carrier.void_label(label)
    await carrier.void_label(label)
    assert [each["voided"] for each in sandbox.ledger()["labels"]] == [True]
    with pytest.raises(VendorRejected, match="voided"):
        await carrier.buy_label(request)


async def test_a_collected_parcel_keeps_its_label(carrier: Usps) -> None:
    label = await carrier.buy_label(await a_request(carrier))

    async def collected() -> bool:
        return len(await carrier.track(label.tracking_number)) > 1

    await until(collected)
    with pytest.raises(VendorRejected, match="collected"):
        await carrier.void_label(label)


async def test_scans_come_oldest_first(carrier: Usps, sandbox: Sandbox) -> None:
    sandbox.put("timing", {"speed": 50, "journey": "delivered"})
    label = await carrier.buy_label(await a_request(carrier))

    async def delivered() -> tuple[TrackingEvent, ...] | None:
        events = await carrier.track(label.tracking_number)
        return events if events[-1].type is TrackingType.DELIVERED else None

    events = await until(delivered)
    assert [event.type.value for event in events] == ["label_created", "picked_up", "in_transit", "delivered"]
    assert [event.raw_code for event in events] == ["GX", "03", "10", "01"]


@pytest.mark.parametrize(
    ("scenario", "kind"),
    [
        ("delivery_failed", TrackingType.DELIVERY_FAILED),
        ("delayed", TrackingType.DELAYED),
        ("damaged", TrackingType.DAMAGED),
        ("lost", TrackingType.LOST),
        ("return_to_sender", TrackingType.RETURN_TO_SENDER),
    ],
)
async def test_what_goes_wrong_is_told_apart(
    carrier: Usps, sandbox: Sandbox, scenario: str, kind: TrackingType
) -> None:
    sandbox.put("scenarios", {"SO-1": scenario})
    sandbox.put("timing", {"speed": 50, "journey": "delivered"})
    label = await carrier.buy_label(await a_request(carrier))

    async def happened() -> bool:
        return kind in {event.type for event in await carrier.track(label.tracking_number)}

    assert await until(happened)


async def test_a_number_nobody_gave_out_is_not_found(carrier: Usps) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        await carrier.track("nowhere")


async def test_there_are_no_webhooks(carrier: Usps) -> None:
    with pytest.raises(Unsupported, match="webhooks"):
        carrier.read_webhook({}, b"{}")


async def test_a_pickup_is_ordered_moved_and_called_off(carrier: Usps) -> None:
    ready, close = datetime(2026, 11, 24, 10, tzinfo=UTC), datetime(2026, 11, 24, 17, tzinfo=UTC)
    request = PickupRequest("pickup-1", PORTLAND, ready, close, 2, 1_301)
    confirmed = await carrier.schedule_pickup(request)
    assert str(confirmed.pickup_date) == "2026-11-24"
    later = PickupRequest("pickup-1", PORTLAND, ready.replace(day=25), close.replace(day=25), 3, 2_000)
    moved = await carrier.change_pickup(confirmed, later)
    assert (moved.confirmation, str(moved.pickup_date)) == (confirmed.confirmation, "2026-11-25")
    await carrier.cancel_pickup(moved)
    await carrier.cancel_pickup(moved)
    with pytest.raises(VendorRejected, match="no pickup"):
        await carrier.change_pickup(moved, request)


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


async def test_a_wrong_secret_is_refused_and_not_repeated(sandbox: Sandbox, transport: Transport) -> None:
    wrong = adapter("usps", sandbox, transport, api_key="wrong-key:wrong-secret", **ACCOUNT)
    with pytest.raises(VendorRejected, match="credential") as caught:
        await wrong.rates(a_rate_request(PORTLAND, AUSTIN))
    assert "wrong-" not in repr(caught.value)


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
