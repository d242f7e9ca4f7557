"""Speaks to FedEx: paths and token."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, TypeVar

from canonical_models import Address, Label, TrackingEvent
from connector_service.adapters.authorized import AuthorizedHttp
from connector_service.adapters.carrier_contract import (
    AddressCheck,
    LabelRequest,
    PickupConfirmed,
    PickupRequest,
    Rate,
    RateRequest,
)
from connector_service.adapters.carriers.fedex import KARRIO, SLUG, Settings, mapping, offers, services, tracking
from connector_service.adapters.carriers.fedex.codes import GONE, NO_PICKUP
from connector_service.adapters.carriers.fedex.rating import rate_body
from connector_service.adapters.contracts import Connection
from connector_service.adapters.health import CallKind
from connector_service.adapters.http import Refused, Request, TenantHttp
from connector_service.adapters.karrio_bridge import Karrio
from connector_service.adapters.karrio_words import local_day, pickup_payload, sender
from connector_service.adapters.shapes import read_webhook_body
from connector_service.adapters.signatures import from_base64, header, require_signature
from connector_service.errors import VendorError, VendorRejected

T = TypeVar("T")


class Fedex:
    """The carrier adapter; see `CarrierAdapter`, `Pickups` and `AddressChecks` for what each promises."""

    def __init__(self, connection: Connection, http: TenantHttp) -> None:
        settings = Settings.model_validate(connection.model_dump())
        self._settings = settings
        self._clock = http.clock
        credential = settings.api_key.get_secret_value()
        key, _, secret = credential.partition(":")
        form = {"grant_type": "client_credentials", "client_id": key, "client_secret": secret}
        vendor = http.vendor(SLUG, settings, mapping.refusal)
        self._http = AuthorizedHttp(vendor, vendor.account(credential), Request("POST", "/oauth/token", form=form))
        account = {"account_number": settings.account_number, "account_country_code": settings.account_country}
        self._karrio = Karrio(KARRIO, {"api_key": key, "secret_key": secret, **account})

    async def rates(self, req: RateRequest) -> tuple[Rate, ...]:
        """Asking for quotes changes nothing, so it may be repeated."""
        # For the names of the services in the answer.
        await self._karrio.ready()
        now = self._clock.now()
        site = self._settings.sites.get(req.ship_from.id) or self._settings.sites.get("*")
        day = str(req.ship_date) if req.ship_date else local_day(now, req.ship_from)
        body = rate_body(req, self._settings.account_number, site, day)
        read = partial(offers.rates, req, date.fromisoformat(day), now)
        headers = {"x-customer-transaction-id": req.order_number[:40] or req.reference[:40]}
        return await self._ask("POST", "/rate/v1/rates/quotes", body, read, "rate", headers)

    async def buy_label(self, req: LabelRequest) -> Label:
        """One purchase, never sent twice: FedEx cannot print the label of one without an answer again."""
        await self._karrio.ready()
        if not 0 < len(req.reference) <= mapping.MAX_REFERENCE:
            text = f"{SLUG} takes references of at most {mapping.MAX_REFERENCE} characters, got {len(req.reference)}"
            raise VendorRejected(text, vendor=SLUG, pointer="/reference")
        now = self._clock.now()
        origin = sender(req.ship_from, self._settings.site(SLUG, req.ship_from))
        payload = mapping.shipment_payload(req, origin, req.ship_date or now.date())
        native = self._karrio.build("shipment", payload)
        request = Request("POST", "/ship/v1/shipments", body=mapping.as_wanted(native.body, req), kind="label")
        return await self._http.call(request, partial(mapping.label, req, now))

    async def void_label(self, label: Label) -> None:
        """All parcels of the shipment; one that is cancelled already is answered with words that say so."""
        body = {
            "accountNumber": {"value": self._settings.account_number},
            "trackingNumber": label.label_id,
            "deletionControl": "DELETE_ALL_PACKAGES",
        }
        try:
            await self._ask("PUT", "/ship/v1/shipments/cancel", body, mapping.cancelled, "void")
        except Refused as error:
            if not _says(error, GONE):
                raise

    async def track(self, tracking_number: str) -> tuple[TrackingEvent, ...]:
        """All scans of one parcel."""
        return await self._track((tracking_number,), partial(tracking.scans, tracking_number))

    @property
    def numbers_at_once(self) -> int:
        """FedEx takes up to 30 in one call."""
        return 30

    async def track_many(self, tracking_numbers: Sequence[str]) -> dict[str, tuple[TrackingEvent, ...]]:
        """All scans of up to 30 parcels; none for a number that FedEx does not know."""
        return await self._track(tracking_numbers, partial(tracking.scans_of_many, tracking_numbers))

    async def _track(self, numbers: Sequence[str], read: Callable[[bytes], T]) -> T:
        info = [{"trackingNumberInfo": {"trackingNumber": number}} for number in numbers]
        body = {"includeDetailedScans": True, "trackingInfo": info}
        return await self._ask("POST", "/track/v1/trackingnumbers", body, read, "track")

    async def schedule_pickup(self, req: PickupRequest) -> PickupConfirmed:
        """An on-call collection; asked for twice it comes twice, so it is never repeated."""
        await self._karrio.ready()
        origin = sender(req.location, self._settings.site(SLUG, req.location))
        company = services.company(req.service)
        payload = pickup_payload(req, origin, {"fedex_carrier_code": company})
        native = self._karrio.build("pickup", payload)
        request = Request("POST", "/pickup/v1/pickups", body=native.body, kind="pickup")
        return await self._http.call(request, partial(mapping.pickup, req, payload["pickup_date"], company))

    async def change_pickup(self, confirmed: PickupConfirmed, req: PickupRequest) -> PickupConfirmed:
        """The new one first, so that a failure leaves the old one standing; two vans are better than none.

        When the old one cannot be called off now, the new one remembers it, and it is called off with the new one.
        """
        changed = await self.schedule_pickup(req)
        try:
            await self.cancel_pickup(confirmed)
        except VendorError:
            details = {**changed.details, **mapping.left_standing(confirmed)}
            return replace(changed, details=details, left_standing=confirmed.confirmation)
        return changed

    async def cancel_pickup(self, confirmed: PickupConfirmed) -> None:
        """Called off by its number, day and place."""
        standing = mapping.still_standing(confirmed)
        if standing is not None:
            await self.cancel_pickup(standing)
        body = mapping.pickup_cancel_body(confirmed, self._settings.account_number)
        try:
            await self._ask("PUT", "/pickup/v1/pickups/cancel", body, mapping.called_off, "pickup")
        except Refused as error:
            if not _says(error, NO_PICKUP):
                raise

    async def check_address(self, address: Address) -> AddressCheck:
        """FedEx's address validation."""
        body, read = mapping.address_body(address), partial(mapping.address_check, address)
        return await self._ask("POST", "/address/v1/addresses/resolve", body, read, "address")

    async def _ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any],
        read: Callable[[bytes], T],
        kind: CallKind,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """A call that may be repeated."""
        request = Request(method, path, body=body, headers=headers or {}, repeatable=True, kind=kind)
        return await self._http.call(request, read)

    async def check_credential(self) -> None:
        """By a token."""
        await self._http.check_credential()

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> tuple[TrackingEvent, ...]:
        """`fdx-signature` is the HMAC-SHA256 of the body in base64, by the security token; it has no time."""
        given = from_base64(header(SLUG, headers, "fdx-signature"))
        require_signature(SLUG, self._settings.webhook_secret.get_secret_value().encode(), body, [given])
        return read_webhook_body(SLUG, tracking.push, body)

    def valid_tracking_number(self, number: str) -> bool:
        """Whether the check digit of a number with 12 or 15 digits is right."""
        return mapping.valid_tracking_number(number)


def _says(error: Refused, codes: frozenset[str]) -> bool:
    """Whether the refusal names one of FedEx's error codes."""
    return any(f"({code})" in error.detail for code in codes)
