"""How a carrier's service has done, and what to expect of it when only few parcels are known.

What is expected is the mean of a beta distribution: so many parcels are thought to have gone before, a share of them
in time (the prior, from the rule file), and what was seen is added to them. A lane starts from what its service does
everywhere, so that ten parcels to a new region neither count for nothing nor decide everything.
"""

from __future__ import annotations

from dataclasses import dataclass

MILLI = 1_000


@dataclass(frozen=True, slots=True)
class Record:
    """Parcels of one service. `on_time` and `late` arrived; of the `ended`, `claims` were damaged or lost. `labels` are
    those that were bought or failed."""

    on_time: int = 0
    late: int = 0
    ended: int = 0
    claims: int = 0
    label_failures: int = 0

    @property
    def labels(self) -> int:
        """Labels that were asked for."""
        return self.ended + self.label_failures


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What to expect, per mille; `parcels` is how many ended ones of the lane it rests on."""

    on_time_per_mille: int
    claims_per_mille: int
    label_failures_per_mille: int
    parcels: int = 0


@dataclass(frozen=True, slots=True)
class Prior:
    """What is expected of a service nobody has used, and how many parcels it takes to weigh as much as that."""

    parcels: int
    on_time_per_mille: int
    claims_per_mille: int
    label_failures_per_mille: int


def reckon(prior: Prior, everywhere: Record, lane: Record) -> Reckoned:
    """What to expect on a lane: the prior, then what the service does everywhere, then what it does there."""
    parcels = prior.parcels

    def share(before: int, hits: int, of: int) -> int:
        """The nearest per mille; half goes up."""
        return (before * parcels + MILLI * hits + (parcels + of) // 2) // (parcels + of)

    def both(before: int, name: str, *parts: str) -> int:
        known = before
        for seen in (everywhere, lane):
            known = share(known, getattr(seen, name), sum(getattr(seen, part) for part in parts))
        return known

    return Reckoned(
        on_time_per_mille=both(prior.on_time_per_mille, "on_time", "on_time", "late"),
        claims_per_mille=both(prior.claims_per_mille, "claims", "ended"),
        label_failures_per_mille=both(prior.label_failures_per_mille, "label_failures", "labels"),
        parcels=lane.ended,
    )
