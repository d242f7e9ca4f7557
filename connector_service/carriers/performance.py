"""How carriers did, by service, lane and month, from what became of our own parcels."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from canonical_models.base import CanonicalModel
from connector_service.errors import InvalidInput
from connector_service.store.carrier_counts import Counts, Month, total

MILLI = 1_000
_MONTH = re.compile(r"^[0-9]{4}-(0[1-9]|1[0-2])$")
_LANE = re.compile(r"^([A-Z]{2})(?:-([^:]{1,100}))?:([A-Z]{2})(?:-([^:]{1,100}))?$")


class Figures(CanonicalModel):
    """Counts, and the shares they come to. A share is null without a parcel to take it of; `mean_days_late` is of those
    that were late, in working days. `arrived` without a promised day are neither in time nor late."""

    ended: int
    arrived: int
    on_time: int
    late: int
    damaged: int
    lost: int
    returned: int
    label_failures: int
    on_time_per_mille: int | None
    mean_days_late: float | None
    claims_per_mille: int | None
    label_failures_per_mille: int | None

    @classmethod
    def of(cls, counts: Counts) -> Figures:
        """The figures of some counts."""
        claims, labels = counts.damaged + counts.lost, counts.ended + counts.label_failures
        return cls(
            ended=counts.ended,
            arrived=counts.arrived,
            on_time=counts.on_time,
            late=counts.late,
            damaged=counts.damaged,
            lost=counts.lost,
            returned=counts.returned,
            label_failures=counts.label_failures,
            on_time_per_mille=_share(counts.on_time, counts.on_time + counts.late),
            mean_days_late=round(counts.days_late / counts.late, 2) if counts.late else None,
            claims_per_mille=_share(claims, counts.ended),
            label_failures_per_mille=_share(counts.label_failures, labels),
        )


class ServiceMonth(CanonicalModel):
    """One service on one lane in one month; a lane reads `US-NJ:US-NY`."""

    carrier: str
    service: str
    lane: str
    month: str
    figures: Figures


class Performance(CanonicalModel):
    """Each service on each lane in each month, newest first, and each carrier's sum of them."""

    months: list[ServiceMonth]
    carriers: dict[str, Figures]


class Narrow(NamedTuple):
    """Which part of the history is asked for; what is empty is not looked at."""

    lane: str = ""
    month: str = ""
    carrier: str = ""
    service: str = ""

    def months(self) -> tuple[str, str]:
        """From which month to which.

        Raises:
            InvalidInput: that is no month.
        """
        if self.month and not _MONTH.match(self.month):
            raise InvalidInput(f"{self.month!r} is no month; write it as 2026-11.", pointer="/month")
        return (self.month, self.month) if self.month else ("", "9999-12")

    def named(self) -> dict[str, str]:
        """What else narrows it, by the store's names; a lane without regions is all lanes between the two countries.

        Raises:
            InvalidInput: that is no lane.
        """
        said = {"carrier": self.carrier, "service": self.service}
        if self.lane:
            found = _LANE.match(self.lane)
            if found is None:
                raise InvalidInput(
                    f"{self.lane!r} is no lane; write from and to as US-NJ:US-NY, or US:CA for all regions.",
                    pointer="/lane",
                )
            names = ("from_country", "from_region", "to_country", "to_region")
            said |= dict(zip(names, (part or "" for part in found.groups()), strict=True))
        return {name: value for name, value in said.items() if value}


def performance(months: Iterable[Month]) -> Performance:
    """The history as it is shown."""
    months = list(months)
    by_carrier: dict[str, list[Counts]] = {}
    for each in months:
        by_carrier.setdefault(each.carrier, []).append(each.counts)
    return Performance(
        months=[
            ServiceMonth(
                carrier=each.carrier,
                service=each.service,
                lane=f"{_place(*each.lane[:2])}:{_place(*each.lane[2:])}",
                month=each.month,
                figures=Figures.of(each.counts),
            )
            for each in months
        ],
        carriers={carrier: Figures.of(total(by_carrier[carrier])) for carrier in sorted(by_carrier)},
    )


def _place(country: str, region: str) -> str:
    return f"{country}-{region}" if region else country


def _share(part: int, whole: int) -> int | None:
    """The nearest per mille."""
    return (MILLI * part + whole // 2) // whole if whole else None
