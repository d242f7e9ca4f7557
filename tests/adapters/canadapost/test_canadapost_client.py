from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from canonical_models import Address
from connector_service.adapters.carrier_contract import LabelRequest, ManifestRequest, PickupRequest
from connector_service.adapters.carriers.canadapost.client import CanadaPost
from connector_service.adapters.http import Transport, open_client
from connector_service.adapters.http_errors import Busy, NotAsked
from connector_service.clock import SystemClock
from connector_service.errors import NotFound, VendorRejected, VendorUnreachable
from tests.adapters.native_carriers import (
    AUSTIN,
    GOODS,
    HALIFAX,
    KIEL,
    LYON,
    OTTAWA,
    SMALL,
    a_label_request,
    a_rate_request,
    adapter,
)
from tests.contracts.sandbox_process import Sandbox

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


async def test_parcels_from_elsewhere_are_not_carried(carrier: CanadaPost) -> None:
    with pytest.raises(VendorRejected, match="canadapost would not take this rate"):
        await carrier.rates(a_rate_request(KIEL, HALIFAX))


async def test_a_parcel_without_a_size_is_carried_too(carrier: CanadaPost) -> None:
    assert (await carrier.buy_label(await a_request(carrier, parcels=(SMALL,)))).weight_g == 67


@pytest.mark.parametrize("reference", ["plain", "é", "x" * 36, "shp/1:a b&c"])
async def test_what_was_bought_is_found_again(carrier: CanadaPost, reference: str) -> None:
    assert await carrier.find_label(reference) is None
    label = await carrier.buy_label(await a_request(carrier, reference=reference))
    found = await carrier.find_label(reference)
    assert found is not None
    assert (found.label_id, found.reference, found.cost_minor) == (label.label_id, reference, label.cost_minor)
    assert found.ship_to == label.ship_to


@pytest.mark.parametrize("fault", [{"garbage": True}, {"error_rate": 1}, {"empty": True}, {"throttle_rate": 1}])
@pytest.mark.parametrize("call", ["artifact", "details"])
async def test_a_label_that_was_sold_and_is_not_shown_is_in_doubt_until_it_is_found(
    carrier: CanadaPost, sandbox: Sandbox, fault: dict[str, Any], call: str
) -> None:
    request = await a_request(carrier)
    sandbox.put("faults", {"canadapost": {**fault, "only": [call]}})
    with pytest.raises(VendorUnreachable) as caught:
        await carrier.buy_label(request)
    assert not isinstance(caught.value, NotAsked | Busy)
    sandbox.put("faults", {"canadapost": {}})
    label = await carrier.find_label(request.reference, request)
    assert label is not None
    assert [each["label_id"] for each in sandbox.ledger()["labels"]] == [label.label_id]


async def test_a_surplus_label_is_given_back(carrier: CanadaPost, sandbox: Sandbox, transport: Transport) -> None:
    sandbox.put("timing", {"journey": "label_created"})
    request = await a_request(carrier)
    first = await carrier.buy_label(request)
    await carrier.buy_label(request)
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


async def test_a_return_that_is_not_used_costs_nothing_and_is_forgotten(carrier: CanadaPost) -> None:
    label = await carrier.buy_label(await a_request(carrier, is_return=True))
    assert [(each.kind, each.format) for each in label.documents] == [("return_label", "zpl")]
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


@pytest.mark.parametrize("number", ["nowhere", "7035114477138472"])
async def test_a_pin_nobody_gave_out_is_not_found(carrier: CanadaPost, number: str) -> None:
    with pytest.raises(NotFound, match=number):
        await carrier.track(number)


async def test_where_no_van_comes_none_is_ordered(carrier: CanadaPost) -> None:
    ready = datetime(2026, 11, 24, 10, tzinfo=UTC)
    north = OTTAWA.model_copy(update={"postal_code": "X0A 0H0"})
    with pytest.raises(VendorRejected, match="no van on demand to X0A0H0"):
        await carrier.schedule_pickup(PickupRequest("pickup-1", north, ready, ready.replace(hour=17), 1, 100))
