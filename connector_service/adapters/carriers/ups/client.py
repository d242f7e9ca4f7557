"""Speaks to UPS: paths and token."""

from __future__ import annotations

import asyncio
import hmac
import uuid
from collections.abc import Mapping
from functools import partial
from urllib.parse import quote

from canonical_models import Address, Label, TrackingEvent
from connector_service.adapters.authorized import AuthorizedHttp, basic
from connector_service.adapters.carrier_contract import (
    AddressCheck,
    LabelRequest,
    PickupConfirmed,
    PickupRequest,
    Rate,
    RateRequest,
    Unsupported,
)
from connector_service.adapters.carriers.ups import KARRIO, SLUG, Settings, mapping, offers, tracking
from connector_service.adapters.carriers.ups.rating import rate_body
from connector_service.adapters.contracts import Capability, Connection
from connector_service.adapters.http import Refused, Request, TenantHttp
from connector_service.adapters.karrio_bridge import Karrio
from connector_service.adapters.karrio_words import local_day, pickup_payload, sender
from connector_service.adapters.shapes import read_webhook_body
from connector_service.adapters.signatures import header
from connector_service.errors import NotFound, Unauthorized, VendorRejected

RATING = "/api/rating/v2409/Shop"
IN_TRANSIT = (("additionalinfo", "timeintransit"),)
SHIPPING = "/api/shipments/v2409"
GONE = frozenset({"190117"})
"""A void that was done before."""
ABSENT = frozenset({"9801031", "9801040"})
"""Label Recovery finds no shipment, or one that was voided."""
NO_SUCH_NUMBER = frozenset({"TV1002", "TW0001", "151018", "151044"})
NO_PICKUP = frozenset({"9510117", "9510101", "190117"})
"""A collection that is not there any more."""
# Of the void and of Label Recovery the codes are those of UPS's guide of error codes. Those of tracking numbers and of
# collections could not be looked up in public: one that is missing here ends as a refusal that a person reads.


