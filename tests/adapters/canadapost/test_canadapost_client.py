from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import anyio
import pytest

from canonical_models import Address, TrackingEvent, TrackingType
from connector_service.adapters.carrier_contract import LabelRequest, ManifestRequest, PickupRequest, Unsupported
from connector_service.adapters.carriers.canadapost.client import CanadaPost
from connector_service.adapters.http import Transport, open_client
from connector_service.clock import SystemClock
from connector_service.errors import NotFound, VendorRejected, VendorUnreachable
from tests.adapters.native_carriers import (
    AUSTIN,
    GOODS,
    HALIFAX,
    KIEL,
    LYON,
    OTTAWA,
    PARCEL,
    SMALL,
    a_label_request,
    a_rate_request,
    adapter,
)
from tests.contracts.sandbox_process import Sandbox, until

pytestmark = pytest.mark.anyio

IN_DOLLARS = replace(GOODS, lines=tuple(replace(line, currency="CAD") for line in GOODS.lines))


@pytest.fixture
async def transport(sandbox: Sandbox) -> AsyncIterator[Transport]:
    sandbox.fresh()
    transport = Transport(open_client(), SystemClock())
    yield transport
    await transport.aclose()


@pytest.fixture
def carrier(sandbox: Sandbox, transport: Transport) -> CanadaPost:
    made = adapter("canadapost", sandbox, transport, contract_id="42708517")
    assert isinstance(made, CanadaPost)
    return made


async def a_request(
    carrier: CanadaPost, service: str = "DOM.EP", to: Address = HALIFAX, **changes: Any
) -> LabelRequest:
    rates = await carrier.rates(a_rate_request(OTTAWA, to))
    rate = next(rate for rate in rates if rate.service == service)
    return a_label_request(rate, OTTAWA, to, **changes)


async def test_rates_are_what_is_due_in_canadian_dollars(carrier: CanadaPost) -> None:
    rates = await carrier.rates(a_rate_request(OTTAWA, HALIFAX))
    assert [rate.service for rate in rates] == ["DOM.PC", "DOM.XP", "DOM.EP", "DOM.RP"]
    assert {(rate.currency, rate.transit_estimated) for rate in rates} == {("CAD", False)}
    assert [rate.transit_days for rate in rates] == [1, 2, 3, 6]


@pytest.mark.parametrize(("to", "start"), [(AUSTIN, "USA."), (LYON, "INT.")], ids=["usa", "world"])
async def test_abroad_other_services_are_sold(carrier: CanadaPost, to: Address, start: str) -> None:
    assert all(rate.service.startswith(start) for rate in await carrier.rates(a_rate_request(OTTAWA, to)))


async def test_one_service_may_be_asked_for(carrier: CanadaPost) -> None:
    assert [rate.service for rate in await carrier.rates(a_rate_request(OTTAWA, HALIFAX, service="DOM.XP"))] == [
        "DOM.XP"
    ]


async def test_parcels_from_elsewhere_are_not_carried(carrier: CanadaPost) -> None:
    with pytest.raises(VendorRejected, match="canadapost would not take this rate"):
        await carrier.rates(a_rate_request(KIEL, HALIFAX))


async def test_several_parcels_are_not_one_purchase(carrier: CanadaPost) -> None:
    with pytest.raises(Unsupported, match="multi piece"):
        await carrier.rates(a_rate_request(OTTAWA, HALIFAX, parcels=(PARCEL, SMALL)))


@pytest.mark.parametrize("form", ["zpl", "pdf"])
async def test_a_label_is_what_was_asked_for(carrier: CanadaPost, sandbox: Sandbox, form: str) -> None:
    request = await a_request(carrier, format=form)
    label = await carrier.buy_label(request)
    assert (label.service, label.reference, label.transit_days) == ("DOM.EP", "shp/1:a b&c", 3)
    assert (label.cost_minor, label.currency, label.weight_g) == (request.rate.cost_minor, "CAD", 1_234)
    assert label.ship_to == HALIFAX
    assert carrier.valid_tracking_number(label.tracking_number)
    assert [(each.kind, each.format) for each in label.documents] == [("label", form)]
    assert (label.tracking_number in label.document) == (form == "zpl")
    assert sandbox.ledger()["labels"][0]["order_number"] == "SO-1"


async def test_a_parcel_without_a_size_is_carried_too(carrier: CanadaPost) -> None:
    assert (await carrier.buy_label(await a_request(carrier, parcels=(SMALL,)))).weight_g == 67


async def test_the_same_reference_is_one_label_from_wherever_it_is_bought(
    carrier: CanadaPost, sandbox: Sandbox, transport: Transport
) -> None:
    request = await a_request(carrier)
    other = adapter("canadapost", sandbox, transport)
    numbers: set[str] = set()

    async def buy() -> None:
        numbers.add((await carrier.buy_label(request)).tracking_number)

    async with anyio.create_task_group() as group:
        for _ in range(10):
            group.start_soon(buy)
    numbers.add((await other.buy_label(request)).tracking_number)
    assert len(numbers) == len(sandbox.ledger()["labels"]) == 1


