"""How a carrier did with a shipment, noted when its end is known, for the choice of carriers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from canonical_models import Location, Order, Shipment
from connector_service.orders.work import Work
from connector_service.store import carrier_facts
from connector_service.store.carrier_facts import CarrierFact, FactOutcome, Lane


def working_days(first: date, last: date) -> int:
    """Days from Monday to Friday after `first` until `last`: how carriers count the days of a service."""
    days = (last - first).days
    return sum((first + timedelta(days=n)).weekday() < 5 for n in range(1, days + 1))


def after_working_days(first: date, days: int) -> date:
    """The day on which so many working days after `first` have passed."""
    day = first
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day


def lane_of(origin: Location, order: Order) -> Lane:
    """From where to where an order's shipment from `origin` goes."""
    return Lane(origin.country, origin.region, order.ship_to.country, order.ship_to.region)


def note_outcome(work: Work, order: Order, shipment: Shipment, outcome: FactOutcome) -> None:
    """Note how the carrier did, in the step's own transaction. A damaged or returned parcel that is delivered after all
    stays what it was; a lost one that turns up is a late one."""
    label = shipment.label
    if label is None:
        return
    subject = f"{shipment.id}-{shipment.label_attempt}"
    known = carrier_facts.find(work.tx.connection, work.tenant_id, subject)
    if known is not None and outcome == "delivered" and known.outcome in ("damaged", "returned"):
        outcome = known.outcome
    origin = next(each for each in work.tx.locations() if each.id == shipment.location_id)
    fact = CarrierFact(
        subject,
        label.carrier,
        label.service,
        lane_of(origin, order),
        f"{label.bought_at:%Y-%m}",
        label.transit_days,
        _taken(shipment, origin),
        outcome,
    )
    carrier_facts.record(work.tx.connection, work.tenant_id, fact, work.now)


def _taken(shipment: Shipment, origin: Location) -> int | None:
    if shipment.delivered_at is None or shipment.shipped_at is None:
        return None
    return working_days(local_day(shipment.shipped_at, origin), local_day(shipment.delivered_at, origin))


def local_day(moment: datetime, origin: Location) -> date:
    """The day at the place a parcel left: carriers count days, not hours."""
    return moment.astimezone(ZoneInfo(origin.timezone)).date()
