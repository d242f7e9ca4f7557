"""Speaks to Canada Post: paths, credential, and one label per reference although the vendor would sell two."""

from __future__ import annotations

import asyncio
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
    Manifest,
    ManifestRequest,
    PickupConfirmed,
    PickupRequest,
    Rate,
    RateRequest,
    Unsupported,
)
from connector_service.adapters.carriers.canadapost import SLUG, Settings, mapping, requests
from connector_service.adapters.carriers.canadapost.rating import rate_body
from connector_service.adapters.contracts import Capability, Connection, looked_up
from connector_service.adapters.health import CallKind
from connector_service.adapters.http import Refused, Request, TenantHttp
from connector_service.adapters.http_errors import UnreadableAnswer
from connector_service.adapters.karrio_bridge import Karrio
from connector_service.adapters.karrio_words import customs, local_day, parcels, receiver, sender
from connector_service.errors import NotFound, VendorError, VendorRejected, VendorUnreachable

NOT_FOUND = 404
REFUNDED_BEFORE = "(7292)"
"""Not found in what Canada Post publishes of its messages; a 404 is taken likewise."""
NO_SUCH_PIN = ("(001)", "(004)")
"""004, *No PIN History*, is published; 001 is not among what was found."""
AT_ONCE = 8
"""Calls for the details of a day's labels that run beside each other."""


