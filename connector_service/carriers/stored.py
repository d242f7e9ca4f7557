"""What the store remembers for carriers: agreed rates, and the labels of carriers without a system of their own."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from canonical_models import Label, TrackingEvent
from connector_service.rate_tables import RateTable, read_json
from connector_service.store import Store, own_labels, rate_tables
from connector_service.store.rate_tables import KeptTable


@dataclass(slots=True)
class StoredTables:
    """The rate tables of all tenants. Reading one again costs a look whether it has changed, not its parsing."""

    store: Store
    _read: dict[tuple[str, str], tuple[tuple[str, ...], tuple[RateTable, ...]]] = field(default_factory=dict)

    def tables(self, tenant_id: str, carrier: str) -> Sequence[RateTable]:
        """The tables agreed with a carrier, the one that begins first first."""
        hashes = rate_tables.hashes(self.store.reader, tenant_id, carrier)
        known = self._read.get((tenant_id, carrier))
        if known is None or known[0] != hashes:
            kept = rate_tables.of_carrier(self.store.reader, tenant_id, carrier)
            known = hashes, tuple(read_json(each.body) for each in kept)
            self._read[tenant_id, carrier] = known
        return known[1]

    async def put(self, tenant_id: str, carrier: str, table: RateTable, put_by: str) -> KeptTable:
        """Keep a table, in place of the one that begins on the same day."""
        kept = kept_table(carrier, table, put_by, self.store.clock.now())
        await self.store.write(tenant_id, lambda tx: rate_tables.put(tx.connection, tenant_id, kept))
        return kept


def kept_table(carrier: str, table: RateTable, put_by: str, now: datetime) -> KeptTable:
    """A table as the store keeps it."""
    return KeptTable(carrier, table.valid_from.isoformat(), table.content_hash(), table.model_dump_json(), put_by, now)


@dataclass(frozen=True, slots=True)
class StoredLabels:
    """The labels that this installation makes itself; see `regional.desk.LabelDesk` for what each method promises."""

    store: Store
    known_tables: StoredTables

    def tables(self, tenant_id: str, carrier: str) -> Sequence[RateTable]:
        """The tables agreed with a carrier."""
        return self.known_tables.tables(tenant_id, carrier)

    async def sell(self, tenant_id: str, carrier: str, reference: str, make: Callable[[int], Label]) -> Label | None:
        """The label of a reference: the one there is, else the one that `make` makes of a new serial number."""

        def job(connection: sqlite3.Connection) -> Label | None:
            found = own_labels.find(connection, tenant_id, carrier, reference)
            if found is not None:
                return None if found[1] else found[0]
            return own_labels.add(connection, tenant_id, carrier, reference, make)

        return await self.store.write(tenant_id, lambda tx: job(tx.connection))

    async def void(self, tenant_id: str, carrier: str, reference: str) -> None:
        """Note that the label of a reference is void."""
        await self.store.write(
            tenant_id, lambda tx: own_labels.void(tx.connection, tenant_id, carrier, reference, tx.now)
        )

    def find(self, tenant_id: str, carrier: str, reference: str) -> tuple[Label, datetime | None] | None:
        """The label of a reference, and when it was voided."""
        return own_labels.find(self.store.reader, tenant_id, carrier, reference)

    def of_number(self, tenant_id: str, carrier: str, number: str) -> tuple[Label, datetime | None] | None:
        """The same by the tracking number."""
        return own_labels.of_number(self.store.reader, tenant_id, carrier, number)

    def scans(self, tenant_id: str, carrier: str, number: str) -> tuple[TrackingEvent, ...]:
        """The scans that were told of a parcel, oldest first."""
        return own_labels.scans(self.store.reader, tenant_id, carrier, number)

    async def keep_scans(self, tenant_id: str, scans: Sequence[TrackingEvent]) -> int:
        """Keep scans; how many were news."""
        return await self.store.write(
            tenant_id, lambda tx: sum(own_labels.add_scan(tx.connection, tenant_id, scan) for scan in scans)
        )
