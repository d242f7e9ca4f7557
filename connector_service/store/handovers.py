"""Parcels with a label that are on no carrier's list yet."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from connector_service.store.transaction import encode_time


@dataclass(frozen=True, slots=True)
class Waiting:
    """A labelled shipment that no driver has signed for; weight in grams."""

    carrier: str
    location_id: str
    service: str
    bought_at: datetime
    parcels: int
    weight_g: int


def waiting_since(connection: sqlite3.Connection, tenant_id: str, since: datetime) -> list[Waiting]:
    """The shipments whose live label was bought since then and is on no manifest, in the order of purchase."""
    rows = connection.execute(
        "SELECT json_extract(body, '$.carrier'), json_extract(body, '$.location_id'), json_extract(body, '$.service'),"
        " json_extract(body, '$.label.bought_at'), json_array_length(body, '$.parcels'),"
        " json_extract(body, '$.label.weight_g')"
        " FROM shipments WHERE tenant_id = ? AND status IN ('labelled', 'shipped')"
        " AND julianday(json_extract(body, '$.label.bought_at')) >= julianday(?)"
        " AND NOT EXISTS (SELECT 1 FROM manifest_labels AS done WHERE done.tenant_id = shipments.tenant_id"
        " AND done.shipment_id = shipments.id AND done.reference = json_extract(body, '$.label.reference'))"
        " ORDER BY 4, shipments.id",
        (tenant_id, encode_time(since)),
    )
    return [
        Waiting(carrier, location_id, service, datetime.fromisoformat(bought_at), parcels, weight_g)
        for carrier, location_id, service, bought_at, parcels, weight_g in rows
    ]
