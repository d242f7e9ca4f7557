"""What every carrier adapter must do, checked against a running vendor."""

from __future__ import annotations

from typing import Any, ClassVar

import anyio
import pytest

from canonical_models import Dimensions, Label, Location, Parcel, TrackingEvent, TrackingType
from connector_service.adapters import registry
from connector_service.adapters.carrier_contract import CarrierAdapter, LabelRequest, Rate, RateRequest
from connector_service.adapters.contracts import Connection
from connector_service.adapters.http import Transport
from connector_service.errors import NotFound, VendorRejected, VendorUnreachable
from tests.contracts.adapter_contract import BUYER, FAULTS, SLOW_FAULTS, AdapterContract
from tests.contracts.sandbox_process import Receiver, Sandbox, until

WAREHOUSE = Location(id="LOC-A", name="North", country="DE", city="Kiel", postal_code="24103", wms="northdock")
PARCELS = (
    Parcel(parcel_id="P1", weight_g=1_234, dims_mm=Dimensions(length_mm=305, width_mm=200, height_mm=95)),
    Parcel(parcel_id="P2", weight_g=66),
)


def a_rate_request(**changes: Any) -> RateRequest:
    """Two parcels of 1,300 g together, from Kiel to Lyon."""
    fields = {
        "reference": "shp/1:a b&c",
        "order_number": "SO-1",
        "ship_from": WAREHOUSE,
        "ship_to": BUYER,
        "parcels": PARCELS,
        "currency": "EUR",
        "promised_days": 3,
    }
    return RateRequest(**{**fields, **changes})


def a_label_request(rate: Rate, reference: str = "shp/1:a b&c") -> LabelRequest:
    """Buy the rate."""
    return LabelRequest(reference, rate, "SO-1", WAREHOUSE, BUYER, PARCELS)


