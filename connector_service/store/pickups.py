"""Pickups by what they hold: parcels that wait for a van, those of a pickup that still stand there, calls to repeat."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from connector_service.store.connection import Connection
from connector_service.store.transaction import encode_time

SCHEMA = (
    "ALTER TABLE pickups ADD COLUMN again_at TEXT",
    "CREATE INDEX pickups_again ON pickups (again_at) WHERE again_at IS NOT NULL",
)
# A parcel stands there until its carrier has scanned it, by whichever scan but the one of its label.
_UNSEEN = (
    "EXISTS (SELECT 1 FROM parcel_numbers n WHERE n.tenant_id = s.tenant_id AND n.shipment_id = s.id"
    " AND NOT EXISTS (SELECT 1 FROM tracking_events e WHERE e.tenant_id = n.tenant_id AND e.carrier = n.carrier"
    " AND e.tracking_number = n.tracking_number AND json_extract(e.body, '$.type') <> 'label_created'))"
)
_HELD_BY = (
    "SELECT 1 FROM pickups p, json_each(p.body, '$.shipment_ids') held WHERE p.tenant_id = s.tenant_id"
    " AND p.location_id = json_extract(s.body, '$.location_id') AND p.carrier = json_extract(s.body, '$.carrier')"
    " AND p.status IN ('requested', 'confirmed', 'in_doubt') AND held.value = s.id"
)
_COLUMNS = (
    "s.id, json_array_length(s.body, '$.parcels'), json_extract(s.body, '$.label.weight_g'),"
    " json_extract(s.body, '$.service'), json_extract(o.body, '$.priority') = 'express'"
)
_SHIPMENTS = "FROM shipments s JOIN orders o ON o.tenant_id = s.tenant_id AND o.id = s.order_id"


@dataclass(frozen=True, slots=True)
class Standing:
    """A labelled shipment that its carrier has not collected; weight in grams."""

    shipment_id: str
    parcels: int
    weight_g: int
    service: str
    express: bool


def waiting(
    connection: sqlite3.Connection, tenant_id: str, carrier: str, location_id: str, since: datetime
) -> list[Standing]:
    """What waits at a location for a carrier and is in no pickup that may come, of labels bought since a moment."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} {_SHIPMENTS} WHERE s.tenant_id = ? AND s.status IN ('labelled', 'shipped')"
        " AND json_extract(s.body, '$.carrier') = ? AND json_extract(s.body, '$.location_id') = ?"
        " AND julianday(json_extract(s.body, '$.label.bought_at')) >= julianday(?)"
        f" AND {_UNSEEN} AND NOT EXISTS ({_HELD_BY}) ORDER BY s.id",
        (tenant_id, carrier, location_id, encode_time(since)),
    )
    return [_standing(*row) for row in rows]


def still_there(connection: sqlite3.Connection, tenant_id: str, pickup_id: str) -> list[Standing]:
    """What a pickup is to collect and its carrier has not; a shipment that was cancelled, or has another carrier's
    label by now, is not there any more."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM pickups p, json_each(p.body, '$.shipment_ids') held"  # noqa: S608
        " JOIN shipments s ON s.tenant_id = p.tenant_id AND s.id = held.value"
        " JOIN orders o ON o.tenant_id = s.tenant_id AND o.id = s.order_id"
        " WHERE p.tenant_id = ? AND p.id = ? AND s.status IN ('labelled', 'shipped', 'in_transit')"
        f" AND json_extract(s.body, '$.carrier') = p.carrier AND {_UNSEEN} ORDER BY s.id",
        (tenant_id, pickup_id),
    )
    return [_standing(*row) for row in rows]


def _standing(shipment_id: str, parcels: int, weight_g: int, service: str, express: int) -> Standing:
    return Standing(shipment_id, parcels, weight_g, service, bool(express))


def anything_left(connection: Connection, tenant_id: str, carrier: str, shipment_ids: Sequence[str]) -> bool:
    """Whether a carrier has not scanned all parcels of some shipments; asked at every scan, so it looks into nothing
    that may wait to be written."""
    row = connection.at_once(
        "SELECT 1 FROM json_each(?) held JOIN shipments s ON s.tenant_id = ? AND s.id = held.value"
        " AND s.status IN ('labelled', 'shipped', 'in_transit')"
        " JOIN parcel_numbers n ON n.tenant_id = s.tenant_id AND n.shipment_id = s.id AND n.carrier = ?"
        " WHERE NOT EXISTS (SELECT 1 FROM tracking_events e WHERE e.tenant_id = n.tenant_id AND e.carrier = n.carrier"
        " AND e.tracking_number = n.tracking_number AND json_extract(e.body, '$.type') <> 'label_created') LIMIT 1",
        (orjson.dumps(shipment_ids).decode(), tenant_id, carrier),
    ).fetchone()
    return row is not None


def collected_at(connection: sqlite3.Connection, tenant_id: str, pickup_id: str) -> datetime | None:
    """When the last of its parcels was first scanned by the carrier; None when none was."""
    row = connection.execute(
        "SELECT MAX(first) FROM (SELECT MIN(e.occurred_at) AS first FROM pickups p, json_each(p.body, '$.shipment_ids')"
        " held JOIN tracking_events e ON e.tenant_id = p.tenant_id AND e.shipment_id = held.value"
        " WHERE p.tenant_id = ? AND p.id = ? AND json_extract(e.body, '$.type') <> 'label_created'"
        " GROUP BY e.tracking_number)",
        (tenant_id, pickup_id),
    ).fetchone()
    return datetime.fromisoformat(row[0]) if row[0] else None


def due(connection: sqlite3.Connection, now: datetime, limit: int = 200) -> list[tuple[str, str]]:
    """Tenant and id of the pickups whose carrier has to be asked again, or whose answer never came."""
    rows = connection.execute(
        "SELECT tenant_id, id FROM pickups WHERE again_at IS NOT NULL AND again_at <= ? ORDER BY again_at LIMIT ?",
        (encode_time(now), limit),
    )
    return [(tenant_id, pickup_id) for tenant_id, pickup_id in rows]
