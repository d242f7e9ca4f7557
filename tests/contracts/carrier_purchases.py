"""What every carrier adapter must do when it sells labels, checked against a running vendor."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import anyio
import pytest

from canonical_models import Label
from connector_service.adapters.carrier_contract import (
    CarrierAdapter,
    Rate,
    Unsupported,
    finds_labels,
)
from connector_service.adapters.contracts import Capability
from connector_service.adapters.http import Transport
from connector_service.errors import VendorError, VendorRejected, VendorUnreachable
from connector_service.orders.purchase_once import PurchaseUnknown
from tests.contracts.adapter_contract import FAULTS
from tests.contracts.carrier_lane import REFERENCE, CarrierLane
from tests.contracts.carrier_requests import PARCELS
from tests.contracts.purchases import Buyer
from tests.contracts.sandbox_process import Sandbox, until

UNANSWERED = [*FAULTS, {"html": True}, {"empty": True}, {"throttle_rate": 1}]


class PurchaseContract(CarrierLane):
    async def test_a_label_is_what_was_asked_for(self, carrier: CarrierAdapter, sandbox: Sandbox) -> None:
        rate = (await carrier.rates(self.rate_request()))[1]
        label = await carrier.buy_label(self.label_request(rate))
        assert (label.carrier, label.service, label.reference) == (self.slug, rate.service, "shp/1:a b&c")
        assert (label.cost_minor, label.currency) == (rate.cost_minor, rate.currency)
        assert label.transit_days == rate.transit_days
        # Carriers round a parcel's weight up to ten grams or so.
        assert 1_300 <= label.weight_g <= 1_300 + 20
        assert label.ship_to == self.ship_to
        assert carrier.valid_tracking_number(label.tracking_number)
        assert label.tracking_number in label.document
        assert len(label.tracking_numbers) in (0, len(self.parcels))
        assert label.tracking_numbers[:1] in ([], [label.tracking_number])
        assert all(carrier.valid_tracking_number(number) for number in label.tracking_numbers)
        (bought,) = sandbox.ledger()["labels"]
        assert (bought["reference"], bought["order_number"]) == (REFERENCE, "SO-1")

    async def test_several_parcels_are_not_one_purchase_where_that_is_not_offered(
        self, carrier: CarrierAdapter
    ) -> None:
        if Capability.MULTI_PIECE in self.capabilities:
            return
        with pytest.raises(Unsupported, match="multi piece"):
            await carrier.rates(self.rate_request(parcels=PARCELS))
        with pytest.raises(Unsupported, match="multi piece"):
            await carrier.buy_label(await self.wanted(carrier, parcels=PARCELS))

    async def test_the_same_reference_is_one_label_however_often_it_is_bought_at_a_time(
        self, carrier: CarrierAdapter, buyer: Buyer, sandbox: Sandbox
    ) -> None:
        request = await self.wanted(carrier)
        labels: list[Label] = []

        async def buy() -> None:
            try:
                labels.append(await buyer.buy(carrier, request))
            except (VendorUnreachable, PurchaseUnknown):
                return  # another one is at it

        async with anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(buy)
        assert {label.tracking_number for label in labels} == set(self.live(sandbox))
        assert len(sandbox.ledger()["labels"]) == 1

    async def test_another_reference_is_another_label(self, carrier: CarrierAdapter) -> None:
        assert (await self.buy(carrier, "one")).label_id != (await self.buy(carrier, "two")).label_id

    async def test_a_reference_as_long_as_ours_are_is_kept_whole(
        self, carrier: CarrierAdapter, sandbox: Sandbox
    ) -> None:
        reference = "shp_01KZYXWVTSRQPNMJHGFEDCBA98-12"
        assert (await self.buy(carrier, reference)).reference == reference
        assert [each["reference"] for each in sandbox.ledger()["labels"]] == [reference]

    async def test_a_label_is_given_back_and_that_twice(self, carrier: CarrierAdapter, sandbox: Sandbox) -> None:
        self.needs(Capability.VOID)
        sandbox.put("timing", {"journey": "label_created"})
        label = await self.buy(carrier)
        await carrier.void_label(label)
        await carrier.void_label(label)
        assert self.live(sandbox) == []

    async def test_a_collected_parcel_keeps_its_label(self, carrier: CarrierAdapter) -> None:
        self.needs(Capability.VOID)
        label = await self.buy(carrier)

        async def collected() -> bool:
            return len(await carrier.track(label.tracking_number)) > 1

        await until(collected)
        with pytest.raises(VendorRejected, match="collected"):
            await carrier.void_label(label)

    async def test_a_quote_nobody_gave_is_refused(self, carrier: CarrierAdapter) -> None:
        rate = Rate(self.slug, "no such service", 1, "EUR", 1, "Q-EUR-none")
        with pytest.raises(VendorRejected, match="quote"):
            await carrier.buy_label(self.label_request(rate))

    @pytest.mark.parametrize("fault", UNANSWERED, ids=lambda fault: next(iter(fault)))
    async def test_a_purchase_is_sent_once_and_a_lost_answer_costs_no_second_label(
        self, fault: dict[str, Any], carrier: CarrierAdapter, buyer: Buyer, sandbox: Sandbox, transport: Transport
    ) -> None:
        request = await self.wanted(carrier)
        sandbox.put("faults", {self.slug: {**fault, "only": ["buy_label"]}})
        with pytest.raises(VendorError):
            await buyer.buy(carrier, request)
        if Capability.DEDUPES_BY_REFERENCE not in self.capabilities:
            assert sandbox.ledger()["calls"][self.slug]["buy_label"] == 1
        sandbox.put("faults", {self.slug: {}})
        buyer.wait()
        another_process = self.make(self.connection(sandbox), transport)
        if self.can_be_asked_again or "throttle_rate" in fault:
            label = await buyer.buy(another_process, request)
            assert self.live(sandbox) == [label.tracking_number]
        else:
            with pytest.raises(PurchaseUnknown):
                await buyer.buy(another_process, request)
            assert len(self.live(sandbox)) <= 1

    async def test_a_sale_that_comes_when_nobody_waits_any_more_is_found(
        self, carrier: CarrierAdapter, buyer: Buyer, sandbox: Sandbox, transport: Transport
    ) -> None:
        request = await self.wanted(carrier)
        impatient = self.make(self.connection(sandbox, label_timeout=0.3), transport)
        await impatient.rates(self.rate_request())
        sandbox.put("faults", {self.slug: {"latency_ms": 600, "only": ["buy_label"]}})
        with pytest.raises(VendorError):
            await buyer.buy(impatient, request)
        sandbox.put("faults", {self.slug: {}})
        if Capability.DEDUPES_BY_REFERENCE not in self.capabilities:
            with pytest.raises((VendorUnreachable, PurchaseUnknown)):
                await buyer.buy(carrier, request)

        async def sold() -> bool:
            return bool(self.live(sandbox))

        if self.can_be_asked_again:
            await until(sold)
            label = await buyer.buy(carrier, request)
            assert self.live(sandbox) == [label.tracking_number]

    async def test_a_refused_purchase_may_be_made_again(
        self, carrier: CarrierAdapter, buyer: Buyer, sandbox: Sandbox
    ) -> None:
        request = await self.wanted(carrier)
        sandbox.put("scenarios", {"SO-1": "carrier_reject"})
        with pytest.raises(VendorRejected, match="not served"):
            await buyer.buy(carrier, request)
        sandbox.put("scenarios", {"SO-1": None})
        assert (await buyer.buy(carrier, request)).tracking_number in self.live(sandbox)

    async def test_tokens_are_fetched_once_replaced_when_withdrawn_and_leave_no_doubt(
        self, carrier: CarrierAdapter, buyer: Buyer, sandbox: Sandbox, transport: Transport
    ) -> None:
        request = await self.wanted(carrier)
        if "token" not in sandbox.ledger()["calls"][self.slug]:
            pytest.skip(f"{self.slug} gives out no tokens")

        async def buy(number: int) -> None:
            await carrier.buy_label(replace(request, reference=f"ref-{number}"))

        async with anyio.create_task_group() as group:
            for number in range(10):
                group.start_soon(buy, number)
        assert sandbox.ledger()["calls"][self.slug]["token"] == 1
        sandbox.post("withdraw-tokens")
        sandbox.put("faults", {self.slug: {"only": ["token"], "outage": True}})
        with pytest.raises(VendorUnreachable):
            await buyer.buy(carrier, request)
        sandbox.put("faults", {self.slug: {}})
        await buyer.buy(carrier, request)
        assert len(self.live(sandbox)) == 11

    async def test_a_label_says_what_it_cost_though_the_rate_was_lower(
        self, carrier: CarrierAdapter, sandbox: Sandbox
    ) -> None:
        rate = (await carrier.rates(self.rate_request()))[0]
        sandbox.put("faults", {self.slug: {"price_rise": 0.5}})
        label = await carrier.buy_label(self.label_request(rate))
        assert label.cost_minor == pytest.approx(rate.cost_minor * 1.5, abs=1)

    @pytest.mark.parametrize("fault", ["html", "empty", "other_label"])
    async def test_a_good_status_with_a_useless_answer_is_unreadable(
        self, fault: str, carrier: CarrierAdapter, sandbox: Sandbox
    ) -> None:
        rate = (await carrier.rates(self.rate_request()))[0]
        sandbox.put("faults", {self.slug: {fault: True}})
        with pytest.raises(VendorUnreachable, match=r"read|label"):
            await carrier.buy_label(self.label_request(rate))

    async def test_a_label_is_found_by_its_reference(self, carrier: CarrierAdapter) -> None:
        self.needs(Capability.LOOKUP_BY_REFERENCE)
        label, finds = await self.buy(carrier), finds_labels(self.slug, carrier)
        found = await finds.find_label(label.reference)
        assert found is not None
        assert (found.label_id, found.tracking_number) == (label.label_id, label.tracking_number)
        assert await finds.find_label("never bought") is None
