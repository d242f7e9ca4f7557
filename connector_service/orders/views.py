"""What flows see of an object: flat and small, because every item of every step carries it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from pydantic import Field, JsonValue

from canonical_models import (
    PICKUP_TROUBLES,
    CanonicalModel,
    CanonicalObject,
    ExceptionCase,
    Order,
    Pickup,
    PickupTrouble,
    Shipment,
)


class OrderView(CanonicalModel):
    """An order as the items of a flow carry it."""

    order_id: str
    version: int
    number: str
    status: str
    priority: str
    channel: str
    source: str
    country: str
    city: str
    currency: str
    total_minor: int
    line_count: int
    units: int
    owner: str
    deadline_at: str | None
    shipment_ids: list[str]
    exception_ids: list[str]
    customer_email: str
    customer_tier: str

    @classmethod
    def of(cls, order: Order) -> OrderView:
        """The view of an order."""
        return cls.model_construct(
            order_id=order.id,
            version=order.version,
            number=order.number,
            status=order.status.value,
            priority=order.priority.value,
            channel=order.channel,
            source=order.source,
            country=order.ship_to.country,
            city=order.ship_to.city,
            currency=order.currency,
            total_minor=order.totals.total_minor,
            line_count=len(order.lines),
            units=sum(line.quantity_ordered for line in order.lines if line.parent_line_id is None),
            owner=order.owner,
            deadline_at=order.deadline_at.isoformat() if order.deadline_at else None,
            shipment_ids=list(order.shipment_ids),
            exception_ids=list(order.exception_ids),
            customer_email=order.ship_to.email,
            customer_tier=order.customer_tier,
        )


class ShipmentView(CanonicalModel):
    """A shipment as the items of a flow carry it."""

    shipment_id: str
    order_id: str
    version: int
    status: str
    location_id: str
    carrier: str | None
    service: str | None
    tracking_number: str | None
    cost_minor: int | None
    weight_g: int
    units: int
    attempt: int

    @classmethod
    def of(cls, shipment: Shipment) -> ShipmentView:
        """The view of a shipment."""
        label = shipment.label
        return cls.model_construct(
            shipment_id=shipment.id,
            order_id=shipment.order_id,
            version=shipment.version,
            status=shipment.status.value,
            location_id=shipment.location_id,
            carrier=shipment.carrier,
            service=shipment.service,
            tracking_number=label.tracking_number if label else None,
            cost_minor=label.cost_minor if label else None,
            weight_g=sum(parcel.weight_g for parcel in shipment.parcels),
            units=sum(line.quantity for line in shipment.lines),
            attempt=shipment.attempt,
        )


class ExceptionView(CanonicalModel):
    """An exception as the items of a flow carry it."""

    exception_id: str
    version: int
    code: str
    state: str
    order_id: str | None
    shipment_id: str | None
    credential_id: str | None
    message: str
    owner: str
    queue: str
    severity: str
    deadline_at: str | None
    claimed_by: str | None
    required_fields: list[str]
    audit_steps: list[str]
    fields: dict[str, JsonValue] = Field(default_factory=dict)
    resolution: str

    @classmethod
    def of(cls, case: ExceptionCase) -> ExceptionView:
        """The view of an exception."""
        return cls.model_construct(
            exception_id=case.id,
            version=case.version,
            code=case.code.value,
            state=case.state,
            order_id=case.order_id,
            shipment_id=case.shipment_id,
            credential_id=case.credential_id,
            message=case.message,
            owner=case.owner,
            queue=case.queue,
            severity=case.severity,
            deadline_at=case.deadline_at.isoformat() if case.deadline_at else None,
            claimed_by=case.claimed_by,
            required_fields=list(case.required_fields),
            audit_steps=list(case.audit_steps),
            fields=dict(case.fields),
            resolution=case.resolution,
        )


class PickupView(CanonicalModel):
    """A pickup as the items of a flow carry it; `ready` and `close` are on the location's own clock."""

    pickup_id: str
    version: int
    status: str
    carrier: str
    location_id: str
    day: str
    ready: str
    close: str
    timezone: str
    window_start: str
    window_end: str
    parcels: int
    weight_g: int
    shipment_ids: list[str]
    confirmation: str | None
    cost_minor: int | None
    currency: str
    trouble: str | None
    message: str
    owner: str
    deadline_at: str | None
    collected_at: str | None

    @classmethod
    def of(cls, pickup: Pickup) -> PickupView:
        """The view of a pickup."""
        zone = ZoneInfo(pickup.timezone)
        start, end = pickup.window_start.astimezone(zone), pickup.window_end.astimezone(zone)
        return cls.model_construct(
            pickup_id=pickup.id,
            version=pickup.version,
            status=pickup.status.value,
            carrier=pickup.carrier,
            location_id=pickup.location_id,
            day=f"{start:%Y-%m-%d}",
            ready=f"{start:%H:%M}",
            close=f"{end:%H:%M}",
            timezone=pickup.timezone,
            window_start=pickup.window_start.isoformat(),
            window_end=pickup.window_end.isoformat(),
            parcels=pickup.parcels,
            weight_g=pickup.weight_g,
            shipment_ids=list(pickup.shipment_ids),
            confirmation=pickup.confirmation,
            cost_minor=pickup.cost_minor,
            currency=pickup.currency,
            trouble=pickup.trouble.value if pickup.trouble else None,
            message=pickup.message,
            owner=pickup.owner,
            deadline_at=pickup.deadline_at.isoformat() if pickup.deadline_at else None,
            collected_at=pickup.collected_at.isoformat() if pickup.collected_at else None,
        )


class PickupTroubleView(CanonicalModel):
    """Why somebody has to look at a pickup, as the output *Exception* of a node carries it."""

    pickup_id: str
    code: str
    message: str
    remedy: str
    owner: str
    queue: str
    deadline_at: str | None

    @classmethod
    def of(cls, pickup: Pickup, trouble: PickupTrouble) -> PickupTroubleView:
        """The view of a pickup's trouble."""
        return cls.model_construct(
            pickup_id=pickup.id,
            code=trouble.value,
            message=pickup.message,
            remedy=PICKUP_TROUBLES[trouble].remedy,
            owner=pickup.owner,
            queue=pickup.queue,
            deadline_at=pickup.deadline_at.isoformat() if pickup.deadline_at else None,
        )


def view_of(item: CanonicalObject) -> CanonicalModel:
    """The view of an order, shipment, pickup or exception; of anything else the object itself."""
    if isinstance(item, Order):
        return OrderView.of(item)
    if isinstance(item, Shipment):
        return ShipmentView.of(item)
    if isinstance(item, Pickup):
        return PickupView.of(item)
    return ExceptionView.of(item) if isinstance(item, ExceptionCase) else item
