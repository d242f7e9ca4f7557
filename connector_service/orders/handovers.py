"""What waits for its carriers at the end of a day: per carrier and location, on the location's own day."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from canonical_models import CanonicalModel, Location
from connector_service.adapters import registry
from connector_service.adapters.contracts import Capability
from connector_service.orders.work import Work
from connector_service.store import handovers
from connector_service.store.handovers import Waiting

LONGEST_DAY = datetime.timedelta(hours=26)


class Handover(CanonicalModel):
    """Parcels of one carrier at one location, labelled on the location's own `day` and on no list yet.

    `service` is what most of them go by. `can_be_called`: the carrier's van can be called for them; otherwise it comes
    by itself, or somebody takes them there.
    """

    carrier: str
    location_id: str
    location_name: str
    timezone: str
    day: datetime.date
    shipments: int
    parcels: int
    weight_g: int
    service: str
    can_be_called: bool


def waiting_today(work: Work) -> list[Handover]:
    """Every carrier and location with something to hand over today, by location and carrier."""
    places = {location.id: location for location in work.tx.locations()}
    groups: dict[tuple[str, str], list[Waiting]] = {}
    for each in handovers.waiting_since(work.tx.connection, work.tenant_id, work.now - LONGEST_DAY):
        place = places.get(each.location_id)
        if place is not None and _day(place, each.bought_at) == _day(place, work.now):
            groups.setdefault((each.location_id, each.carrier), []).append(each)
    return [_handover(work, places[where], carrier, group) for (where, carrier), group in sorted(groups.items())]


def _day(place: Location, moment: datetime.datetime) -> datetime.date:
    return moment.astimezone(ZoneInfo(place.timezone)).date()


def _handover(work: Work, place: Location, carrier: str, group: Sequence[Waiting]) -> Handover:
    entry = registry.CARRIERS.get(carrier)
    return Handover(
        carrier=carrier,
        location_id=place.id,
        location_name=place.name,
        timezone=place.timezone,
        day=_day(place, work.now),
        shipments=len(group),
        parcels=sum(each.parcels for each in group),
        weight_g=sum(each.weight_g for each in group),
        service=Counter(each.service for each in group).most_common(1)[0][0],
        can_be_called=entry is not None and Capability.SCHEDULE_PICKUP in entry.capabilities,
    )
