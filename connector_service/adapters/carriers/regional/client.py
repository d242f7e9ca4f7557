"""The regional carrier's desk: nobody is called, everything is known here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from canonical_models import Label, TrackingEvent, TrackingType
from connector_service.adapters.carrier_contract import LabelRequest, Rate, RateRequest, Unsupported
from connector_service.adapters.carriers.regional import SLUG, Settings, mapping, numbers
from connector_service.adapters.contracts import Capability, Connection
from connector_service.adapters.http import TenantHttp
from connector_service.adapters.shapes import read_webhook_body
from connector_service.adapters.signatures import from_base64, header, require_recent, require_signature
from connector_service.errors import NotFound, VendorRejected
from connector_service.rate_tables import Price, RateTable, prices, valid_on


class Regional:
    """The carrier adapter; see `CarrierAdapter` and `FindsLabels` for what each method promises."""

    def __init__(self, connection: Connection, http: TenantHttp) -> None:
        self._settings = Settings.model_validate(connection.model_dump())
        self._tenant_id = http.tenant_id
        self._clock = http.clock
        self._desk = http.desk
        self._key = self._settings.webhook_secret.get_secret_value().encode()

    async def rates(self, req: RateRequest) -> tuple[Rate, ...]:
        """The prices of the table that is in force on the ship date."""
        now = self._clock.now()
        return tuple(mapping.rate(price, now) for price in self._prices(req, req.service))

    def _prices(self, req: RateRequest | LabelRequest, service: str | None) -> tuple[Price, ...]:
        found = prices(self._table(req), req.ship_from, req.ship_to, req.parcels, service)
        if not found:
            lane = f"{req.ship_from.country} {req.ship_from.postal_code} to {req.ship_to.country}"
            words = f"{SLUG}: its table has no price from {lane} {req.ship_to.postal_code} for these parcels"
            raise VendorRejected(words + (f" by {service}" if service else ""), vendor=SLUG)
        return found

    def _table(self, req: RateRequest | LabelRequest) -> RateTable:
        day = req.ship_date or self._clock.now().date()
        table = valid_on(self._desk.tables(self._tenant_id, SLUG), day)
        if table is None:
            words = f"{SLUG}: no rates are agreed for {day}; add a table with PUT /v1/carriers/{SLUG}/rates"
            raise VendorRejected(words, vendor=SLUG)
        return table

    async def buy_label(self, req: LabelRequest) -> Label:
        """Make the label, or find the one made before under this reference."""
        if req.is_return:
            raise Unsupported(SLUG, Capability.RETURN_LABEL)
        now = self._clock.now()
        price = self._prices(req, req.rate.service)[0]
        make = partial(mapping.label, self._settings, req, price, now=now)
        label = await self._desk.sell(self._tenant_id, SLUG, req.reference, make)
        if label is None:
            raise self._spent(req.reference)
        return label

    def _spent(self, reference: str) -> VendorRejected:
        return VendorRejected(f"{SLUG}: the label of {reference!r} was voided; buy under a new reference", vendor=SLUG)

    async def find_label(self, reference: str, bought: LabelRequest | None = None) -> Label | None:
        """The label made under a reference."""
        found = self._desk.find(self._tenant_id, SLUG, reference)
        if found is not None and found[1] is not None:
            raise self._spent(reference)
        return found[0] if found else None

    async def void_label(self, label: Label) -> None:
        """Take it back unless one of its parcels has been scanned."""
        if self._desk.find(self._tenant_id, SLUG, label.reference) is None:
            raise VendorRejected(f"{SLUG} has made no label {label.label_id!r}", vendor=SLUG)
        for number in label.tracking_numbers or [label.tracking_number]:
            scans = self._desk.scans(self._tenant_id, SLUG, number)
            if any(scan.type is not TrackingType.LABEL_CREATED for scan in scans):
                raise VendorRejected(f"{SLUG}: {number} was collected, its label stays", vendor=SLUG)
        await self._desk.void(self._tenant_id, SLUG, label.reference)

    async def track(self, tracking_number: str) -> tuple[TrackingEvent, ...]:
        """The making of the label, then the scans that were told."""
        found = self._desk.of_number(self._tenant_id, SLUG, numbers.master_of(tracking_number))
        if found is None or tracking_number not in found[0].tracking_numbers:
            raise NotFound(f"{SLUG} does not know the tracking number {tracking_number!r}")
        told = self._desk.scans(self._tenant_id, SLUG, tracking_number)
        return (mapping.label_created(found[0], tracking_number), *told)

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> tuple[TrackingEvent, ...]:
        """Standard Webhooks: `webhook-signature` lists `v1,<base64>` over `<webhook-id>.<webhook-timestamp>.<body>`."""
        webhook_id = header(SLUG, headers, "webhook-id")
        timestamp = header(SLUG, headers, "webhook-timestamp")
        signatures = header(SLUG, headers, "webhook-signature").split()
        require_recent(SLUG, timestamp, self._clock.now())
        given = [from_base64(each.removeprefix("v1,")) for each in signatures if each.startswith("v1,")]
        require_signature(SLUG, self._key, f"{webhook_id}.{timestamp}.".encode() + body, given)
        return read_webhook_body(SLUG, mapping.scans, body)

    def valid_tracking_number(self, number: str) -> bool:
        """Whether the prefix is the tenant's and the check digit right."""
        return numbers.valid(self._settings.prefix, number)
