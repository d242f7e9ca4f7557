"""End-of-day manifests: which labels were handed over to a carrier by which list."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from canonical_models import ClosedManifest

SCHEMA = (
    "CREATE TABLE manifests (tenant_id TEXT, carrier TEXT, location_id TEXT, day TEXT, part INTEGER, body TEXT,"
    " PRIMARY KEY (tenant_id, carrier, location_id, day, part)) WITHOUT ROWID",
    "CREATE TABLE manifest_labels (tenant_id TEXT, shipment_id TEXT, reference TEXT, manifest TEXT,"
    " PRIMARY KEY (tenant_id, shipment_id, reference)) WITHOUT ROWID",
)


def of_day(
    connection: sqlite3.Connection, tenant_id: str, carrier: str, location_id: str, day: str
) -> list[ClosedManifest]:
    """The manifests of a carrier, location and day, the first first."""
    rows = connection.execute(
        "SELECT body FROM manifests WHERE tenant_id = ? AND carrier = ? AND location_id = ? AND day = ? ORDER BY part",
        (tenant_id, carrier, location_id, day),
    )
    return [ClosedManifest.model_validate_json(body) for (body,) in rows]


def keep(connection: sqlite3.Connection, tenant_id: str, manifest: ClosedManifest) -> None:
    """Keep a manifest, and note that its labels are handed over."""
    key = (tenant_id, manifest.carrier, manifest.location_id, manifest.day.isoformat(), manifest.part)
    connection.execute(
        "INSERT INTO manifests (tenant_id, carrier, location_id, day, part, body) VALUES (?,?,?,?,?,?)",
        (*key, manifest.model_dump_json()),
    )
    connection.executemany(
        "INSERT INTO manifest_labels (tenant_id, shipment_id, reference, manifest) VALUES (?,?,?,?)",
        [(tenant_id, line.shipment_id, line.reference, manifest.manifest_id) for line in manifest.lines],
    )


def waiting(connection: sqlite3.Connection, tenant_id: str, carrier: str, location_id: str) -> Sequence[str]:
    """The shipments of a carrier and location whose live label is on no manifest, whenever it was bought: what was
    forgotten yesterday goes along today."""
    rows = connection.execute(
        "SELECT id FROM shipments WHERE tenant_id = ? AND status IN ('labelled', 'shipped')"
        " AND json_extract(body, '$.carrier') = ? AND json_extract(body, '$.location_id') = ?"
        " AND NOT EXISTS (SELECT 1 FROM manifest_labels AS done WHERE done.tenant_id = shipments.tenant_id"
        " AND done.shipment_id = shipments.id AND done.reference = json_extract(body, '$.label.reference'))"
        " ORDER BY id",
        (tenant_id, carrier, location_id),
    )
    return [row[0] for row in rows]
