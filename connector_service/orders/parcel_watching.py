"""What the tracking rules say of a parcel on its way: whether it is unseen or late, and when to look again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from canonical_models import (
    FINAL_ORDER_STATUSES,
    ExceptionCase,
    ExceptionCode,
    Label,
    Location,
    Order,
    Shipment,
    ShipmentStatus,
    TrackingEvent,
    TrackingType,
)
from connector_service.adapters import registry
from connector_service.orders.carrier_record import after_working_days, local_day
from connector_service.orders.exceptions import raise_exception
from connector_service.orders.parcel_following import follow_parcels, scans_of
from connector_service.orders.parcel_history import piece_of
from connector_service.orders.work import Work
from connector_service.store import tracking

RULE_FILE = "tracking"
MOST_SILENCE = 3
"""After so many askings without news the time between two of them grows no more: it is eightfold by then."""
LONGEST_WAIT = timedelta(days=1)
"""When no rule says when to look again."""
AFTER_FAILURE = timedelta(minutes=5)
"""When a carrier that could not be asked is asked again."""
_OVER = (ShipmentStatus.DELIVERED, ShipmentStatus.CANCELLED, ShipmentStatus.RETURNED)
_WORDS = {
    ExceptionCode.NO_SCAN: "Nobody has scanned the parcel since {since:%Y-%m-%d %H:%M} UTC.",
    ExceptionCode.DELIVERY_DELAYED: "The parcel should have been delivered by {since:%Y-%m-%d %H:%M} UTC.",
}


@dataclass(frozen=True, slots=True)
class Outlook:
    """A shipment as the rules look at it. `quiet_since` is the last scan of the parcel that was seen longest ago, or
    when the shipment took its status if that was later."""

    facts: dict[str, Any]
    quiet_since: datetime
    expected_at: datetime


def outlook(work: Work, order: Order, shipment: Shipment, label: Label) -> Outlook:
    """How a shipment stands by its scans and its label."""
    last = [piece_of(scans).last_scan for scans in scans_of(work, shipment).values()]
    unseen = any(scan is None for scan in last)
    oldest = None if unseen else min((scan for scan in last if scan), key=lambda scan: scan.occurred_at, default=None)
    origin = next(each for each in work.tx.locations() if each.id == shipment.location_id)
    facts = {
        "status": shipment.status.value,
        "last_scan": _newest_word(last),
        "told_by": "people" if label.carrier in registry.WITHOUT_API else "carrier",
        "international": origin.country != order.ship_to.country,
        "priority": order.priority.value,
        "country": order.ship_to.country,
        "customer_tier": order.customer_tier,
    }
    quiet_since = max(oldest.occurred_at, shipment.status_since) if oldest else shipment.status_since
    return Outlook(facts, quiet_since, expected_at(shipment, label, origin))


def _newest_word(scans: list[TrackingEvent | None]) -> TrackingType | None:
    newest = max((scan for scan in scans if scan), key=lambda scan: scan.occurred_at, default=None)
    return newest.type if newest else None


def expected_at(shipment: Shipment, label: Label, origin: Location) -> datetime:
    """The end of the day on which the label's service should have delivered."""
    left = local_day(shipment.shipped_at or label.bought_at, origin)
    day = after_working_days(left, label.transit_days)
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(origin.timezone)).astimezone(UTC)


def ask_at(work: Work, order: Order, seen: Outlook, silent: int) -> datetime | None:
    """When the carrier is to be asked next, counted from the last scan or status; None: never. Each asking that brings
    nothing doubles the time."""
    evaluation = work.rules.evaluate(RULE_FILE, {**seen.facts, "question": "poll"}, order.id)
    minutes = evaluation.outcome.get("ask_after_minutes")
    return None if minutes is None else seen.quiet_since + timedelta(minutes=minutes * 2 ** min(silent, MOST_SILENCE))


def look_at(work: Work, watched: tracking.Watched, *, asked: bool, news: int) -> None:
    """Bring a shipment up to its scans, raise what the rules call for, and say when to look again.

    `asked`: its carrier has just answered, with so much `news`.
    """
    shipment = work.tx.find(Shipment, watched.shipment_id)
    if shipment is None or shipment.label is None or shipment.status in _OVER:
        tracking.watch_no_more(work.tx.connection, work.tenant_id, watched.shipment_id)
        return
    order = work.tx.get(Order, shipment.order_id)
    follow_parcels(work, order, shipment, f"{shipment.carrier} has told so before.")
    seen = outlook(work, order, shipment, shipment.label)
    silent = 0 if news else watched.silent + asked
    dues = [_judge(work, order, shipment, seen, question) for question in ("silence", "delay")]
    dues.append(_next_asking(work, order, seen, silent, asked=asked))
    later = [due for due in dues if due is not None and due > work.now]
    tracking.watch(work.tx.connection, watched, min([*later, work.now + LONGEST_WAIT]), silent=silent)


def _next_asking(work: Work, order: Order, seen: Outlook, silent: int, *, asked: bool) -> datetime | None:
    due = ask_at(work, order, seen, silent)
    if due is not None and due <= work.now:
        # Long unseen: from now on the time counts from the answer. Who could not be asked is asked again soon.
        return work.now + (due - seen.quiet_since if asked else AFTER_FAILURE)
    return due


def _judge(work: Work, order: Order, shipment: Shipment, seen: Outlook, question: str) -> datetime | None:
    """Raise what is due; the moment when it will be, None when it is past or never comes."""
    times = {"quiet_since": seen.quiet_since, "expected_at": seen.expected_at}
    step = work.rules.next_step(RULE_FILE, {**seen.facts, "question": question}, times, (), work.now, 0, order.id)
    if step is None or "exception" not in step.outcome:
        return None
    if step.due_at > work.now:
        return step.due_at
    since = seen.quiet_since if question == "silence" else seen.expected_at
    _raise(work, order, shipment, ExceptionCode(step.outcome["exception"]), since, step.rule, step.because)
    return None


def _raise(
    work: Work, order: Order, shipment: Shipment, code: ExceptionCode, since: datetime, rule: str, because: str
) -> None:
    if order.status in FINAL_ORDER_STATUSES:
        return
    known = work.tx.find_by(ExceptionCase, order_id=order.id)
    if any(case.code is code and case.evidence.get("since") == since.isoformat() for case in known):
        return  # somebody has dealt with this very silence
    words = f"{_WORDS[code].format(since=since)} {because}" if code in _WORDS else because
    name = f"{RULE_FILE} {rule}"
    raise_exception(work, order, code, words, shipment=shipment, rule=name, since=since.isoformat())