class Ups:
    """The carrier adapter; see `CarrierAdapter`, `FindsLabels`, `Pickups`, `AddressChecks` for what each promises."""

    def __init__(self, connection: Connection, http: TenantHttp) -> None:
        settings = Settings.model_validate(connection.model_dump())
        self._settings = settings
        self._clock = http.clock
        credential = settings.api_key.get_secret_value()
        vendor = http.vendor(SLUG, settings, mapping.refusal)
        ask = Request(
            "POST",
            "/security/v1/oauth/token",
            form={"grant_type": "client_credentials"},
            headers={"authorization": basic(credential)},
        )
        self._http = AuthorizedHttp(vendor, vendor.account(credential), ask)
        client_id, _, client_secret = credential.partition(":")
        account = {"account_number": settings.account_number, "account_country_code": settings.account_country}
        self._karrio = Karrio(KARRIO, {"client_id": client_id, "client_secret": client_secret, **account})

    async def rates(self, req: RateRequest) -> tuple[Rate, ...]:
        """Shop asks for every service at once, and changes nothing."""
        # For the names of the services in the answer.
        await self._karrio.ready()
        now = self._clock.now()
        site = self._settings.sites.get(req.ship_from.id) or self._settings.sites.get("*")
        day = str(req.ship_date) if req.ship_date else local_day(now, req.ship_from)
        body = rate_body(req, self._settings.account_number, site, day)
        request = Request("POST", RATING, body=body, params=IN_TRANSIT, repeatable=True, kind="rate")
        return await self._http.call(request, partial(offers.rates, req, now))

    async def buy_label(self, req: LabelRequest) -> Label:
        """One purchase, never sent twice."""
        await self._karrio.ready()
        if not 0 < len(req.reference) <= mapping.MAX_REFERENCE:
            text = f"{SLUG} takes references of at most {mapping.MAX_REFERENCE} characters, got {len(req.reference)}"
            raise VendorRejected(text, vendor=SLUG, pointer="/reference")
        now = self._clock.now()
        origin = sender(req.ship_from, self._settings.site(SLUG, req.ship_from))
        payload = mapping.shipment_payload(req, origin, req.ship_date or now.date())
        native = self._karrio.build("shipment", payload)
        body = mapping.with_references(native.body, req)
        request = Request("POST", f"{SHIPPING}/ship", body=body, kind="label")
        return await _printed(req, await self._http.call(request, partial(mapping.label, req, now)))

    async def find_label(self, reference: str, bought: LabelRequest | None = None) -> Label | None:
        """Label Recovery by reference number. It tells neither price nor address: they are what was asked for, else 0
        and the account's country. It forgets a label that was voided."""
        known = {
            "service": bought.rate.service if bought else "unknown",
            "cost_minor": bought.rate.cost_minor if bought else 0,
            "currency": bought.rate.currency if bought else "XXX",
            "transit_days": bought.rate.transit_days if bought else 0,
            "weight_g": sum(parcel.weight_g for parcel in bought.parcels) if bought else 0,
            "ship_to": bought.ship_to if bought else Address(country=self._settings.account_country),
        }
        body = mapping.recovery_body(reference, self._settings.account_number)
        request = Request("POST", "/api/labels/v1/recovery", body=body, repeatable=True, kind="label")
        try:
            found = await self._http.call(request, partial(mapping.found, reference, known, self._clock.now()))
            return await _printed(bought, found)
        except Refused as error:
            if _says(error, ABSENT):
                return None
            raise

    async def void_label(self, label: Label) -> None:
        """Voiding twice is answered with an error that says so, which is as good."""
        path = f"{SHIPPING}/void/cancel/{quote(label.label_id, safe='')}"
        request = Request("DELETE", path, repeatable=True, kind="void")
        try:
            await self._http.call(request, partial(mapping.done, mapping.voided))
        except Refused as error:
            if not _says(error, GONE):
                raise

    async def track(self, tracking_number: str) -> tuple[TrackingEvent, ...]:
        """All scans of one parcel."""
        path = f"/api/track/v1/details/{quote(tracking_number, safe='')}"
        headers = {"transId": uuid.uuid4().hex, "transactionSrc": "dockline"}
        request = Request("GET", path, params=(("locale", "en_US"),), headers=headers, kind="track")
        try:
            return await self._http.call(request, partial(tracking.scans, tracking_number))
        except Refused as error:
            if _says(error, NO_SUCH_NUMBER):
                raise NotFound(f"{SLUG} does not know the tracking number {tracking_number!r}") from error
            raise

    async def schedule_pickup(self, req: PickupRequest) -> PickupConfirmed:
        """An on-call collection; asked for twice it comes twice, so it is never repeated."""
        await self._karrio.ready()
        origin = sender(req.location, self._settings.site(SLUG, req.location))
        code = mapping.pickup_service(req.service)
        payload = pickup_payload(req, origin, {"ups_pickup_service_code": code})
        native = self._karrio.build("pickup", payload)
        request = Request("POST", "/api/pickupcreation/v2409/pickup", body=native.body, kind="pickup")
        return await self._http.call(request, partial(mapping.pickup, req, payload["pickup_date"]))

    async def change_pickup(self, confirmed: PickupConfirmed, req: PickupRequest) -> PickupConfirmed:
        """UPS changes no collection: schedule another one, then cancel this one."""
        raise Unsupported(SLUG, Capability.CHANGE_PICKUP)

    async def cancel_pickup(self, confirmed: PickupConfirmed) -> None:
        """Called off by its number (02), which UPS wants in a header."""
        headers = {"Prn": confirmed.confirmation}
        request = Request("DELETE", f"{SHIPPING}/pickup/02", headers=headers, repeatable=True, kind="pickup")
        try:
            await self._http.call(request, partial(mapping.done, mapping.called_off))
        except Refused as error:
            if not _says(error, NO_PICKUP):
                raise

    async def check_address(self, address: Address) -> AddressCheck:
        """Validated and classified (3); UPS knows the United States and Puerto Rico."""
        request = Request(
            "POST", "/api/addressvalidation/v2/3", body=mapping.address_body(address), repeatable=True, kind="address"
        )
        return await self._http.call(request, partial(mapping.address_check, address))

    async def check_credential(self) -> None:
        """By a token."""
        await self._http.check_credential()

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> tuple[TrackingEvent, ...]:
        """Track Alert sends back the `credential` of the subscription; it signs nothing and names no time."""
        given = header(SLUG, headers, "credential")
        if not hmac.compare_digest(given.encode(), self._settings.webhook_secret.get_secret_value().encode()):
            raise Unauthorized(f"{SLUG} webhook: the credential is not ours; is the webhook secret right?")
        return read_webhook_body(SLUG, tracking.alert, body)

    def valid_tracking_number(self, number: str) -> bool:
        """Whether the check digit of a 1Z number is right."""
        return mapping.valid_tracking_number(number)


async def _printed(req: LabelRequest | None, label: Label) -> Label:
    """UPS prints pictures where a PDF was asked for."""
    return await asyncio.to_thread(mapping.with_pdf, label) if req and req.format == "pdf" else label


def _says(error: Refused, codes: frozenset[str]) -> bool:
    """Whether the refusal names one of UPS's error codes."""
    return any(f"({code})" in error.detail for code in codes)