class CanadaPost:
    """The carrier adapter; see `CarrierAdapter`, `FindsLabels`, `Pickups` and `Manifests` for the promises."""

    def __init__(self, connection: Connection, http: TenantHttp) -> None:
        self._settings = Settings.model_validate(connection.model_dump())
        self._clock = http.clock
        self._http = http.vendor(SLUG, connection, mapping.refusal)
        credential = self._settings.api_key.get_secret_value()
        user, _, password = credential.partition(":")
        self._headers = {"authorization": basic(credential), "accept-language": "en-CA"}
        customer = self._settings.account_number
        account = {"username": user, "password": password, "customer_number": customer}
        self._karrio = Karrio(SLUG, {**account, "contract_id": self._settings.contract_id or None})
        self._mine = f"/rs/{quote(customer, safe='')}/{quote(customer, safe='')}"
        self._vans = f"/enab/{quote(customer, safe='')}/pickuprequest"

    async def rates(self, req: RateRequest) -> tuple[Rate, ...]:
        """Asking for prices changes nothing, so it may be repeated."""
        _one_parcel(req)
        now = self._clock.now()
        day = req.ship_date or date.fromisoformat(local_day(now, req.ship_from))
        content = rate_body(req, self._settings, day)
        request = self._request("POST", "/rs/ship/price", "rate", "ship.rate-v4", content, order=req.order_number)
        return await self._http.call(_again(request), partial(mapping.rates, req.service, now))

    async def buy_label(self, req: LabelRequest) -> Label:
        """One purchase, never sent twice."""
        _one_parcel(req)
        await self._karrio.ready()
        if req.is_return:
            return await self._buy_return(req)
        requests.check_customs(req)
        day = req.ship_date or date.fromisoformat(local_day(self._clock.now(), req.ship_from))
        payload = self._payload(req, day, sender(req.ship_from, self._settings.site(SLUG, req.ship_from)))
        (built,) = self._karrio.build("shipment", payload).body
        content = requests.shipment(built, req, requests.group_id(req.ship_from, day))
        request = self._request(
            "POST", f"{self._mine}/shipment", "label", "shipment-v8", content, order=req.order_number
        )
        return await self._whole(req.reference, await self._http.call(request, mapping.info), req.ship_to)

    def _payload(self, req: LabelRequest, day: date, ours: dict[str, Any]) -> dict[str, Any]:
        theirs = receiver(req.ship_to)
        return {
            "service": req.rate.service,
            "shipper": theirs if req.is_return else ours,
            "recipient": ours if req.is_return else theirs,
            "parcels": parcels(req.parcels),
            "customs": customs(req.customs),
            "reference": req.order_number,
            "options": {"shipment_date": day.isoformat(), "currency": "CAD"},
            "label_type": req.format.upper(),
        }

    async def _whole(self, reference: str, bought: mapping.Info, asked: Address | None) -> Label:
        """The label with its page and what was printed on it. It is bought, so no error now means that it is not."""
        if bought.request_id not in ("", requests.request_id(reference)):
            raise UnreadableAnswer(f"{SLUG} answered with the label of another reference", vendor=SLUG)
        path = f"{self._mine}/shipment/{quote(bought.shipment_id, safe='')}/details"
        try:
            printed, sheet = await asyncio.gather(
                self._http.call(self._request("GET", path, "label", "shipment-v8"), mapping.details),
                self._http.call(self._page(bought.label_path, "label"), partial(mapping.sheet, "label")),
            )
        except VendorError as error:
            raise _sold(error) from error
        return mapping.label(reference, bought, printed, sheet, asked, self._clock.now())

    async def find_label(self, reference: str, bought: LabelRequest | None = None) -> Label | None:
        """The one shipment of the reference. Should there be more, the first stays and the others are given back.

        Canada Post forgets what was voided, and does not find returns.
        """
        params = (("requestId", requests.request_id(reference)),)
        request = self._request("GET", f"{self._mine}/shipment", "label", "shipment-v8", params=params)
        found = await self._http.call(request, partial(mapping.links, "shipment"))
        if not found:
            return None
        for surplus in found[1:]:
            await self._give_back(surplus)
        shipment = await self._http.call(self._request("GET", found[0], "label", "shipment-v8"), mapping.info)
        return await self._whole(reference, shipment, bought.ship_to if bought else None)

    async def _buy_return(self, req: LabelRequest) -> Label:
        """A return within Canada, billed when it is used. Nothing tells its price, so it is what the rate said."""
        site, now = self._settings.site(SLUG, req.ship_from), self._clock.now()
        day = req.ship_date or date.fromisoformat(local_day(now, req.ship_from))
        built = self._karrio.build("return_shipment", self._payload(req, day, sender(req.ship_from, site))).body
        path = f"{self._mine}/authorizedreturn"
        request = self._request("POST", path, "label", "authreturn-v2", requests.returned(built, req))
        pin, page = await self._http.call(request, mapping.return_info)
        try:
            sheet = await self._http.call(self._page(page, "label"), partial(mapping.sheet, "return_label"))
        except VendorError as error:
            raise _sold(error) from error
        return mapping.return_label(req, site, pin, sheet, now)

    async def void_label(self, label: Label) -> None:
        """What was voided before is not there any more. A return costs nothing until it is used."""
        if not any(each.kind == "return_label" for each in label.documents):
            await self._give_back(f"{self._mine}/shipment/{quote(label.label_id, safe='')}")

    async def _give_back(self, path: str) -> None:
        try:
            shipment = await self._http.call(self._request("GET", path, "void", "shipment-v8"), mapping.info)
            if shipment.status == "created":
                await self._http.call(_again(self._request("DELETE", path, "void", "shipment-v8")), bytes)
            else:
                await self._ask_refund(path)
        except Refused as error:
            if error.http_status != NOT_FOUND and REFUNDED_BEFORE not in error.detail:
                raise

    async def _ask_refund(self, path: str) -> None:
        email = self._settings.refund_email
        if not email:
            text = f"{SLUG} refunds a transmitted shipment by email only: set refund_email of the connection"
            raise VendorRejected(text, vendor=SLUG, pointer="/refund_email")
        request = self._request("POST", f"{path}/refund", "void", "shipment-v8", requests.refund(email))
        await self._http.call(_again(request), mapping.refund_ticket)

    async def track(self, tracking_number: str) -> tuple[TrackingEvent, ...]:
        """All scans of one parcel."""
        path = f"/vis/track/pin/{quote(tracking_number, safe='')}/detail"
        try:
            return await self._http.call(
                self._request("GET", path, "track", "track-v2"), partial(mapping.events, tracking_number)
            )
        except Refused as error:
            if error.http_status == NOT_FOUND or any(code in error.detail for code in NO_SUCH_PIN):
                raise NotFound(f"{SLUG} does not know the tracking PIN {tracking_number!r}") from error
            raise

    async def check_credential(self) -> None:
        """By asking for a parcel that need not exist."""
        await looked_up(self.track("7023210039414604"))

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> tuple[TrackingEvent, ...]:
        """Canada Post sends none."""
        raise Unsupported(SLUG, Capability.WEBHOOKS)

    def valid_tracking_number(self, number: str) -> bool:
        """Whether the PIN's check digit is right."""
        return mapping.valid_tracking_number(number)

    async def schedule_pickup(self, req: PickupRequest) -> PickupConfirmed:
        """Order a van, where one comes on demand."""
        code = requests.postal_code(req.location.postal_code)
        path = f"/ad/pickup/pickupavailability/{quote(code, safe='')}"
        # Not counted as a pickup: whoever sees that none was called knows that none was ordered.
        if not await self._http.call(self._request("GET", path, "other", "pickup"), mapping.van_comes):
            raise VendorRejected(f"{SLUG} sends no van on demand to {code}", vendor=SLUG)
        content = requests.pickup(req, self._settings.site(SLUG, req.location), self._settings.account_number)
        request = self._request("POST", self._vans, "pickup", "pickuprequest", content)
        return await self._http.call(request, partial(mapping.pickup, req.reference, _day(req)))

    async def change_pickup(self, confirmed: PickupConfirmed, req: PickupRequest) -> PickupConfirmed:
        """One call that replaces what was asked, so that the old appointment stands when it fails."""
        content = requests.pickup_update(req, self._settings.site(SLUG, req.location))
        request = self._request("PUT", self._van(confirmed), "pickup", "pickuprequest", content)
        await self._http.call(_again(request), bytes)
        request = self._request("GET", f"{self._van(confirmed)}/details", "pickup", "pickuprequest")
        return await self._http.call(request, partial(mapping.pickup, req.reference, _day(req)))

    async def cancel_pickup(self, confirmed: PickupConfirmed) -> None:
        """A pickup that is not there any more was called off already."""
        try:
            request = self._request("DELETE", self._van(confirmed), "pickup", "pickuprequest")
            await self._http.call(_again(request), bytes)
        except Refused as error:
            if error.http_status != NOT_FOUND:
                raise

    def _van(self, confirmed: PickupConfirmed) -> str:
        return f"{self._vans}/{quote(confirmed.confirmation, safe='')}"

    async def close_day(self, req: ManifestRequest) -> Manifest:
        """Transmit the groups that the labels wait in, with everything else that waits in them."""
        await self._karrio.ready()
        groups = await self._groups(req.labels)
        payload = {
            "shipment_identifiers": [label.label_id for label in req.labels],
            "address": sender(req.location, self._settings.site(SLUG, req.location)),
            "reference": req.reference,
            "options": {"group_ids": groups, "method_of_payment": self._settings.payment},
        }
        content = requests.transmit(self._karrio.build("manifest", payload).body, groups)
        request = self._request("POST", f"{self._mine}/manifest", "manifest", "manifest-v8", content)
        paths = await self._http.call(request, partial(mapping.links, "manifest"))
        numbers, documents = [], []
        for path in paths:
            shown = await self._http.call(self._request("GET", path, "manifest", "manifest-v8"), _whole_manifest)
            numbers.append(shown[0])
            documents.append(
                await self._http.call(self._page(shown[1], "manifest"), partial(mapping.sheet, "manifest"))
            )
        tracked = tuple(label.tracking_number for label in req.labels)
        return Manifest(SLUG, req.reference, ", ".join(numbers), tracked, tuple(documents))

    async def _groups(self, labels: tuple[Label, ...]) -> list[str]:
        at_once = asyncio.Semaphore(AT_ONCE)

        async def group(label: Label) -> str:
            path = f"{self._mine}/shipment/{quote(label.label_id, safe='')}/details"
            async with at_once:
                request = self._request("GET", path, "manifest", "shipment-v8")
                return (await self._http.call(request, mapping.details)).group

        found = await asyncio.gather(*(group(label) for label in labels))
        return sorted({each for each in found if each})

    def _request(
        self,
        method: str,
        path: str,
        kind: CallKind,
        media: str,
        content: str | None = None,
        *,
        params: tuple[tuple[str, str], ...] = (),
        order: str = "",
    ) -> Request:
        media_type = f"application/vnd.cpc.{media}+xml"
        headers = {**self._headers, "accept": media_type}
        if content is not None:
            headers["content-type"] = media_type
        if order:
            # Canada Post gives no meaning to this header; who reads its logs finds the order by it.
            headers["x-correlation-id"] = quote(order, safe="")
        return Request(method, path, params=params, headers=headers, kind=kind, content=content)

    def _page(self, path: str, kind: CallKind) -> Request:
        return Request("GET", path, headers={**self._headers, "accept": "application/pdf, application/zpl"}, kind=kind)


def _sold(error: VendorError) -> VendorUnreachable:
    return VendorUnreachable(f"{SLUG} does not show the label it sold: {error.detail}", vendor=SLUG)


def _whole_manifest(body: bytes) -> tuple[str, str]:
    return mapping.manifest_number(body), mapping.path_to("artifact", body)


def _again(request: Request) -> Request:
    """The same request, which may be repeated."""
    return replace(request, repeatable=True)


def _one_parcel(req: RateRequest | LabelRequest) -> None:
    if len(req.parcels) != 1:
        raise Unsupported(SLUG, Capability.MULTI_PIECE)


def _day(req: PickupRequest) -> date:
    return date.fromisoformat(local_day(req.ready_at, req.location))
