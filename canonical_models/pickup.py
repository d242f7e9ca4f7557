"""Pickup: a carrier collects parcels at a location."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from pydantic import Field

from canonical_models.base import CanonicalModel, CanonicalObject, Grams, Identifier, Text, UtcDatetime


class PickupStatus(StrEnum):
    """How far an appointment is. `in_doubt`: the carrier may have taken it or not, and cannot be asked again."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    IN_DOUBT = "in_doubt"
    REFUSED = "refused"
    MISSED = "missed"
    COLLECTED = "collected"
    CANCELLED = "cancelled"


_S = PickupStatus
FINAL_PICKUP_STATUSES = frozenset({_S.COLLECTED, _S.CANCELLED})
PICKUP_TRANSITIONS: Mapping[PickupStatus, frozenset[PickupStatus]] = {
    _S.REQUESTED: frozenset({_S.CONFIRMED, _S.IN_DOUBT, _S.REFUSED, _S.MISSED, _S.COLLECTED, _S.CANCELLED}),
    _S.CONFIRMED: frozenset({_S.IN_DOUBT, _S.MISSED, _S.COLLECTED, _S.CANCELLED}),
    _S.IN_DOUBT: frozenset({_S.REQUESTED, _S.CONFIRMED, _S.MISSED, _S.COLLECTED, _S.CANCELLED}),
    _S.REFUSED: frozenset({_S.REQUESTED, _S.MISSED, _S.COLLECTED, _S.CANCELLED}),
    _S.MISSED: frozenset({_S.REQUESTED, _S.COLLECTED, _S.CANCELLED}),
    _S.COLLECTED: frozenset(),
    _S.CANCELLED: frozenset(),
}
VAN_MAY_COME = frozenset({_S.REQUESTED, _S.CONFIRMED, _S.IN_DOUBT})
"""While one of these holds, no second pickup of the carrier may be made at the location at that time."""


class PickupTrouble(StrEnum):
    """Why somebody has to look at a pickup; `PICKUP_TROUBLES` says what each means."""

    UNREACHABLE = "pickup_unreachable"
    REFUSED = "pickup_refused"
    UNKNOWN = "pickup_unknown"
    DOUBLED = "pickup_doubled"
    MISSED = "pickup_missed"


class TroubleEntry(CanonicalModel):
    """What a trouble means, and what its owner does about it."""

    meaning: str
    remedy: str


PICKUP_TROUBLES: Mapping[PickupTrouble, TroubleEntry] = {
    PickupTrouble.UNREACHABLE: TroubleEntry(
        meaning="The carrier did not answer, and did nothing of what was asked.",
        remedy="It is asked again by itself until the window is over; call the carrier when that gets late.",
    ),
    PickupTrouble.REFUSED: TroubleEntry(
        meaning="The carrier said no to the pickup, to its change or to calling it off; the message has its words.",
        remedy="Mend what it names and schedule again, change to another window, or cancel.",
    ),
    PickupTrouble.UNKNOWN: TroubleEntry(
        meaning="Nobody knows whether the carrier took it: the answer was lost. It is not asked twice.",
        remedy="Ask the carrier, then settle: with the confirmation number that stands there, or that none does.",
    ),
    PickupTrouble.DOUBLED: TroubleEntry(
        meaning="The pickup was changed, but the earlier appointment could not be called off: two drivers may come.",
        remedy="Call the earlier one off with the carrier. Cancelling the pickup calls off both.",
    ),
    PickupTrouble.MISSED: TroubleEntry(
        meaning="The window is over, and the carrier has not scanned all of its parcels.",
        remedy="Ask the carrier, and change the pickup to another window; late scans close it by themselves.",
    ),
}


class PickupPlan(CanonicalModel):
    """What a carrier is asked to collect, and when: the window is in UTC. `service`: most of the parcels go by it."""

    window_start: UtcDatetime
    window_end: UtcDatetime
    shipment_ids: list[Identifier] = Field(default_factory=list)
    parcels: int = Field(default=0, ge=0)
    weight_g: Grams = 0
    service: str = Field(default="", max_length=128)
    instruction: str = Field(default="", max_length=200)


class PickupCall(CanonicalModel):
    """What the carrier is asked and has not answered, written down before it is asked.

    `began_at`: it is under way since then, unless the process was killed. `again_at`: looked at again then; none: only
    a person can go on. `uncertain`: an earlier try may have been carried out. `plan` is what a change asks for.
    """

    what: Literal["schedule", "change", "cancel"]
    began_at: UtcDatetime | None = None
    again_at: UtcDatetime | None = None
    tries: int = Field(default=0, ge=0)
    uncertain: bool = False
    plan: PickupPlan | None = None


class Pickup(CanonicalObject, PickupPlan):
    """An appointment with a carrier; the window is in UTC, `timezone` names the location's own day.

    `details` is what the carrier wants to hear again. Whoever has to act is `owner`, by `deadline_at`.
    """

    location_id: Identifier
    carrier: Identifier
    status: PickupStatus = PickupStatus.REQUESTED
    trouble: PickupTrouble | None = Field(default=None, description="why somebody has to look at it")
    trouble_since: UtcDatetime | None = None
    message: Text = ""
    call: PickupCall | None = None
    attempt: int = Field(default=1, ge=1)
    timezone: str = "UTC"
    ready_at: UtcDatetime | None = None
    confirmation: str | None = Field(default=None, max_length=64)
    pickup_date: datetime.date | None = Field(default=None, description="the day as the carrier confirmed it")
    cost_minor: int | None = Field(default=None, ge=0)
    currency: str = ""
    details: dict[str, str] = Field(default_factory=dict)
    collected_at: UtcDatetime | None = None
    driver: str = ""
    vehicle: str = ""
    route: str = ""
    owner: Identifier = "carrier-desk"
    queue: Identifier = "labels"
    reassigned_to: Identifier | None = None
    deadline_at: UtcDatetime | None = None
    escalation_level: int = Field(default=0, ge=0)
