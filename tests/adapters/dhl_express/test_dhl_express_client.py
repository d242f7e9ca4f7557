from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import anyio
import pytest

from canonical_models import Address, TrackingEvent, TrackingType
from connector_service.adapters.carrier_contract import LabelRequest, PickupRequest, Unsupported
from connector_service.adapters.carriers.dhl_express.client import DhlExpress
from connector_service.adapters.http import Transport, open_client
from connector_service.clock import SystemClock
from connector_service.errors import NotFound, VendorRejected, VendorUnreachable
from tests.adapters.native_carriers import (
    AUSTIN,
    GOODS,
    KIEL,
    LYON,
    PARCEL,
    SMALL,
    a_label_request,
    a_rate_request,
    adapter,
)
from tests.contracts.sandbox_process import Sandbox, until

pytestmark = pytest.mark.anyio


@pytest.fixture
async def transport(sandbox: Sandbox) -> AsyncIterator[Transport]:
    sandbox.fresh()
    transport = Transport(open_client(), SystemClock())
    yield transport
    await transport.aclose()


@pytest.fixture
def carrier(sandbox: Sandbox, transport: Transport) -> DhlExpress:
    made = adapter("dhl_express", sandbox, transport)
    assert isinstance(made, DhlExpress)
    return made


async def a_request(
    carrier: DhlExpress, to: Address = LYON, service: str | None = None, **changes: Any
) -> LabelRequest:
    rates = await carrier.rates(a_rate_request(KIEL, to))
    rate = next(rate for rate in rates if service in (None, rate.service))
    return a_label_request(rate, KIEL, to, **changes)


async def test_rates_are_in_the_currency_of_the_account(carrier: DhlExpress) -> None:
    rates = await carrier.rates(a_rate_request(KIEL, LYON, currency="JPY"))
    assert [rate.service for rate in rates] == ["E", "Y", "U", "H"]
    assert {rate.currency for rate in rates} == {"EUR"}
    assert all(rate.cost_minor > 0 and rate.transit_days > 0 and not rate.transit_estimated for rate in rates)


async def test_one_service_may_be_asked_for(carrier: DhlExpress) -> None:
    assert [rate.service for rate in await carrier.rates(a_rate_request(KIEL, LYON, service="U"))] == ["U"]


async def test_every_gram_counts(carrier: DhlExpress, sandbox: Sandbox) -> None:
    label = await carrier.buy_label(await a_request(carrier, parcels=(PARCEL, SMALL)))
    assert label.weight_g == sandbox.ledger()["labels"][0]["weight_g"] == 1_301


async def test_a_label_is_what_was_asked_for(carrier: DhlExpress, sandbox: Sandbox) -> None:
    request = await a_request(carrier, service="U")
    label = await carrier.buy_label(request)
    assert (label.service, label.reference) == ("U", "shp/1:a b&c")
    assert (label.cost_minor, label.currency) == (request.rate.cost_minor, "EUR")
    assert label.ship_to == LYON
    assert carrier.valid_tracking_number(label.tracking_number)
    assert label.tracking_number in label.document
    assert [(each.kind, each.format) for each in label.documents] == [("label", "zpl")]
    bought = sandbox.ledger()["labels"][0]
    assert (bought["reference"], bought["order_number"]) == ("shp/1:a b&c", "SO-1")


async def test_a_label_may_be_a_pdf_of_all_pieces(carrier: DhlExpress) -> None:
    label = await carrier.buy_label(await a_request(carrier, parcels=(PARCEL, SMALL), format="pdf"))
    (document,) = label.documents
    pdf = base64.b64decode(document.content)
    assert (document.format, pdf[:4], pdf.count(b"/Type/Page/")) == ("pdf", b"%PDF", 2)


async def test_through_customs_an_invoice_to_the_cent_comes_with_the_label(carrier: DhlExpress) -> None:
    label = await carrier.buy_label(await a_request(carrier, AUSTIN, "P", customs=GOODS))
    assert [(each.kind, each.format) for each in label.documents] == [("label", "zpl"), ("commercial_invoice", "pdf")]
    invoice = base64.b64decode(label.documents[1].content)
    assert b"INV-7" in invoice
    assert b"2 PCS at 19.99 EUR, from PT" in invoice
    assert b"Total 47.48 EUR" in invoice


async def test_through_customs_without_goods_nothing_is_bought(carrier: DhlExpress, sandbox: Sandbox) -> None:
    with pytest.raises(VendorRejected, match="customs"):
        await carrier.buy_label(await a_request(carrier, AUSTIN, "P"))
    assert sandbox.ledger()["labels"] == []


async def test_a_return_goes_from_the_buyer_to_us(carrier: DhlExpress) -> None:
    label = await carrier.buy_label(await a_request(carrier, service="U", is_return=True))
    assert (label.ship_to.city, label.ship_to.name) == ("Kiel", "Nora North")
    assert [each.kind for each in label.documents] == ["return_label"]


async def test_a_location_without_a_street_is_named(
    sandbox: Sandbox, transport: Transport, carrier: DhlExpress
) -> None:
    homeless = adapter("dhl_express", sandbox, transport, sites={})
    with pytest.raises(VendorRejected, match="street of location LOC-A"):
        await homeless.buy_label(await a_request(carrier))


async def test_the_same_reference_at_once_is_one_shipment(carrier: DhlExpress, sandbox: Sandbox) -> None:
    request = await a_request(carrier)
    numbers: set[str] = set()

    async def buy() -> None:
        numbers.add((await carrier.buy_label(request)).tracking_number)

    async with anyio.create_task_group() as group:
        for _ in range(10):
            group.start_soon(buy)
    assert len(numbers) == len(sandbox.ledger()["labels"]) == 1


