"""Speaks to DHL Express: paths, credential, what may be repeated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import quote

from canonical_models import Address, Label, TrackingEvent
from connector_service.adapters.authorized import basic
from connector_service.adapters.carrier_contract import (
    LabelRequest,
    PickupConfirmed,
    PickupRequest,
    Rate,
    RateRequest,
    Unsupported,
)
from connector_service.adapters.carriers.dhl_express import SLUG, Settings, mapping
from connector_service.adapters.carriers.dhl_express.codes import crosses_customs
from connector_service.adapters.carriers.dhl_express.rating import rate_body
from connector_service.adapters.contracts import Capability, Connection, looked_up
from connector_service.adapters.health import CallKind
from connector_service.adapters.http import Refused, Request, TenantHttp
from connector_service.adapters.karrio_bridge import Karrio
from connector_service.adapters.karrio_words import (
    customs,
    local_day,
    parcels,
    pickup_payload,
    receiver,
    sender,
)
from connector_service.errors import NotFound, VendorRejected

NOT_FOUND = 404
CALLED_OFF = (("requestorName", "Dockline"), ("reason", "001"))


class DhlExpress:
    """The carrier adapter; see `CarrierAdapter` and `Pickups` for what each method promises."""

    def __init__(self, connection: Connection, http: TenantHttp) -> None:
        self._settings = Settings.model_validate(connection.model_dump())
        self._clock = http.clock
        self._http = http.vendor(SLUG, connection, mapping.refusal)
        credential = self._settings.api_key.get_secret_value()
        user, _, password = credential.partition(":")
        self._headers = {"authorization": basic(credential)}
        account = {"username": user, "password": password, "account_number": self._settings.account_number}
        self._karrio = Karrio("mydhl", account)

    async def rates(self, req: RateRequest) -> tuple[Rate, ...]:
        """Asking for prices changes nothing, so it may be repeated."""
        day = req.ship_date.isoformat() if req.ship_date else local_day(self._clock.now(), req.ship_from)
        declarable = crosses_customs(req.ship_from.country, req.ship_to.country)
        body = rate_body(req, self._settings.account_number, day, declarable=declarable)
        request = self._request("POST", "/rates", "rate", body=body, order=req.order_number, repeatable=True)
        return await self._http.call(request, partial(mapping.rates, now=self._clock.now()))

    async def buy_label(self, req: LabelRequest) -> Label:
        """One purchase, never sent twice: DHL Express cannot be asked what became of one without an answer."""
        await self._karrio.ready()
        body = self._shipment(req)
        request = self._request("POST", "/shipments", "label", body=body, order=req.order_number)
        to = self._receiver(req)
        return await self._http.call(request, partial(mapping.label, req, to, self._clock.now()))

    def _shipment(self, req: LabelRequest) -> dict[str, Any]:
        ours = sender(req.ship_from, self._settings.site(SLUG, req.ship_from))
        theirs = receiver(req.ship_to)
        dutiable = crosses_customs(req.ship_from.country, req.ship_to.country)
        if dutiable and (req.customs is None or not req.customs.lines):
            text = f"{SLUG} needs to know what is in a shipment that goes through customs: give customs with its lines"
            raise VendorRejected(text, vendor=SLUG, pointer="/customs")
        day = req.ship_date or date.fromisoformat(local_day(self._clock.now(), req.ship_from))
        payload = {
            "service": req.rate.service,
            "shipper": theirs if req.is_return else ours,
            "recipient": ours if req.is_return else theirs,
            "parcels": parcels(req.parcels),
            "customs": customs(req.customs),
            "options": {"shipment_date": day.isoformat()},
            "label_type": req.format.upper(),
        }
        body: dict[str, Any] = self._karrio.build("shipment", payload).body["shipment"]
        mapping.complete_shipment(body, req, day, dutiable=dutiable)
        return body

    def _receiver(self, req: LabelRequest) -> Address:
        if not req.is_return:
            return req.ship_to
        site, ours = self._settings.site(SLUG, req.ship_from), req.ship_from
        return Address(
            name=site.contact or ours.name,
            company=ours.name,
            line1=site.line1,
            line2=site.line2,
            city=ours.city,
            region=ours.region,
            postal_code=ours.postal_code,
            country=ours.country,
            phone=site.phone,
        )

    async def void_label(self, label: Label) -> None:
        """DHL Express does not take shipments back."""
        raise Unsupported(SLUG, Capability.VOID)

    async def track(self, tracking_number: str) -> tuple[TrackingEvent, ...]:
        """All scans of one waybill."""
        params = (("shipmentTrackingNumber", tracking_number), ("trackingView", "all-checkpoints"))
        request = self._request("GET", "/tracking", "track", params=params)
        try:
            return await self._http.call(request, partial(mapping.events, tracking_number))
        except Refused as error:
            if error.http_status == NOT_FOUND:
                raise NotFound(f"{SLUG} does not know the waybill {tracking_number!r}") from error
            raise

    async def check_credential(self) -> None:
        """By asking for a parcel that need not exist."""
        await looked_up(self.track("1234567891"))

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> tuple[TrackingEvent, ...]:
        """DHL Express sends none."""
        raise Unsupported(SLUG, Capability.WEBHOOKS)

    def valid_tracking_number(self, number: str) -> bool:
        """Whether the waybill's check digit is right."""
        return mapping.valid_tracking_number(number)

    async def schedule_pickup(self, req: PickupRequest) -> PickupConfirmed:
        """Order a courier."""
        await self._karrio.ready()
        request = self._request("POST", "/pickups", "pickup", body=self._pickup(req))
        return await self._http.call(request, self._confirmed(req))

    async def change_pickup(self, confirmed: PickupConfirmed, req: PickupRequest) -> PickupConfirmed:
        """One call that moves the appointment, so that the old one stands when it fails; the number stays."""
        await self._karrio.ready()
        body = self._pickup(req)
        body["dispatchConfirmationNumber"] = confirmed.confirmation
        body["originalShipperAccountNumber"] = self._settings.account_number
        request = self._request("PATCH", _pickup_path(confirmed), "pickup", body=body, repeatable=True)
        return await self._http.call(request, self._confirmed(req))

    def _pickup(self, req: PickupRequest) -> dict[str, Any]:
        origin = sender(req.location, self._settings.site(SLUG, req.location))
        payload = pickup_payload(req, origin, {"service": req.service} if req.service else {})
        body: dict[str, Any] = self._karrio.build("pickup", payload).body
        return body

    def _confirmed(self, req: PickupRequest) -> Any:
        day = date.fromisoformat(local_day(req.ready_at, req.location))
        return partial(mapping.pickup, req.reference, day, {})

    async def cancel_pickup(self, confirmed: PickupConfirmed) -> None:
        """A pickup that is not there any more was called off already."""
        request = self._request("DELETE", _pickup_path(confirmed), "pickup", params=CALLED_OFF, repeatable=True)
        try:
            await self._http.call(request, bytes)
        except Refused as error:
            if error.http_status != NOT_FOUND:
                raise

    def _request(self, method: str, path: str, kind: CallKind, *, order: str = "", **fields: Any) -> Request:
        # DHL Express gives no meaning to this header; who reads its logs finds the order by it.
        headers = {**self._headers, "x-correlation-id": quote(order, safe="")} if order else self._headers
        return replace(Request(method, path, kind=kind, headers=headers), **fields)


def _pickup_path(confirmed: PickupConfirmed) -> str:
    return f"/pickups/{quote(confirmed.confirmation, safe='')}"
