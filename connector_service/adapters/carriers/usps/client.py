"""Speaks to the Postal Service: paths, both tokens, what may be repeated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

from canonical_models import Address, Label, Location, TrackingEvent
from connector_service.adapters.authorized import AuthorizedHttp
from connector_service.adapters.carrier_contract import (
    AddressCheck,
    LabelRequest,
    Manifest,
    ManifestRequest,
    PickupConfirmed,
    PickupRequest,
    Rate,
    RateRequest,
    Unsupported,
)
from connector_service.adapters.carriers.usps import SLUG, Settings, addresses, mapping, tracking
from connector_service.adapters.carriers.usps.rating import rate_body
from connector_service.adapters.contracts import Capability, Connection
from connector_service.adapters.http import Refused, Request, TenantHttp
from connector_service.adapters.karrio_bridge import Karrio
from connector_service.adapters.karrio_words import (
    local_day,
    parcels,
    pickup_payload,
    receiver,
    sender,
)
from connector_service.adapters.oauth import TokenAnswer
from connector_service.errors import NotFound, VendorRejected

T = TypeVar("T")

LABELS = "/labels/v3/label"
PICKUPS = "/pickup/v3/carrier-pickup"
AS_JSON = {"accept": "application/vnd.usps.labels+json, application/json;q=0.5"}
ANY_VERSION = {"if-match": "*"}
"""Changes and cancellations name the version they mean (RFC 9110, 13.1.1): whichever there is."""
SCOPES = "addresses labels payments pickup prices scan-forms shipments tracking"
UNAUTHORIZED, NOT_FOUND = 401, 404
PAYMENT_SECONDS = 50 * 60
"""How long a payment token is used; the Postal Service does not say when it ends."""


class Usps:
    """The carrier adapter; see `CarrierAdapter`, `Pickups`, `Manifests` and `AddressChecks` for the promises."""

    def __init__(self, connection: Connection, http: TenantHttp) -> None:
        self._settings = Settings.model_validate(connection.model_dump())
        self._clock = http.clock
        vendor = http.vendor(SLUG, connection, mapping.refusal)
        credential = self._settings.api_key.get_secret_value()
        key, _, secret = credential.partition(":")
        form = {"grant_type": "client_credentials", "client_id": key, "client_secret": secret, "scope": SCOPES}
        ask = Request("POST", "/oauth2/v3/token", form=form)
        self._http = AuthorizedHttp(vendor, vendor.account(credential), ask)
        self._payment = vendor.account(f"{credential}:{self._settings.account_number}:payment")
        self._karrio = Karrio(SLUG, self._account(key, secret))

    def _account(self, key: str, secret: str) -> dict[str, str]:
        return {
            "client_id": key,
            "client_secret": secret,
            "account_number": self._settings.account_number,
            "account_type": self._settings.account_type,
        }

    async def rates(self, req: RateRequest) -> tuple[Rate, ...]:
        """Asking for prices changes nothing, so it may be repeated."""
        _one_parcel(req)
        now = self._clock.now()
        day = req.ship_date.isoformat() if req.ship_date else local_day(now, req.ship_from)
        request = Request(
            "POST",
            "/shipments/v3/options/search",
            body=rate_body(req, self._settings, day),
            headers=_named(req.order_number),
            repeatable=True,
            kind="rate",
        )
        return await self._http.call(request, partial(mapping.rates, req.service, now))

    async def buy_label(self, req: LabelRequest) -> Label:
        """One purchase, never sent twice: nobody can be asked what became of one without an answer."""
        _one_parcel(req)
        await self._karrio.ready()
        body, to = self._label_body(req)
        headers = {**AS_JSON, **_named(req.order_number)}
        request = Request("POST", LABELS, body=body, headers=headers, kind="label")
        return await self._paid(request, partial(mapping.label, req, to, self._clock.now()))

    def _label_body(self, req: LabelRequest) -> tuple[dict[str, Any], Address]:
        site = self._settings.site(SLUG, req.ship_from)
        ours, theirs = sender(req.ship_from, site), receiver(req.ship_to)
        day = req.ship_date.isoformat() if req.ship_date else local_day(self._clock.now(), req.ship_from)
        payload = {
            "service": "usps_priority_mail",  # karrio knows few mail classes; the chosen one is filled in after
            "shipper": theirs if req.is_return else ours,
            "recipient": ours if req.is_return else theirs,
            "parcels": parcels(req.parcels),
            "reference": req.reference,
            "options": {"shipment_date": day},
            "label_type": req.format.upper(),
        }
        (body,) = self._karrio.build("shipment", payload).body
        mapping.label_body(body, req)
        return body, self._home(req.ship_from) if req.is_return else req.ship_to

    def _home(self, location: Location) -> Address:
        site = self._settings.site(SLUG, location)
        return Address(
            name=site.contact or location.name,
            company=location.name,
            line1=site.line1,
            line2=site.line2,
            city=location.city,
            region=location.region,
            postal_code=location.postal_code,
            country=location.country,
            phone=site.phone,
        )

    async def _paid(self, request: Request, read: Callable[[bytes], T]) -> T:
        """The call with the token that opens the paying account.

        A token that is no longer taken is replaced once: the refused call did nothing, so it may be made again.
        """
        token = await self._pay()
        try:
            return await self._http.call(_with_payment(request, token), read)
        except Refused as error:
            if error.http_status != UNAUTHORIZED:
                raise
        self._payment.refused(token)
        return await self._http.call(_with_payment(request, await self._pay()), read)

    async def _pay(self) -> str:
        return await self._payment.get(self._authorize_payment)

    async def _authorize_payment(self) -> TokenAnswer:
        settings = self._settings
        common = {"CRID": settings.crid, "MID": settings.mid}
        account = {"accountType": settings.account_type, "accountNumber": settings.account_number}
        owner = {"roleName": "LABEL_OWNER", **common, **account, "manifestMID": settings.manifest_mid or settings.mid}
        body = {"roles": [{"roleName": "PAYER", **common, **account}, owner]}
        request = Request("POST", "/payments/v3/payment-authorization", body=body, repeatable=True, kind="token")
        token = await self._http.call(request, mapping.payment_token)
        return TokenAnswer(access_token=token, expires_in=PAYMENT_SECONDS)

    async def void_label(self, label: Label) -> None:
        """A label that was canceled before is refused in words that say so, which is as good."""
        path = f"{LABELS}/{quote(label.tracking_number, safe='')}"
        try:
            await self._paid(Request("DELETE", path, repeatable=True, kind="void"), mapping.canceled)
        except Refused as error:
            if not mapping.says_canceled(error.detail):
                raise

    async def track(self, tracking_number: str) -> tuple[TrackingEvent, ...]:
        """All scans of one parcel."""
        path = f"/tracking/v3/tracking/{quote(tracking_number, safe='')}"
        request = Request("GET", path, params=(("expand", "DETAIL"),), kind="track")
        try:
            return await self._http.call(request, partial(tracking.events, tracking_number))
        except Refused as error:
            if error.http_status == NOT_FOUND:
                raise NotFound(f"{SLUG} does not know the tracking number {tracking_number!r}") from error
            raise

    async def check_credential(self) -> None:
        """By a token."""
        await self._http.check_credential()

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> tuple[TrackingEvent, ...]:
        """The Postal Service's subscriptions are not used."""
        raise Unsupported(SLUG, Capability.WEBHOOKS)

    def valid_tracking_number(self, number: str) -> bool:
        """Whether the barcode's check digit is right."""
        return tracking.valid_tracking_number(number)

    async def schedule_pickup(self, req: PickupRequest) -> PickupConfirmed:
        """The letter carrier takes the parcels along on the usual round; hours cannot be asked for."""
        await self._karrio.ready()
        request = Request("POST", PICKUPS, body=self._pickup(req), kind="pickup")
        return await self._http.call(request, partial(mapping.pickup, req.reference))

    async def change_pickup(self, confirmed: PickupConfirmed, req: PickupRequest) -> PickupConfirmed:
        """One call that replaces what was asked, so that the old appointment stands when it fails."""
        await self._karrio.ready()
        asked = self._pickup(req)
        body = {"pickupDate": asked["pickupDate"], "carrierPickupRequest": asked}
        request = Request(
            "PUT", _pickup_path(confirmed), body=body, headers=ANY_VERSION, repeatable=True, kind="pickup"
        )
        return await self._http.call(request, partial(mapping.pickup, req.reference))

    def _pickup(self, req: PickupRequest) -> dict[str, Any]:
        origin = sender(req.location, self._settings.site(SLUG, req.location))
        body: dict[str, Any] = self._karrio.build("pickup", pickup_payload(req, origin, {})).body
        return mapping.pickup_body(body, req.location.region)

    async def cancel_pickup(self, confirmed: PickupConfirmed) -> None:
        """A pickup that is not there any more was called off already."""
        request = Request("DELETE", _pickup_path(confirmed), headers=ANY_VERSION, repeatable=True, kind="pickup")
        try:
            await self._http.call(request, bytes)
        except Refused as error:
            if error.http_status != NOT_FOUND:
                raise

    async def close_day(self, req: ManifestRequest) -> Manifest:
        """A SCAN form, whose one scan accepts all parcels."""
        await self._karrio.ready()
        numbers = [number for label in req.labels for number in label.tracking_numbers or [label.tracking_number]]
        payload = {
            "shipment_identifiers": numbers,
            "address": sender(req.location, self._settings.site(SLUG, req.location)),
            "options": {"shipment_date": req.ship_date.isoformat()},
        }
        body = mapping.scan_form_body(self._karrio.build("manifest", payload).body, req.location)
        request = Request("POST", "/scan-forms/v3/scan-form", body=body, headers=AS_JSON, kind="manifest")
        return await self._http.call(request, partial(mapping.manifest, req, numbers))

    async def check_address(self, address: Address) -> AddressCheck:
        """What the Postal Service makes of an address in the United States."""
        if address.country != "US":
            raise VendorRejected(f"{SLUG} knows addresses in US only, not in {address.country}", vendor=SLUG)
        asked = {
            "firm": address.company,
            "streetAddress": address.line1,
            "secondaryAddress": address.line2,
            "city": address.city,
            "state": address.region,
            "ZIPCode": mapping.zip5(address.postal_code),
        }
        params = tuple((name, value) for name, value in asked.items() if value)
        request = Request("GET", "/addresses/v3/address", params=params, kind="address")
        try:
            return await self._http.call(request, partial(addresses.address_check, address))
        except Refused as error:
            if error.http_status == NOT_FOUND:
                return AddressCheck("invalid", words=(error.detail,))
            raise


def _one_parcel(req: RateRequest | LabelRequest) -> None:
    if len(req.parcels) != 1:
        raise Unsupported(SLUG, Capability.MULTI_PIECE)


def _named(order_number: str) -> dict[str, str]:
    # The Postal Service gives no meaning to this header; who reads its logs finds the order by it.
    return {"x-correlation-id": quote(order_number, safe="")}


def _with_payment(request: Request, token: str) -> Request:
    return replace(request, headers={**request.headers, "x-payment-authorization-token": token})


def _pickup_path(confirmed: PickupConfirmed) -> str:
    return f"{PICKUPS}/{quote(confirmed.confirmation, safe='')}"
