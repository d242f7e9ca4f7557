"""What every carrier adapter must do, checked against a running vendor."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from canonical_models import Address, TrackingEvent, TrackingType
from connector_service.adapters.carrier_contract import (
    PROTOCOLS,
    CarrierAdapter,
    ManifestRequest,
    Pickups,
    Unsupported,
    address_checks,
    manifests,
    pickups,
)
from connector_service.adapters.contracts import Capability
from connector_service.adapters.http import Transport
from connector_service.errors import NotFound, VendorRejected, VendorUnreachable
from tests.contracts.adapter_contract import BUYER, FAULTS, SLOW_FAULTS
from tests.contracts.carrier_purchases import PurchaseContract
from tests.contracts.carrier_requests import PARCELS, WAREHOUSE, a_label_request, a_pickup, a_rate_request
from tests.contracts.sandbox_process import Receiver, Sandbox, until

__all__ = ["BUYER", "PARCELS", "WAREHOUSE", "BaseCarrierContract", "a_label_request", "a_pickup", "a_rate_request"]


class BaseCarrierContract(PurchaseContract):
    async def test_rates_are_in_the_currency_asked_for(self, carrier: CarrierAdapter) -> None:
        rates = await carrier.rates(self.rate_request())
        assert len({rate.service for rate in rates}) == len(rates) >= 2
        assert {(rate.carrier, rate.currency) for rate in rates} == {(self.slug, self.own_currency or "EUR")}
        assert all(rate.cost_minor > 0 and rate.transit_days > 0 for rate in rates)

    async def test_yen_have_no_hundredths(self, carrier: CarrierAdapter) -> None:
        if self.own_currency:
            assert {rate.currency for rate in await carrier.rates(self.rate_request(currency="JPY"))} == {
                self.own_currency
            }
            return
        euros = await carrier.rates(self.rate_request())
        yen = await carrier.rates(self.rate_request(currency="JPY"))
        assert [rate.cost_minor for rate in yen] == [round(rate.cost_minor / 100) for rate in euros]

    async def test_a_refusal_carries_the_vendors_words(self, carrier: CarrierAdapter, sandbox: Sandbox) -> None:
        sandbox.put("scenarios", {"SO-1": "carrier_reject"})
        with pytest.raises(VendorRejected, match="not served") as caught:
            await carrier.rates(self.rate_request())
        assert caught.value.vendor == self.slug

    async def test_a_wrong_key_is_refused_and_not_repeated_in_the_error(
        self, transport: Transport, sandbox: Sandbox
    ) -> None:
        carrier = self.make(self.connection(sandbox, api_key="wrong-id:wrong-secret"), transport)
        with pytest.raises(VendorRejected, match="credential") as caught:
            await carrier.rates(self.rate_request())
        assert "wrong-" not in repr(caught.value)

    @pytest.mark.parametrize("fault", [*FAULTS, *SLOW_FAULTS], ids=lambda fault: next(iter(fault)))
    async def test_a_failing_vendor_is_unreachable(
        self, fault: dict[str, Any], sandbox: Sandbox, transport: Transport
    ) -> None:
        impatient = self.make(self.connection(sandbox, rate_timeout=0.2, label_timeout=0.2), transport)
        sandbox.put("faults", {self.slug: fault})
        with pytest.raises(VendorUnreachable):
            await impatient.rates(self.rate_request())

    async def test_a_price_of_zero_is_no_offer(self, carrier: CarrierAdapter, sandbox: Sandbox) -> None:
        sandbox.put("faults", {self.slug: {"zero_rate": True}})
        with pytest.raises(VendorUnreachable, match="zero"):
            await carrier.rates(self.rate_request())

    async def test_a_price_in_another_currency_stays_in_it(self, carrier: CarrierAdapter, sandbox: Sandbox) -> None:
        sandbox.put("faults", {self.slug: {"rate_currency": "GBP"}})
        assert {rate.currency for rate in await carrier.rates(self.rate_request())} == {"GBP"}

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

    @pytest.mark.parametrize("kind", ["delivery_failed", "delayed", "damaged", "lost", "return_to_sender"])
    async def test_what_goes_wrong_is_told_apart(self, carrier: CarrierAdapter, sandbox: Sandbox, kind: str) -> None:
        sandbox.put("scenarios", {"SO-1": kind})
        sandbox.put("timing", {"speed": 50, "journey": "delivered"})
        label = await self.buy(carrier)

        async def happened() -> bool:
            return kind in {event.type for event in await carrier.track(label.tracking_number)}

        assert await until(happened)

    async def test_an_unknown_tracking_number_is_not_found(self, carrier: CarrierAdapter) -> None:
        with pytest.raises(NotFound, match="nowhere"):
            await carrier.track("nowhere")

    async def test_scans_are_told_by_webhook(self, carrier: CarrierAdapter, receiver: Receiver) -> None:
        self.needs(Capability.WEBHOOKS)
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
        assert label.ship_to.name
        assert label.ship_to.line1 != self.ship_to.line1

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
            confirmed = await carrier.schedule_pickup(a_pickup(location=self.ship_from))
            with pytest.raises(Unsupported, match="change pickup"):
                await carrier.change_pickup(confirmed, a_pickup(location=self.ship_from))
        if not self.sends_webhooks:
            with pytest.raises(Unsupported, match="webhooks"):
                carrier.read_webhook({}, b"{}")
        if Capability.MANIFEST not in self.capabilities:
            with pytest.raises(Unsupported, match=f"{self.slug} does not offer manifest"):
                manifests(self.slug, carrier)

    async def test_one_service_may_be_asked_for(self, carrier: CarrierAdapter) -> None:
        rate = (await carrier.rates(self.rate_request()))[-1]
        assert rate.quoted_at is not None
        assert {each.service for each in await carrier.rates(self.rate_request(service=rate.service))} == {rate.service}

    async def test_a_label_comes_in_the_format_asked_for(self, carrier: CarrierAdapter) -> None:
        rate = (await carrier.rates(self.rate_request()))[0]
        for form in self.formats:
            label = await carrier.buy_label(replace(self.label_request(rate, f"as-{form}"), format=form))
            sheets = [each for each in label.documents if each.kind == "label"]
            assert [each.format for each in sheets] == [form] * len(sheets)
            assert {each.tracking_number for each in sheets} <= {*label.tracking_numbers, ""}
            starts = "^XA" if form == "zpl" else "JVBERi0"
            assert sheets
            assert all(each.content.startswith(starts) for each in sheets)

    async def test_what_crosses_a_border_comes_with_its_invoice(self, carrier: CarrierAdapter) -> None:
        if not self.formats:
            pytest.skip(f"{self.slug} prints no documents")
        rate = (await carrier.rates(self.rate_request()))[0]
        label = await carrier.buy_label(replace(self.label_request(rate), customs=self.customs))
        assert "commercial_invoice" in {each.kind for each in label.documents}

    async def test_a_return_label_leads_back(self, carrier: CarrierAdapter) -> None:
        self.needs(Capability.RETURN_LABEL)
        rate = (await carrier.rates(self.rate_request()))[0]
        label = await carrier.buy_label(replace(self.label_request(rate), is_return=True))
        assert {each.kind for each in label.documents} == {"return_label"}
        if self.echoes_address:
            assert label.ship_to.city == self.ship_from.city

    async def test_a_collection_is_called_and_called_off(self, carrier: CarrierAdapter) -> None:
        self.needs(Capability.SCHEDULE_PICKUP)
        van, asked = pickups(self.slug, carrier), a_pickup(location=self.ship_from)
        confirmed = await van.schedule_pickup(asked)
        assert (confirmed.carrier, confirmed.pickup_date) == (self.slug, asked.ready_at.date())
        assert confirmed.confirmation
        if Capability.CANCEL_PICKUP in self.capabilities:
            await van.cancel_pickup(confirmed)
            await van.cancel_pickup(confirmed)

    async def test_a_collection_is_changed_and_still_stands_when_it_cannot_be(
        self, carrier: CarrierAdapter, sandbox: Sandbox
    ) -> None:
        self.needs(Capability.CHANGE_PICKUP)
        van, later = pickups(self.slug, carrier), a_pickup(days=3, location=self.ship_from)
        confirmed = await van.schedule_pickup(a_pickup(location=self.ship_from))
        sandbox.put("faults", {self.slug: {"outage": True}})
        with pytest.raises(VendorUnreachable):
            await van.change_pickup(confirmed, later)
        sandbox.put("faults", {self.slug: {}})
        changed = await van.change_pickup(confirmed, later)
        assert (bool(changed.confirmation), changed.left_standing) == (True, "")
        assert changed.pickup_date == later.ready_at.date()
        await van.cancel_pickup(changed)
        if changed.confirmation == confirmed.confirmation:
            with pytest.raises(VendorRejected, match="no pickup"):
                await van.change_pickup(changed, later)

    async def test_a_change_that_may_be_repeated_is_one_collection(
        self, carrier: CarrierAdapter, sandbox: Sandbox
    ) -> None:
        self.needs(Capability.MOVE_PICKUP)
        van, later = pickups(self.slug, carrier), a_pickup(days=3, location=self.ship_from)
        before = len(sandbox.ledger()["pickups"])
        confirmed = await van.schedule_pickup(a_pickup(location=self.ship_from))
        for _ in range(3):
            changed = await van.change_pickup(confirmed, later)
        assert len(sandbox.ledger()["pickups"]) == before + 1
        await van.cancel_pickup(changed)

    async def test_the_days_labels_are_on_one_manifest(self, carrier: CarrierAdapter, sandbox: Sandbox) -> None:
        self.needs(Capability.MANIFEST)
        sandbox.put("timing", {"journey": "label_created"})
        bought = tuple([await self.buy(carrier, reference) for reference in ("one", "two")])
        asked = ManifestRequest("day-1", self.ship_from, bought[0].bought_at.date(), bought)
        manifest = await manifests(self.slug, carrier).close_day(asked)
        assert manifest.tracking_numbers == tuple(label.tracking_number for label in bought)
        assert [(each.kind, each.format) for each in manifest.documents] == [("manifest", "pdf")]

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
