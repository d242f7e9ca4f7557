"""How each vendor has been doing for each tenant: how fast, how often it failed and how, and what our calls cost it.

Counters only ever rise, as Prometheus wants them; whoever needs a share over the last minutes takes two readings.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, get_args

CallKind = Literal["rate", "label", "void", "track", "pickup", "manifest", "address", "token", "other"]
CALL_KINDS: tuple[CallKind, ...] = get_args(CallKind)
Outcome = Literal["answered", "refused", "timeout", "error", "busy", "unreadable", "not_called"]
"""`refused`: a final no. `error`: 5xx or no connection. `busy`: 429 and the like. `not_called`: the circuit was open,
or our own rate limit left no time."""

BUCKETS_MS = (5, 10, 25, 50, 100, 150, 200, 300, 500, 1_000, 2_500, 5_000, 10_000)
"""Upper bounds of the latency histogram, in milliseconds; one more bucket takes what is slower."""


@dataclass(slots=True)
class KindHealth:
    """Calls of one kind: `latency` has one count per bucket, `milliseconds` is their sum."""

    outcomes: dict[Outcome, int] = field(default_factory=dict)
    latency: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS_MS) + 1))
    milliseconds: float = 0.0

    @property
    def calls(self) -> int:
        """Calls that reached the network."""
        return sum(self.latency)

    def percentile_ms(self, share: float) -> float | None:
        """The bound of the bucket in which that share of the calls had ended; None without calls, inf past the last."""
        wanted, seen = share * self.calls, 0
        for count, bound in zip(self.latency, (*BUCKETS_MS, float("inf")), strict=True):
            seen += count
            if count and seen >= wanted:
                return float(bound)
        return None


@dataclass(slots=True)
class VendorHealth:
    """One tenant's calls to one vendor, by kind."""

    tenant_id: str
    vendor: str
    kinds: dict[CallKind, KindHealth] = field(default_factory=dict)

    def count(self, outcome: Outcome) -> int:
        """How many calls of all kinds ended so."""
        return sum(kind.outcomes.get(outcome, 0) for kind in self.kinds.values())

    @property
    def calls(self) -> int:
        """Calls of all kinds that reached the network."""
        return sum(kind.calls for kind in self.kinds.values())

    def share(self, *outcomes: Outcome) -> float:
        """The part of all calls that ended in one of these ways, 0 without calls."""
        return sum(map(self.count, outcomes)) / self.calls if self.calls else 0.0


class Health:
    """The recorder; the transport feeds it."""

    def __init__(self) -> None:
        self._vendors: dict[tuple[str, str], VendorHealth] = {}

    @property
    def vendors(self) -> Mapping[tuple[str, str], VendorHealth]:
        """Every (tenant, vendor) that was called or was to be called."""
        return MappingProxyType(self._vendors)

    def of(self, tenant_id: str, vendor: str) -> VendorHealth:
        """The reading of one tenant and vendor, the same object every time."""
        key = (tenant_id, vendor)
        found = self._vendors.get(key)
        if found is None:
            found = self._vendors[key] = VendorHealth(tenant_id, vendor)
        return found

    def of_tenant(self, tenant_id: str) -> Iterator[VendorHealth]:
        """The readings of one tenant, by vendor."""
        return (self._vendors[key] for key in sorted(self._vendors) if key[0] == tenant_id)

    def record(self, tenant_id: str, vendor: str, kind: CallKind, outcome: Outcome, seconds: float) -> None:
        """Count one attempt; one that was not made has no latency."""
        kinds = self.of(tenant_id, vendor).kinds
        reading = kinds.get(kind)
        if reading is None:
            reading = kinds[kind] = KindHealth()
        reading.outcomes[outcome] = reading.outcomes.get(outcome, 0) + 1
        if outcome != "not_called":
            reading.latency[bisect_left(BUCKETS_MS, seconds * 1_000)] += 1
            reading.milliseconds += seconds * 1_000
