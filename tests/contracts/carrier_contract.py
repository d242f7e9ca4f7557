"""What every carrier adapter must do, checked against a running vendor."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import anyio
import pytest

from canonical_models import Address, Label, TrackingEvent, TrackingType
from connector_service.adapters import registry
from connector_service.adapters.carrier_contract import (
    PROTOCOLS,
    CarrierAdapter,
    LabelFormat,
    Pickups,
    Rate,
    Unsupported,
    address_checks,
    finds_labels,
    manifests,
    pickups,
)
from connector_service.adapters.contracts import Capability, Connection
from connector_service.adapters.http import Transport
from connector_service.errors import NotFound, VendorRejected, VendorUnreachable
from tests.contracts.adapter_contract import BUYER, FAULTS, SLOW_FAULTS, AdapterContract
from tests.contracts.carrier_requests import CUSTOMS, PARCELS, WAREHOUSE, a_label_request, a_pickup, a_rate_request
from tests.contracts.sandbox_process import Receiver, Sandbox, until

__all__ = ["BUYER", "PARCELS", "WAREHOUSE", "BaseCarrierContract", "a_label_request", "a_pickup", "a_rate_request"]


class BaseCarrierContract(AdapterContract):
    settings: ClassVar[dict[str, Any]] = {}
    """What this carrier's connection wants to know besides, such as its account number."""
    formats: ClassVar[tuple[LabelFormat, ...]] = ()
    """The formats its labels come in as documents; none for a carrier whose label is a text."""
    own_currency: ClassVar[str | None] = None
    """Set for a carrier that prices in its account's currency whatever is asked for."""
    echoes_address: ClassVar[bool] = True
    """False: the answer to a purchase does not say what was printed."""
    remembers_voids: ClassVar[bool] = True
    """False: a voided reference is forgotten, and could be bought again."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        return registry.CARRIERS[self.slug].capabilities

    @property
    def one_per_reference(self) -> bool:
        return bool(self.capabilities & {Capability.DEDUPES_BY_REFERENCE, Capability.LOOKUP_BY_REFERENCE})

    def needs(self, capability: Capability) -> None:
        if capability not in self.capabilities:
            pytest.skip(f"{self.slug} does not offer {capability.value}")

    def settled(self, fields: dict[str, Any]) -> Connection:
        return registry.CARRIERS[self.slug].settings.model_validate({"rate_timeout": 10, **self.settings, **fields})

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
        assert {(rate.carrier, rate.currency) for rate in rates} == {(self.slug, self.own_currency or "EUR")}
        assert all(rate.cost_minor > 0 and rate.transit_days > 0 for rate in rates)

    async def test_yen_have_no_hundredths(self, carrier: CarrierAdapter) -> None:
        if self.own_currency:
            assert {rate.currency for rate in await carrier.rates(a_rate_request(currency="JPY"))} == {
                self.own_currency
            }
            return
        euros = await carrier.rates(a_rate_request())
        yen = await carrier.rates(a_rate_request(currency="JPY"))
        assert [rate.cost_minor for rate in yen] == [round(rate.cost_minor / 100) for rate in euros]

    async def test_a_label_is_what_was_asked_for(self, carrier: CarrierAdapter) -> None:
        rate = (await carrier.rates(a_rate_request()))[1]
        label = await carrier.buy_label(a_label_request(rate))
        assert (label.carrier, label.service, label.reference) == (self.slug, rate.service, "shp/1:a b&c")
        assert (label.cost_minor, label.currency) == (rate.cost_minor, rate.currency)
        assert label.transit_days == rate.transit_days
        # Carriers round a parcel's weight up to ten grams or so.
        assert 1_300 <= label.weight_g <= 1_300 + 20
        assert label.ship_to == BUYER
        assert carrier.valid_tracking_number(label.tracking_number)
        assert label.tracking_number in label.document
        assert len(label.tracking_numbers) in (0, len(PARCELS))
        assert label.tracking_numbers[:1] in ([], [label.tracking_number])
        assert all(carrier.valid_tracking_number(number) for number in label.tracking_numbers)

    async def test_the_same_reference_is_one_label_however_often_and_from_wherever_it_is_bought(
        self, carrier: CarrierAdapter, sandbox: Sandbox, transport: Transport
    ) -> None:
        if not self.one_per_reference:
            pytest.skip(f"{self.slug} neither dedupes by reference nor finds a label again")
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

    async def test_a_reference_as_long_as_ours_are_is_kept_whole(
        self, carrier: CarrierAdapter, sandbox: Sandbox
    ) -> None:
        reference = "shp_01KZYXWVTSRQPNMJHGFEDCBA98-12"
        assert (await self.buy(carrier, reference)).reference == reference
        assert [each["reference"] for each in sandbox.ledger()["labels"]] == [reference]

    async def test_a_voided_reference_is_spent(self, carrier: CarrierAdapter, sandbox: Sandbox) -> None:
        sandbox.put("timing", {"journey": "label_created"})
        label = await self.buy(carrier)
        await carrier.void_label(label)
        await carrier.void_label(label)
        if not self.remembers_voids:
            assert [each["voided"] for each in sandbox.ledger()["labels"]] == [True]
            return
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
        if self.one_per_reference:
            assert (await impatient.buy_label(a_label_request(rate))).label_id == label.label_id
        live = [each["tracking_number"] for each in sandbox.ledger()["labels"] if not each["voided"]]
        assert live == [label.tracking_number]

    @pytest.mark.parametrize("fault", ["outage", "garbage", "html", "empty", "truncated", "latency_ms"])
    async def test_a_purchase_is_sent_once_and_a_lost_answer_costs_no_second_label(
        self, fault: str, carrier: CarrierAdapter, sandbox: Sandbox, transport: Transport
    ) -> None:
        sandbox.put("timing", {"journey": "label_created"})
        rate = (await carrier.rates(a_rate_request()))[0]
        sandbox.put("faults", {self.slug: {fault: 900 if fault == "latency_ms" else True, "only": ["buy_label"]}})
        impatient = self.make(self.connection(sandbox, label_timeout=0.6), transport)
        with pytest.raises(VendorUnreachable):
            await impatient.buy_label(a_label_request(rate))
        if Capability.DEDUPES_BY_REFERENCE not in self.capabilities:
            assert len(sandbox.ledger()["labels"]) <= 1
        sandbox.put("faults", {self.slug: {}})
        again = self.make(self.connection(sandbox), transport)
        label = await again.buy_label(a_label_request(rate))
        live = [each["tracking_number"] for each in sandbox.ledger()["labels"] if not each["voided"]]
        assert live == [label.tracking_number]

    async def test_a_price_of_zero_is_no_offer(self, carrier: CarrierAdapter, sandbox: Sandbox) -> None:
        sandbox.put("faults", {self.slug: {"zero_rate": True}})
        with pytest.raises(VendorUnreachable, match="zero"):
            await carrier.rates(a_rate_request())

    async def test_a_price_in_another_currency_stays_in_it(self, carrier: CarrierAdapter, sandbox: Sandbox) -> None:
        sandbox.put("faults", {self.slug: {"rate_currency": "GBP"}})
        assert {rate.currency for rate in await carrier.rates(a_rate_request())} == {"GBP"}

    async def test_a_label_says_what_it_cost_though_the_rate_was_lower(
        self, carrier: CarrierAdapter, sandbox: Sandbox
    ) -> None:
        rate = (await carrier.rates(a_rate_request()))[0]
        sandbox.put("faults", {self.slug: {"price_rise": 0.5}})
        label = await carrier.buy_label(a_label_request(rate))
        assert label.cost_minor == pytest.approx(rate.cost_minor * 1.5, abs=1)

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
            told = [each for got in receiver.received for each in carrier.read_webhook(got.headers, got.body)]
            events = [each for each in told if each.tracking_number == label.tracking_number]
            return events if len(events) == 2 else None

        assert tuple(await until(collected)) == await carrier.track(label.tracking_number)

    async def test_a_wrong_check_digit_is_noticed(self, carrier: CarrierAdapter, sandbox: Sandbox) -> None:
        sandbox.put("scenarios", {"SO-1": "label_bad_checksum"})
        label = await self.buy(carrier)
        assert not carrier.valid_tracking_number(label.tracking_number)

    async def test_a_label_shows_the_address_that_was_printed(self, carrier: CarrierAdapter, sandbox: Sandbox) -> None:
        if not self.echoes_address:
            pytest.skip(f"{self.slug} does not say what it printed")
        sandbox.put("scenarios", {"SO-1": "label_wrong_address"})
        label = await self.buy(carrier)
        assert (label.ship_to.line1, label.ship_to.name) != (BUYER.line1, "")
        assert label.ship_to.line1 != BUYER.line1

    @pytest.mark.parametrize("number", ["", "SW", "TE", "SW1234567890", "١" * 13, "SW12345678903\n"])
    async def test_what_has_not_the_form_of_a_tracking_number_is_none(
        self, carrier: CarrierAdapter, number: str
    ) -> None:
        assert not carrier.valid_tracking_number(number)

    async def test_what_is_declared_is_there_and_what_is_there_is_declared(self, carrier: CarrierAdapter) -> None:
        followed = {capability for capability, kind in PROTOCOLS.items() if isinstance(carrier, kind)}
        assert followed == self.capabilities & set(PROTOCOLS)
        more = self.capabilities & {Capability.CHANGE_PICKUP, Capability.CANCEL_PICKUP}
        assert not more or Capability.SCHEDULE_PICKUP in self.capabilities
        assert self.capabilities >= {Capability.RATE, Capability.LABEL}

    async def test_what_is_not_offered_says_so(self, carrier: CarrierAdapter) -> None:
        if Capability.VOID not in self.capabilities:
            with pytest.raises(Unsupported, match="void"):
                await carrier.void_label(await self.buy(carrier))
        if isinstance(carrier, Pickups) and Capability.CHANGE_PICKUP not in self.capabilities:
            confirmed = await carrier.schedule_pickup(a_pickup())
            with pytest.raises(Unsupported, match="change pickup"):
                await carrier.change_pickup(confirmed, a_pickup())
        if Capability.MANIFEST not in self.capabilities:
            with pytest.raises(Unsupported, match=f"{self.slug} does not offer manifest"):
                manifests(self.slug, carrier)

    async def test_one_service_may_be_asked_for(self, carrier: CarrierAdapter) -> None:
        rate = (await carrier.rates(a_rate_request()))[-1]
        assert rate.quoted_at is not None
        assert {each.service for each in await carrier.rates(a_rate_request(service=rate.service))} == {rate.service}

    @pytest.mark.parametrize("fault", ["html", "empty", "other_label"])
    async def test_a_good_status_with_a_useless_answer_is_unreadable(
        self, fault: str, carrier: CarrierAdapter, sandbox: Sandbox
    ) -> None:
        rate = (await carrier.rates(a_rate_request()))[0]
        sandbox.put("faults", {self.slug: {fault: True}})
        with pytest.raises(VendorUnreachable, match=r"read|label"):
            await carrier.buy_label(a_label_request(rate))

    async def test_a_label_comes_in_the_format_asked_for(self, carrier: CarrierAdapter) -> None:
        rate = (await carrier.rates(a_rate_request()))[0]
        for form in self.formats:
            label = await carrier.buy_label(replace(a_label_request(rate, f"as-{form}"), format=form))
            sheets = [each for each in label.documents if each.kind == "label"]
            assert [each.format for each in sheets] == [form] * len(sheets)
            assert {each.tracking_number for each in sheets} <= {*label.tracking_numbers, ""}
            starts = "^XA" if form == "zpl" else "JVBERi0"
            assert sheets
            assert all(each.content.startswith(starts) for each in sheets)

    async def test_what_crosses_a_border_comes_with_its_invoice(self, carrier: CarrierAdapter) -> None:
        if not self.formats:
            pytest.skip(f"{self.slug} prints no documents")
        rate = (await carrier.rates(a_rate_request()))[0]
        label = await carrier.buy_label(replace(a_label_request(rate), customs=CUSTOMS))
        assert "commercial_invoice" in {each.kind for each in label.documents}

    async def test_a_return_label_leads_back(self, carrier: CarrierAdapter) -> None:
        self.needs(Capability.RETURN_LABEL)
        rate = (await carrier.rates(a_rate_request()))[0]
        label = await carrier.buy_label(replace(a_label_request(rate), is_return=True))
        assert {each.kind for each in label.documents} == {"return_label"}

    async def test_a_label_is_found_by_its_reference(self, carrier: CarrierAdapter) -> None:
        self.needs(Capability.LOOKUP_BY_REFERENCE)
        label, finds = await self.buy(carrier), finds_labels(self.slug, carrier)
        found = await finds.find_label(label.reference)
        assert found is not None
        assert (found.label_id, found.tracking_number) == (label.label_id, label.tracking_number)
        assert await finds.find_label("never bought") is None

    async def test_a_collection_is_called_and_called_off(self, carrier: CarrierAdapter) -> None:
        self.needs(Capability.SCHEDULE_PICKUP)
        van = pickups(self.slug, carrier)
        confirmed = await van.schedule_pickup(a_pickup())
        assert confirmed.carrier == self.slug
        assert confirmed.confirmation
        if Capability.CANCEL_PICKUP in self.capabilities:
            await van.cancel_pickup(confirmed)
            await van.cancel_pickup(confirmed)

    async def test_a_collection_that_cannot_be_changed_still_stands(
        self, carrier: CarrierAdapter, sandbox: Sandbox
    ) -> None:
        self.needs(Capability.CHANGE_PICKUP)
        van = pickups(self.slug, carrier)
        confirmed = await van.schedule_pickup(a_pickup())
        sandbox.put("faults", {self.slug: {"outage": True}})
        with pytest.raises(VendorUnreachable):
            await van.change_pickup(confirmed, a_pickup(hours=3))
        sandbox.put("faults", {self.slug: {}})
        changed = await van.change_pickup(confirmed, a_pickup(hours=3))
        assert (bool(changed.confirmation), changed.left_standing) == (True, "")
        await van.cancel_pickup(changed)

    async def test_a_change_that_may_be_repeated_is_one_collection(
        self, carrier: CarrierAdapter, sandbox: Sandbox
    ) -> None:
        self.needs(Capability.MOVE_PICKUP)
        van = pickups(self.slug, carrier)
        before = len(sandbox.ledger()["pickups"])
        confirmed = await van.schedule_pickup(a_pickup())
        for _ in range(3):
            changed = await van.change_pickup(confirmed, a_pickup(hours=3))
        assert len(sandbox.ledger()["pickups"]) == before + 1
        await van.cancel_pickup(changed)

    @pytest.mark.parametrize(
        ("street", "code", "verdicts"),
        [
            ("5 MAIN ST", "10001", {"valid"}),
            ("5 Main St", "10001", {"valid", "corrected"}),
            ("Main St", "10001", {"ambiguous", "invalid"}),
            ("5 Main St", "00000", {"invalid"}),
        ],
    )
    async def test_an_address_is_checked(
        self, carrier: CarrierAdapter, street: str, code: str, verdicts: set[str]
    ) -> None:
        self.needs(Capability.ADDRESS_CHECK)
        asked = Address(name="Ana", line1=street, city="NEW YORK", region="NY", postal_code=code, country="US")
        found = await address_checks(self.slug, carrier).check_address(asked)
        assert found.verdict in verdicts
        assert found.verdict not in ("valid", "corrected") or found.suggestions[0].line1 == "5 MAIN ST"