@pytest.mark.parametrize("reference", ["plain", "é", "x" * 36, "shp/1:a b&c"])
async def test_what_was_bought_is_found_again(carrier: CanadaPost, reference: str) -> None:
    assert await carrier.find_label(reference) is None
    label = await carrier.buy_label(await a_request(carrier, reference=reference))
    found = await carrier.find_label(reference)
    assert found is not None
    assert (found.label_id, found.reference, found.cost_minor) == (label.label_id, reference, label.cost_minor)
    assert found.ship_to == label.ship_to


@pytest.mark.parametrize("fault", [{"garbage": True}, {"error_rate": 1}, {"empty": True}, {"truncated": True}])
@pytest.mark.parametrize("call", ["buy_label", "artifact", "details"])
async def test_a_purchase_whose_answer_was_lost_is_one_label(
    carrier: CanadaPost, sandbox: Sandbox, fault: dict[str, Any], call: str
) -> None:
    request = await a_request(carrier)
    sandbox.put("faults", {"canadapost": {**fault, "only": [call]}})
    with pytest.raises(VendorUnreachable):
        await carrier.buy_label(request)
    sandbox.put("faults", {"canadapost": {}})
    label = await carrier.buy_label(request)
    assert [each["label_id"] for each in sandbox.ledger()["labels"]] == [label.label_id]


async def test_a_surplus_label_is_given_back(carrier: CanadaPost, sandbox: Sandbox, transport: Transport) -> None:
    sandbox.put("timing", {"journey": "label_created"})
    request = await a_request(carrier)
    first = await carrier.buy_label(request)
    await carrier._sell(request)  # as two processes would that cannot see each other
    found = await carrier.find_label(request.reference)
    assert found is not None
    assert found.label_id == first.label_id
    assert [each["voided"] for each in sandbox.ledger()["labels"]] == [False, True]


async def test_goods_that_leave_canada_are_declared_in_dollars(carrier: CanadaPost, sandbox: Sandbox) -> None:
    for customs, words in ((None, "what is in a parcel"), (GOODS, "in CAD, not in EUR")):
        with pytest.raises(VendorRejected, match=words):
            await carrier.buy_label(await a_request(carrier, "USA.EP", AUSTIN, customs=customs))
    assert sandbox.ledger()["labels"] == []
    label = await carrier.buy_label(await a_request(carrier, "USA.EP", AUSTIN, customs=IN_DOLLARS))
    assert (label.service, label.ship_to) == ("USA.EP", AUSTIN)


async def test_a_return_goes_from_the_buyer_to_us_and_is_not_bought_twice(
    carrier: CanadaPost, sandbox: Sandbox
) -> None:
    request = await a_request(carrier, is_return=True)
    label = await carrier.buy_label(request)
    assert (label.ship_to.city, label.ship_to.name) == ("Ottawa", "Nora North")
    assert [(each.kind, each.format) for each in label.documents] == [("return_label", "zpl")]
    assert await carrier.buy_label(request) == label
    assert len(sandbox.ledger()["labels"]) == 1
    await carrier.void_label(label)


async def test_a_label_is_voided_and_its_reference_is_spent(carrier: CanadaPost, sandbox: Sandbox) -> None:
    sandbox.put("timing", {"journey": "label_created"})
    request = await a_request(carrier)
    label = await carrier.buy_label(request)
    await carrier.void_label(label)
    await carrier.void_label(label)
    assert [each["voided"] for each in sandbox.ledger()["labels"]] == [True]
    with pytest.raises(VendorRejected, match="voided"):
        await carrier.buy_label(request)


async def test_a_collected_parcel_keeps_its_label(carrier: CanadaPost) -> None:
    label = await carrier.buy_label(await a_request(carrier))

    async def collected() -> bool:
        return len(await carrier.track(label.tracking_number)) > 1

    await until(collected)
    with pytest.raises(VendorRejected, match="collected"):
        await carrier.void_label(label)


async def test_the_days_labels_are_transmitted_and_then_refunded_only(
    carrier: CanadaPost, sandbox: Sandbox, transport: Transport
) -> None:
    sandbox.put("timing", {"journey": "label_created"})
    labels = [await carrier.buy_label(await a_request(carrier, reference=name)) for name in ("one", "two")]
    asked = ManifestRequest("day-1", OTTAWA, date(2026, 11, 23), tuple(labels))
    manifest = await carrier.close_day(asked)
    assert manifest.manifest_id.startswith("P")
    assert manifest.tracking_numbers == tuple(label.tracking_number for label in labels)
    assert [(each.kind, each.format) for each in manifest.documents] == [("manifest", "pdf")]
    with pytest.raises(VendorRejected, match="set refund_email"):
        await carrier.void_label(labels[0])
    refunding = adapter("canadapost", sandbox, transport, refund_email="ops@north.example")
    await refunding.void_label(labels[0])
    await refunding.void_label(labels[0])
    assert [each["voided"] for each in sandbox.ledger()["labels"]] == [True, False]