class BaseCarrierContract(AdapterContract):
    settings: ClassVar[dict[str, Any]] = {}
    """What this carrier's connection wants to know besides, such as its account number."""

    def connection(self, sandbox: Sandbox, **changes: Any) -> Connection:
        patient = {"rate_timeout": 10, **self.settings, **changes}
        fields = super().connection(sandbox).model_dump() | patient
        return registry.CARRIERS[self.slug].settings.model_validate(fields)

    def make(self, connection: Connection, transport: Transport) -> CarrierAdapter:
        return registry.carrier(self.slug, connection, transport.tenant("tenant"))

    @pytest.fixture
    def carrier(self, sandbox: Sandbox, transport: Transport) -> CarrierAdapter:
        return self.make(self.connection(sandbox), transport)

    async def buy(self, carrier: CarrierAdapter, reference: str = "shp/1:a b&c") -> Label:
        rates = await carrier.rates(a_rate_request(reference=reference))
        return await carrier.buy_label(a_label_request(rates[0], reference))

    async def test_rates_are_in_the_currency_asked_for(self, carrier: CarrierAdapter) -> None:
        rates = await carrier.rates(a_rate_request())
        assert len({rate.service for rate in rates}) == len(rates) >= 2
        assert {(rate.carrier, rate.currency) for rate in rates} == {(self.slug, "EUR")}
        assert all(rate.cost_minor > 0 and rate.transit_days > 0 for rate in rates)

    async def test_yen_have_no_hundredths(self, carrier: CarrierAdapter) -> None:
        euros = await carrier.rates(a_rate_request())
        yen = await carrier.rates(a_rate_request(currency="JPY"))
        assert [rate.cost_minor for rate in yen] == [round(rate.cost_minor / 100) for rate in euros]

    async def test_a_label_is_what_was_asked_for(self, carrier: CarrierAdapter) -> None:
        rate = (await carrier.rates(a_rate_request()))[1]
        label = await carrier.buy_label(a_label_request(rate))
        assert (label.carrier, label.service, label.reference) == (self.slug, rate.service, "shp/1:a b&c")
        assert (label.cost_minor, label.currency) == (rate.cost_minor, rate.currency)
        assert (label.transit_days, label.weight_g) == (rate.transit_days, 1_300)
        assert label.ship_to == BUYER
        assert carrier.valid_tracking_number(label.tracking_number)
        assert label.tracking_number in label.document

    async def test_the_same_reference_is_one_label_however_often_and_from_wherever_it_is_bought(
        self, carrier: CarrierAdapter, sandbox: Sandbox, transport: Transport
    ) -> None:
        rate = (await carrier.rates(a_rate_request()))[0]
        labels: list[Label] = []

        async def buy() -> None:
            labels.append(await carrier.buy_label(a_label_request(rate)))

        async with anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(buy)
        labels.append(await self.make(self.connection(sandbox), transport).buy_label(a_label_request(rate)))
        assert len({label.label_id for label in labels}) == 1
        assert len(sandbox.ledger()["labels"]) == 1

    async def test_another_reference_is_another_label(self, carrier: CarrierAdapter) -> None:
        assert (await self.buy(carrier, "one")).label_id != (await self.buy(carrier, "two")).label_id

    async def test_a_voided_reference_is_spent(self, carrier: CarrierAdapter, sandbox: Sandbox) -> None:
        sandbox.put("timing", {"journey": "label_created"})
        label = await self.buy(carrier)
        await carrier.void_label(label)
        await carrier.void_label(label)
        with pytest.raises(VendorRejected, match="voided"):
            await self.buy(carrier)
        assert [each["voided"] for each in sandbox.ledger()["labels"]] == [True]

    async def test_a_collected_parcel_keeps_its_label(self, carrier: CarrierAdapter) -> None:
        label = await self.buy(carrier)

        async def collected() -> bool:
            return len(await carrier.track(label.tracking_number)) > 1

        await until(collected)
        with pytest.raises(VendorRejected, match="collected"):
            await carrier.void_label(label)

    async def test_a_quote_nobody_gave_is_refused(self, carrier: CarrierAdapter) -> None:
        rate = Rate(self.slug, "no such service", 1, "EUR", 1, "Q-EUR-none")
        with pytest.raises(VendorRejected, match="quote"):
            await carrier.buy_label(a_label_request(rate))

    async def test_a_refusal_carries_the_vendors_words(self, carrier: CarrierAdapter, sandbox: Sandbox) -> None:
        sandbox.put("scenarios", {"SO-1": "carrier_reject"})
        with pytest.raises(VendorRejected, match="not served") as caught:
            await carrier.rates(a_rate_request())
        assert caught.value.vendor == self.slug

    async def test_a_wrong_key_is_refused_and_not_repeated_in_the_error(
        self, transport: Transport, sandbox: Sandbox
    ) -> None:
        carrier = self.make(self.connection(sandbox, api_key="wrong-id:wrong-secret"), transport)
        with pytest.raises(VendorRejected, match="credential") as caught:
            await carrier.rates(a_rate_request())
        assert "wrong-" not in repr(caught.value)

    @pytest.mark.parametrize("fault", [*FAULTS, *SLOW_FAULTS], ids=lambda fault: next(iter(fault)))
    async def test_a_failing_vendor_is_unreachable(
        self, fault: dict[str, Any], sandbox: Sandbox, transport: Transport
    ) -> None:
        impatient = self.make(self.connection(sandbox, rate_timeout=0.2, label_timeout=0.2), transport)
        sandbox.put("faults", {self.slug: fault})
        with pytest.raises(VendorUnreachable):
            await impatient.rates(a_rate_request())

    @pytest.mark.parametrize("fault", [*FAULTS, {"latency_ms": 300}], ids=lambda fault: next(iter(fault)))
    async def test_a_purchase_whose_answer_was_lost_is_one_label(
        self, fault: dict[str, Any], carrier: CarrierAdapter, sandbox: Sandbox, transport: Transport
    ) -> None:
        rate = (await carrier.rates(a_rate_request()))[0]
        impatient = self.make(self.connection(sandbox, rate_timeout=0.2, label_timeout=0.2), transport)
        await impatient.rates(a_rate_request())
        sandbox.put("faults", {self.slug: fault})
        with pytest.raises(VendorUnreachable):
            await impatient.buy_label(a_label_request(rate))
        sandbox.put("faults", {self.slug: {}})
        label = await carrier.buy_label(a_label_request(rate))
        assert label == await impatient.buy_label(a_label_request(rate))
        live = [each["label_id"] for each in sandbox.ledger()["labels"] if not each["voided"]]
        assert live == [label.label_id]

    async def test_scans_come_oldest_first(self, carrier: CarrierAdapter, sandbox: Sandbox) -> None:
        sandbox.put("timing", {"speed": 50, "journey": "delivered"})
        label = await self.buy(carrier)

        async def delivered() -> tuple[TrackingEvent, ...] | None:
            events = await carrier.track(label.tracking_number)
            return events if events[-1].type is TrackingType.DELIVERED else None

        events = await until(delivered)
        kinds = ["label_created", "picked_up", "in_transit", "delivered"]
        assert [event.type.value for event in events] == kinds
        assert [event.occurred_at for event in events] == sorted(event.occurred_at for event in events)

    async def test_an_unknown_tracking_number_is_not_found(self, carrier: CarrierAdapter) -> None:
        with pytest.raises(NotFound, match="nowhere"):
            await carrier.track("nowhere")

    async def test_scans_are_told_by_webhook(self, carrier: CarrierAdapter, receiver: Receiver) -> None:
        label = await self.buy(carrier)

        async def collected() -> list[TrackingEvent] | None:
            events = [each for got in receiver.received for each in carrier.read_webhook(got.headers, got.body)]
            return events if len(events) == 2 else None

        assert tuple(await until(collected)) == await carrier.track(label.tracking_number)

    async def test_a_wrong_check_digit_is_noticed(self, carrier: CarrierAdapter, sandbox: Sandbox) -> None:
        sandbox.put("scenarios", {"SO-1": "label_bad_checksum"})
        label = await self.buy(carrier)
        assert not carrier.valid_tracking_number(label.tracking_number)

    async def test_a_label_shows_the_address_that_was_printed(self, carrier: CarrierAdapter, sandbox: Sandbox) -> None:
        sandbox.put("scenarios", {"SO-1": "label_wrong_address"})
        label = await self.buy(carrier)
        assert (label.ship_to.line1, label.ship_to.name) != (BUYER.line1, "")
        assert label.ship_to.line1 != BUYER.line1

    @pytest.mark.parametrize("number", ["", "SW", "TE", "SW1234567890", "١" * 13, "SW12345678903\n"])
    async def test_what_has_not_the_form_of_a_tracking_number_is_none(
        self, carrier: CarrierAdapter, number: str
    ) -> None:
        assert not carrier.valid_tracking_number(number)
