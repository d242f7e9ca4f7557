"""Speaks to Terrapost: paths and token."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from urllib.parse import quote

from canonical_models import Label, TrackingEvent
from connector_service.adapters.authorized import AuthorizedHttp, basic
from connector_service.adapters.carrier_contract import LabelRequest, Rate, RateRequest
from connector_service.adapters.carriers.terrapost import SLUG, mapping, signing_key
from connector_service.adapters.contracts import Connection
from connector_service.adapters.http import Refused, Request, TenantHttp
from connector_service.adapters.shapes import read_webhook_body
from connector_service.adapters.signatures import from_base64, header, require_recent, require_signature
from connector_service.errors import NotFound, VendorRejected

SHIPMENTS = "/api/shipments"
NOT_FOUND = 404


class Terrapost:
    """The carrier adapter; see `CarrierAdapter` for what each method promises."""

    def __init__(self, connection: Connection, http: TenantHttp) -> None:
        self._clock = http.clock
        vendor, credential = http.vendor(SLUG, connection, mapping.refusal), connection.api_key.get_secret_value()
        ask = Request(
            "POST",
            "/oauth/token",
            form={"grant_type": "client_credentials"},
            headers={"authorization": basic(credential)},
        )
        self._http = AuthorizedHttp(vendor, vendor.account(credential), ask)
        self._key = signing_key(connection.webhook_secret.get_secret_value())

    async def rates(self, req: RateRequest) -> tuple[Rate, ...]:
        """Asking for offers changes nothing, so it may be repeated."""
        request = Request("POST", "/api/price-enquiries", body=mapping.enquiry_body(req), repeatable=True, kind="rate")
        rates = await self._http.call(request, partial(mapping.rates, quoted_at=self._clock.now()))
        return tuple(rate for rate in rates if req.service in (None, rate.service))

    async def buy_label(self, req: LabelRequest) -> Label:
        """One purchase, never sent twice."""
        request = Request("POST", SHIPMENTS, body=mapping.shipment_body(req), kind="label")
        return await self._http.call(request, partial(mapping.label, req.reference))

    async def find_label(self, reference: str, bought: LabelRequest | None = None) -> Label | None:
        """The one label of the reference. Should there be more, the oldest stays and the others are given back."""
        asked = (("customer_reference", reference), ("order_number", bought.order_number if bought else ""))
        found = await self._http.call(Request("GET", SHIPMENTS, params=asked, kind="label"), mapping.bought)
        for surplus in found.live[1:]:
            await self.void_label(surplus)
        if found.live:
            return found.live[0]
        if found.any_voided:
            raise VendorRejected(
                f"{SLUG}: the label of {reference!r} was voided; buy under a new reference", vendor=SLUG
            )
        return None

    async def void_label(self, label: Label) -> None:
        """Voiding twice is answered like voiding once."""
        path = f"{SHIPMENTS}/{quote(label.label_id, safe='')}/void"
        await self._http.call(
            Request("POST", path, body={}, repeatable=True, kind="void"), partial(mapping.label, label.reference)
        )

    async def track(self, tracking_number: str) -> tuple[TrackingEvent, ...]:
        """All scans of one parcel."""
        request = Request("GET", "/api/scans", params=(("tracking_number", tracking_number),), kind="track")
        try:
            return await self._http.call(request, mapping.scans)
        except Refused as error:
            if error.http_status == NOT_FOUND:
                raise NotFound(f"{SLUG} does not know the tracking number {tracking_number!r}") from error
            raise

    async def check_credential(self) -> None:
        """By a token."""
        await self._http.check_credential()

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> tuple[TrackingEvent, ...]:
        """Standard Webhooks: `webhook-signature` lists `v1,<base64>` over `<webhook-id>.<webhook-timestamp>.<body>`."""
        webhook_id = header(SLUG, headers, "webhook-id")
        timestamp = header(SLUG, headers, "webhook-timestamp")
        signatures = header(SLUG, headers, "webhook-signature").split()
        require_recent(SLUG, timestamp, self._clock.now())
        given = [from_base64(each.removeprefix("v1,")) for each in signatures if each.startswith("v1,")]
        require_signature(SLUG, self._key, f"{webhook_id}.{timestamp}.".encode() + body, given)
        return read_webhook_body(SLUG, mapping.webhook_scans, body)

    def valid_tracking_number(self, number: str) -> bool:
        """Whether the S10 check digit is right."""
        return mapping.valid_tracking_number(number)
