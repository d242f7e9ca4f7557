"""Between the rate table, the request and our own label; pure."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from canonical_models import Label, TrackingEvent, TrackingType
from canonical_models.base import Identifier, UtcDatetime
from connector_service.adapters.carrier_contract import LabelRequest, Rate
from connector_service.adapters.carriers.regional import SLUG, Settings
from connector_service.adapters.carriers.regional.numbers import tracking_number
from connector_service.adapters.carriers.regional.printing import Face, documents
from connector_service.adapters.shapes import VendorShape
from connector_service.rate_tables import Price


class _Scan(VendorShape):
    event_id: Identifier
    tracking_number: Identifier
    type: TrackingType
    occurred_at: UtcDatetime
    place: str = Field(default="", max_length=200)


class _Scans(VendorShape):
    scans: tuple[_Scan, ...] = Field(max_length=1_000)


def rate(price: Price, now: datetime) -> Rate:
    """The offer for a price. The table is the carrier's own word, so that it counts as asked now."""
    return Rate(
        carrier=SLUG,
        service=price.service,
        cost_minor=price.cost_minor,
        currency=price.currency,
        transit_days=price.transit_days,
        quote_id=f"{price.zone}/{price.service}",
        quoted_at=now,
    )


def label(settings: Settings, req: LabelRequest, price: Price, serial: int, now: datetime) -> Label:
    """The label made under a serial number: what is charged is what the table says now."""
    numbers = [tracking_number(settings.prefix, serial, piece) for piece in range(1, len(req.parcels) + 1)]
    faces = [
        Face(
            carrier=settings.name,
            service=price.service,
            number=number,
            order_number=req.order_number,
            piece=piece,
            pieces=len(numbers),
            weight_g=parcel.weight_g,
            ship_from=req.ship_from,
            ship_to=req.ship_to,
        )
        for piece, (number, parcel) in enumerate(zip(numbers, req.parcels, strict=True), start=1)
    ]
    printed = documents(faces, req.format)
    return Label(
        label_id=numbers[0],
        carrier=SLUG,
        service=price.service,
        tracking_number=numbers[0],
        cost_minor=price.cost_minor,
        currency=price.currency,
        transit_days=price.transit_days,
        weight_g=sum(parcel.weight_g for parcel in req.parcels),
        ship_to=req.ship_to,
        reference=req.reference,
        document=printed[0].content if printed[0].format == "zpl" else "",
        bought_at=now,
        tracking_numbers=numbers,
        documents=printed,
    )


def label_created(made: Label, number: str) -> TrackingEvent:
    """The first thing known of a parcel."""
    return TrackingEvent(
        event_id=f"{number}-label",
        carrier=SLUG,
        tracking_number=number,
        type=TrackingType.LABEL_CREATED,
        occurred_at=made.bought_at,
    )


def scans(body: bytes) -> tuple[TrackingEvent, ...]:
    """The scans in a webhook."""
    return tuple(
        TrackingEvent(
            event_id=scan.event_id,
            carrier=SLUG,
            tracking_number=scan.tracking_number,
            type=scan.type,
            occurred_at=scan.occurred_at,
            place=scan.place,
            raw_code=scan.type.value,
        )
        for scan in _Scans.model_validate_json(body).scans
    )
