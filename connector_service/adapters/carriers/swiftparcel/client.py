"""Speaks to Swiftparcel: paths, credential, what may be repeated."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from urllib.parse import quote

from canonical_models import Label, TrackingEvent
from connector_service.adapters.carrier_contract import LabelRequest, Rate, RateRequest
from connector_service.adapters.carriers.swiftparcel import SLUG, mapping
from connector_service.adapters.contracts import Connection, looked_up
from connector_service.adapters.health import CallKind
from connector_service.adapters.http import Refused, Request, TenantHttp
from connector_service.adapters.shapes import read_webhook_body
from connector_service.adapters.signatures import from_base64, header, require_recent, require_signature
from connector_service.errors import NotFound

NOT_FOUND = 404


class Swiftparcel:
    """The carrier adapter; see `CarrierAdapter` for what each method promises."""

    def __init__(self, connection: Connection, http: TenantHttp) -> None:
        self._clock = http.clock
        self._http = http.vendor(SLUG, connection, mapping.refusal)
        self._headers = {"x-api-key": connection.api_key.get_secret_value()}
        self._secret = connection.webhook_secret.get_secret_value().encode()

    async def rates(self, req: RateRequest) -> tuple[Rate, ...]:
        """Asking for quotes changes nothing, so it may be repeated."""
        read = partial(mapping.rates, quoted_at=self._clock.now())
        rates = await self._http.call(self._post("/v1/quotes", mapping.quote_body(req), "rate"), read)
        return tuple(rate for rate in rates if req.service in (None, rate.service))

    async def buy_label(self, req: LabelRequest) -> Label:
        """Swiftparcel takes a repeated clientReference for the same label, so buying may be repeated."""
        return await self._http.call(
            self._post("/v1/labels", mapping.label_body(req), "label"), partial(mapping.label, req.reference)
        )

    def _post(self, path: str, body: dict[str, object], kind: CallKind) -> Request:
        return Request("POST", path, body=body, headers=self._headers, repeatable=True, kind=kind)

    async def void_label(self, label: Label) -> None:
        """Voiding twice is answered like voiding once."""
        path = f"/v1/labels/{quote(label.label_id, safe='')}"
        await self._http.call(
            Request("DELETE", path, headers=self._headers, repeatable=True, kind="void"), mapping.void_confirmed
        )

    async def track(self, tracking_number: str) -> tuple[TrackingEvent, ...]:
        """All scans of one parcel."""
        request = Request(
            "GET", "/v1/scans", params=(("trackingNumber", tracking_number),), headers=self._headers, kind="track"
        )
        try:
            return await self._http.call(request, mapping.tracking_events)
        except Refused as error:
            if error.http_status == NOT_FOUND:
                raise NotFound(f"{SLUG} does not know the tracking number {tracking_number!r}") from error
            raise

    async def check_credential(self) -> None:
        """By asking for a parcel that need not exist."""
        await looked_up(self.track("SW00000000000"))

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> tuple[TrackingEvent, ...]:
        """`X-Swift-Signature` is the base64 digest over `X-Swift-Timestamp` (Unix seconds), a line feed, the body."""
        timestamp = header(SLUG, headers, "x-swift-timestamp")
        signature = header(SLUG, headers, "x-swift-signature")
        require_recent(SLUG, timestamp, self._clock.now())
        require_signature(SLUG, self._secret, timestamp.encode() + b"\n" + body, [from_base64(signature)])
        return read_webhook_body(SLUG, mapping.tracking_events, body)

    def valid_tracking_number(self, number: str) -> bool:
        """Whether the Luhn check digit is right."""
        return mapping.valid_tracking_number(number)
