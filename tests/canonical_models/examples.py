"""One worked example of each published object: a tea shop's order, and what becomes of it."""

from __future__ import annotations

from typing import Any

from tests.house import new_order

Json = dict[str, Any]
NOW = "2026-11-09T15:00:00Z"
IDENTITY: Json = {"tenant_id": "acme", "version": 1, "created_at": NOW, "updated_at": NOW}
ADDRESS: Json = new_order()["ship_to"]
REF: Json = {"system": "shopify", "type": "order_id", "value": "5512345678901"}
LINE: Json = {"line_id": "1", "sku": "TEE", "quantity_ordered": 3, "quantity_allocated": 1, "quantity_cancelled": 1}
LABEL: Json = {
    "label_id": "lbl_1",
    "carrier": "swiftparcel",
    "service": "ground",
    "tracking_number": "SP123",
    "cost_minor": 712,
    "currency": "USD",
    "transit_days": 3,
    "weight_g": 480,
    "ship_to": ADDRESS,
    "reference": "shp_1-1",
    "bought_at": NOW,
}
CHECK: Json = {
    "gate": "packing",
    "verdict": "pass",
    "rule": None,
    "because": "All of it is in the parcel.",
    "evidence": {"weight_g": 480},
    "checked_at": NOW,
}

EXAMPLES: dict[str, Json] = {
    "new_order.v1": new_order(external_refs=[REF]),
    "order.v1": new_order(lines=[LINE]) | IDENTITY | {"id": "ord_1", "status_since": NOW, "deadline_at": NOW},
    "shipment.v1": IDENTITY
    | {
        "id": "shp_1",
        "order_id": "ord_1",
        "location_id": "east",
        "status": "labelled",
        "status_since": NOW,
        "lines": [{"line_id": "1", "sku": "TEE", "quantity": 1, "quantity_picked": 1}],
        "parcels": [
            {"parcel_id": "p1", "weight_g": 480, "dims_mm": {"length_mm": 300, "width_mm": 200, "height_mm": 50}}
        ],
        "label": LABEL,
        "qa_checks": [CHECK],
    },
    "inventory_position.v1": IDENTITY
    | {"id": "east/TEE/", "sku": "TEE", "location_id": "east", "on_hand": 20, "reserved": 3, "as_of": NOW},
    "credential.v1": IDENTITY
    | {
        "id": "crd_ups",
        "slug": "ups",
        "verdict": "works",
        "words": "UPS took the credential.",
        "tested_at": NOW,
        "entered_at": NOW,
        "entered_by": "ada",
        "rotates_by": "2027-02-07T15:00:00Z",
    },
    "reservation.v1": IDENTITY
    | {
        "id": "rsv_1",
        "order_id": "ord_1",
        "line_id": "1",
        "shipment_id": "shp_1",
        "position_id": "east/TEE/",
        "sku": "TEE",
        "location_id": "east",
        "quantity": 1,
        "state": "allocated",
    },
    "transfer.v1": IDENTITY
    | {
        "id": "trf_1",
        "sku": "TEE",
        "from_position_id": "east/TEE/",
        "to_position_id": "west/TEE/",
        "quantity": 5,
        "quantity_arrived": 2,
    },
    "return_authorization.v1": IDENTITY
    | {
        "id": "rma_1",
        "number": "R-1",
        "order_id": "ord_1",
        "lines": [{"line_id": "1", "sku": "TEE", "quantity": 1, "reason": "damaged"}],
    },
    "customer_account.v1": IDENTITY | {"id": "cus_1", "name": "Ada", "addresses": [ADDRESS], "tier": "gold"},
    "pickup.v1": IDENTITY
    | {"id": "pck_1", "location_id": "east", "carrier": "swiftparcel", "window_start": NOW, "window_end": NOW},
    "tracking_event.v1": {
        "event_id": "scan-1",
        "carrier": "swiftparcel",
        "tracking_number": "SP123",
        "type": "delivered",
        "occurred_at": NOW,
    },
    "exception.v1": IDENTITY
    | {
        "id": "exc_1",
        "code": "address_invalid",
        "order_id": "ord_1",
        "message": "The postal code is of another state.",
        "owner": "client-success",
        "queue": "customer-answers",
        "resume_order_status": "received",
        "raised_at": NOW,
    },
    "decision.v1": {
        "tenant_id": "acme",
        "id": "dec_1",
        "subject_id": "ord_1",
        "file_id": "ownership",
        "file_version": "1.0.0",
        "file_hash": "ab12",
        "rule": "OWN-080",
        "fired": ["OWN-080"],
        "facts": {"status": "received"},
        "outcome": {"owner": "client-success"},
        "because": "Client success owns an order until stock is allocated.",
        "reasons": [],
        "decided_at": NOW,
    },
    "event.v1": {
        "id": "ord_1:1",
        "source": "dockline/acme",
        "type": "dockline.order.received.v1",
        "subject": "ord_1",
        "time": NOW,
        "dataschema": "/v1/schemas/order_event.v1.json",
        "sequence": 1,
        "data": {"actor": "flows", "because": "Sent by api as N1."},
    },
    "location.v1": {"id": "east", "name": "East", "country": "US", "wms": "northdock"},
    "product.v1": {"sku": "TEE", "weight_g": 180, "barcode": "4006381333931"},
}
