"""The vocabulary about parcels on their way."""

from __future__ import annotations

from canonical_models import Shipment, TrackingEvent
from connector_service.rules_engine.vocabularies.fact_words import choice, flag, moment, of
from connector_service.rules_engine.vocabularies.orders import Declared, buyer


def parcel_vocabularies() -> dict[str, Declared]:
    """Every vocabulary of this module by its name."""
    facts = {
        "question": choice(
            ("silence", "delay", "poll"), "What is asked: whether it is unseen or late, or when to ask.", "poll"
        ),
        "status": of(Shipment, "status", "in_transit", "Where the shipment is on its way."),
        "last_scan": of(TrackingEvent, "type", "in_transit", "What its carrier said last; missing when nothing."),
        "told_by": choice(
            ("carrier", "people"), "Whether the carrier has a system that tells where parcels are.", "carrier"
        ),
        "international": flag("Whether the parcel crosses a border.", example=False),
        **buyer(),
        "quiet_since": moment("The last scan, or when the shipment took its status if that was later (UTC)."),
        "expected_at": moment("The end of the day on which its service should have delivered (UTC)."),
    }
    return {"tracking@1": ("A parcel on its way, for questions of when to look for it.", facts)}