@pytest.mark.parametrize("fault", [{"garbage": True}, {"outage": True}, {"empty": True}, {"html": True}])
async def test_a_purchase_without_an_answer_is_not_made_twice(
    carrier: DhlExpress, sandbox: Sandbox, fault: dict[str, Any]
) -> None:
    request = await a_request(carrier)
    sandbox.put("faults", {"dhl_express": fault})
    with pytest.raises(VendorUnreachable):
        await carrier.buy_label(request)
    sandbox.put("faults", {"dhl_express": {}})
    with pytest.raises(VendorRejected, match="may have gone through; what is never handed over is not billed"):
        await carrier.buy_label(request)
    assert sandbox.ledger()["calls"]["dhl_express"]["buy_label"] == 1


async def test_a_refused_purchase_may_be_made_again(carrier: DhlExpress, sandbox: Sandbox) -> None:
    request = await a_request(carrier)
    sandbox.put("scenarios", {"SO-1": "carrier_reject"})
    with pytest.raises(VendorRejected, match="not served"):
        await carrier.buy_label(request)
    sandbox.put("scenarios", {"SO-1": None})
    assert await carrier.buy_label(request)


async def test_another_parcels_label_cannot_be_read(carrier: DhlExpress, sandbox: Sandbox) -> None:
    request = await a_request(carrier)
    sandbox.put("faults", {"dhl_express": {"other_label": True}})
    with pytest.raises(VendorUnreachable, match="another receiver"):
        await carrier.buy_label(request)


async def test_prices_of_zero_cannot_be_read(carrier: DhlExpress, sandbox: Sandbox) -> None:
    sandbox.put("faults", {"dhl_express": {"zero_rate": True}})
    with pytest.raises(VendorUnreachable, match="zero"):
        await carrier.rates(a_rate_request(KIEL, LYON))


async def test_a_price_in_another_currency_is_kept_as_such(carrier: DhlExpress, sandbox: Sandbox) -> None:
    usual = await carrier.rates(a_rate_request(KIEL, LYON))
    sandbox.put("faults", {"dhl_express": {"rate_currency": "JPY"}})
    yen = await carrier.rates(a_rate_request(KIEL, LYON))
    assert {rate.currency for rate in yen} == {"JPY"}
    assert [rate.cost_minor for rate in yen] == [round(rate.cost_minor / 100) for rate in usual]


async def test_a_shipment_is_not_taken_back(carrier: DhlExpress) -> None:
    label = await carrier.buy_label(await a_request(carrier))
    with pytest.raises(Unsupported, match="void"):
        await carrier.void_label(label)


async def test_there_are_no_webhooks(carrier: DhlExpress) -> None:
    with pytest.raises(Unsupported, match="webhooks"):
        carrier.read_webhook({}, b"{}")


async def test_scans_come_oldest_first(carrier: DhlExpress, sandbox: Sandbox) -> None:
    sandbox.put("timing", {"speed": 50, "journey": "delivered"})
    label = await carrier.buy_label(await a_request(carrier))

    async def delivered() -> tuple[TrackingEvent, ...] | None:
        events = await carrier.track(label.tracking_number)
        return events if events[-1].type is TrackingType.DELIVERED else None

    events = await until(delivered)
    assert [event.raw_code for event in events] == ["SD", "PU", "DF", "OK"]
    assert len({event.event_id for event in events}) == 4


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
    carrier: DhlExpress, sandbox: Sandbox, scenario: str, kind: TrackingType
) -> None:
    sandbox.put("scenarios", {"SO-1": scenario})
    sandbox.put("timing", {"speed": 50, "journey": "delivered"})
    label = await carrier.buy_label(await a_request(carrier))

    async def happened() -> bool:
        return kind in {event.type for event in await carrier.track(label.tracking_number)}

    assert await until(happened)


async def test_a_waybill_nobody_gave_out_is_not_found(carrier: DhlExpress) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        await carrier.track("nowhere")


async def test_a_pickup_is_ordered_moved_and_called_off(carrier: DhlExpress) -> None:
    ready, close = datetime(2026, 11, 24, 10, tzinfo=UTC), datetime(2026, 11, 24, 17, tzinfo=UTC)
    request = PickupRequest("pickup-1", KIEL, ready, close, 2, 1_301, "U", "Ring twice")
    confirmed = await carrier.schedule_pickup(request)
    assert (confirmed.confirmation[:3], str(confirmed.pickup_date)) == ("PRG", "2026-11-24")
    later = PickupRequest("pickup-1", KIEL, ready.replace(day=25), close.replace(day=25), 3, 2_000)
    moved = await carrier.change_pickup(confirmed, later)
    assert (moved.confirmation, str(moved.pickup_date)) == (confirmed.confirmation, "2026-11-25")
    await carrier.cancel_pickup(moved)
    await carrier.cancel_pickup(moved)
    with pytest.raises(VendorRejected, match="no pickup"):
        await carrier.change_pickup(moved, request)


async def test_a_wrong_password_is_refused_and_not_repeated(sandbox: Sandbox, transport: Transport) -> None:
    wrong = adapter("dhl_express", sandbox, transport, api_key="wrong-user:wrong-password")
    with pytest.raises(VendorRejected, match="credential") as caught:
        await wrong.rates(a_rate_request(KIEL, LYON))
    assert "wrong-" not in repr(caught.value)