async def test_another_parcels_label_cannot_be_read(carrier: CanadaPost, sandbox: Sandbox) -> None:
    request = await a_request(carrier)
    sandbox.put("faults", {"canadapost": {"other_label": True}})
    with pytest.raises(VendorUnreachable, match="another reference"):
        await carrier.buy_label(request)


async def test_prices_of_zero_cannot_be_read(carrier: CanadaPost, sandbox: Sandbox) -> None:
    sandbox.put("faults", {"canadapost": {"zero_rate": True}})
    with pytest.raises(VendorUnreachable, match="zero"):
        await carrier.rates(a_rate_request(OTTAWA, HALIFAX))


async def test_a_label_shows_the_address_that_was_printed(carrier: CanadaPost, sandbox: Sandbox) -> None:
    sandbox.put("scenarios", {"SO-1": "label_wrong_address"})
    label = await carrier.buy_label(await a_request(carrier))
    assert (label.ship_to.name, label.ship_to.line1) == (HALIFAX.name, "1 Elsewhere Road")


async def test_a_wrong_check_digit_is_noticed(carrier: CanadaPost, sandbox: Sandbox) -> None:
    sandbox.put("scenarios", {"SO-1": "label_bad_checksum"})
    label = await carrier.buy_label(await a_request(carrier))
    assert not carrier.valid_tracking_number(label.tracking_number)


async def test_scans_come_oldest_first(carrier: CanadaPost, sandbox: Sandbox) -> None:
    sandbox.put("timing", {"speed": 50, "journey": "delivered"})
    label = await carrier.buy_label(await a_request(carrier))

    async def delivered() -> tuple[TrackingEvent, ...] | None:
        events = await carrier.track(label.tracking_number)
        return events if events[-1].type is TrackingType.DELIVERED else None

    events = await until(delivered)
    assert [event.type.value for event in events] == ["label_created", "picked_up", "in_transit", "delivered"]
    assert abs((events[0].occurred_at - label.bought_at).total_seconds()) < 5


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
    carrier: CanadaPost, sandbox: Sandbox, scenario: str, kind: TrackingType
) -> None:
    sandbox.put("scenarios", {"SO-1": scenario})
    sandbox.put("timing", {"speed": 50, "journey": "delivered"})
    label = await carrier.buy_label(await a_request(carrier))

    async def happened() -> bool:
        return kind in {event.type for event in await carrier.track(label.tracking_number)}

    assert await until(happened)


@pytest.mark.parametrize("number", ["nowhere", "7035114477138472"])
async def test_a_pin_nobody_gave_out_is_not_found(carrier: CanadaPost, number: str) -> None:
    with pytest.raises(NotFound, match=number):
        await carrier.track(number)


async def test_there_are_no_webhooks(carrier: CanadaPost) -> None:
    with pytest.raises(Unsupported, match="webhooks"):
        carrier.read_webhook({}, b"{}")


async def test_a_pickup_is_ordered_moved_and_called_off(carrier: CanadaPost) -> None:
    ready, close = datetime(2026, 11, 24, 10, tzinfo=UTC), datetime(2026, 11, 24, 17, tzinfo=UTC)
    request = PickupRequest("pickup-1", OTTAWA, ready, close, 2, 1_301, instruction="Ring <twice> & wait")
    confirmed = await carrier.schedule_pickup(request)
    assert (str(confirmed.pickup_date), confirmed.cost_minor, confirmed.currency) == ("2026-11-24", 396, "CAD")
    later = replace(request, ready_at=ready.replace(day=25), close_at=close.replace(day=25))
    moved = await carrier.change_pickup(confirmed, later)
    assert (moved.confirmation, str(moved.pickup_date)) == (confirmed.confirmation, "2026-11-25")
    await carrier.cancel_pickup(moved)
    await carrier.cancel_pickup(moved)
    with pytest.raises(VendorRejected, match="no pickup"):
        await carrier.change_pickup(moved, request)


async def test_where_no_van_comes_none_is_ordered(carrier: CanadaPost) -> None:
    ready = datetime(2026, 11, 24, 10, tzinfo=UTC)
    north = OTTAWA.model_copy(update={"postal_code": "X0A 0H0"})
    with pytest.raises(VendorRejected, match="no van on demand to X0A0H0"):
        await carrier.schedule_pickup(PickupRequest("pickup-1", north, ready, ready.replace(hour=17), 1, 100))


async def test_a_wrong_password_is_refused_and_not_repeated(sandbox: Sandbox, transport: Transport) -> None:
    wrong = adapter("canadapost", sandbox, transport, api_key="wrong-user:wrong-password")
    with pytest.raises(VendorRejected, match="credential") as caught:
        await wrong.rates(a_rate_request(OTTAWA, HALIFAX))
    assert "wrong-" not in repr(caught.value)
