"""Speaks to Northdock: paths, credential, what may be repeated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connector_service.adapters.contracts import Connection, StockCount, WarehouseOrder, WarehouseReport, looked_up
from connector_service.adapters.http import Refused, Request, TenantHttp
from connector_service.adapters.shapes import read_webhook_body
from connector_service.adapters.signatures import from_hex, header, require_recent, require_signature
from connector_service.adapters.wms.northdock import SLUG, mapping
from connector_service.errors import NotFound, Unauthorized

ORDERS = "/v2/orders"
NOT_FOUND = 404


class Northdock:
    """The warehouse adapter; see `WarehouseAdapter` for what each method promises."""

    def __init__(self, connection: Connection, http: TenantHttp) -> None:
        self._clock = http.clock
        self._http = http.vendor(SLUG, connection, mapping.refusal)
        self._headers = {"x-api-key": connection.api_key.get_secret_value()}
        self._secret = connection.webhook_secret.get_secret_value().encode()

    async def release(self, order: WarehouseOrder) -> str:
        """Northdock takes a repeated ExternalId for the same order, so a release may be repeated."""
        request = Request("POST", ORDERS, body=mapping.order_body(order), headers=self._headers, repeatable=True)
        return await self._http.call(request, mapping.warehouse_reference)

    async def status(self, reference: str) -> WarehouseReport:
        """Asked by ExternalId."""
        request = Request("GET", ORDERS, params=(("externalId", reference),), headers=self._headers)
        try:
            return await self._http.call(request, mapping.report)
        except Refused as error:
            if error.http_status == NOT_FOUND:
                raise NotFound(f"{SLUG} has no order with the reference {reference!r}") from error
            raise

    async def cancel(self, reference: str) -> None:
        """Asked by ExternalId; Northdock answers a second cancellation like the first."""
        request = Request("DELETE", ORDERS, params=(("externalId", reference),), headers=self._headers, repeatable=True)
        try:
            await self._http.call(request, mapping.report)
        except Refused as error:
            if error.http_status != NOT_FOUND:
                raise

    async def counts(self, location_id: str, skus: Sequence[str], order_number: str) -> tuple[StockCount, ...]:
        """One call for all SKUs."""
        asked = (("facility", location_id), ("orderNumber", order_number), *(("item", sku) for sku in skus))
        request = Request("GET", "/v2/counts", params=asked, headers=self._headers)
        return await self._http.call(request, mapping.counts)

    async def check_credential(self) -> None:
        """By asking for an order that need not exist."""
        await looked_up(self.status("credential-check"))

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> tuple[WarehouseReport, ...]:
        """The header `X-Northdock-Signature` reads `t=<Unix seconds>,v1=<hex digest>`."""
        fields = dict(
            part.strip().split("=", 1)
            for part in header(SLUG, headers, "x-northdock-signature").split(",")
            if "=" in part
        )
        if not fields.keys() >= {"t", "v1"}:
            raise Unauthorized(f"{SLUG} webhook: X-Northdock-Signature must read t=<Unix seconds>,v1=<hex digest>")
        require_recent(SLUG, fields["t"], self._clock.now())
        message = fields["t"].encode() + b"." + body
        require_signature(SLUG, self._secret, message, [from_hex(fields["v1"])])
        return read_webhook_body(SLUG, mapping.reports, body)
