"""What the transport and rate shopping counted for one tenant, as Prometheus reads it (text format 0.0.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from connector_service.adapters.health import BUCKETS_MS, KindHealth, VendorHealth
from connector_service.adapters.http import Transport
from connector_service.carriers.standing import Standing

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BOUNDS = (*(f"{bound / 1_000:g}" for bound in BUCKETS_MS), "+Inf")
"""Upper bounds of the latency buckets in seconds."""
Labels = dict[str, str]


@dataclass(slots=True)
class Metric:
    """One metric, and its samples: (what follows the name, labels, value)."""

    name: str
    kind: str
    help: str
    samples: list[tuple[str, Labels, float]] = field(default_factory=list)

    def add(self, value: float, labels: Labels, suffix: str = "") -> None:
        """One more sample."""
        self.samples.append((suffix, labels, value))

    def lines(self) -> Iterator[str]:
        """The metric as text."""
        yield f"# HELP {self.name} {self.help}"
        yield f"# TYPE {self.name} {self.kind}"
        for suffix, labels, value in self.samples:
            named = ",".join(f'{name}="{escaped(text)}"' for name, text in labels.items())
            yield f"{self.name}{suffix}{{{named}}} {value:.17g}"


def escaped(text: str) -> str:
    """A label's value as the format wants it."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


class Exposition:
    """All metrics of one tenant; fill it, then take `text`."""

    def __init__(self) -> None:
        self.latency = Metric(
            "dockline_vendor_call_seconds", "histogram", "How long calls to a vendor took, by kind of call."
        )
        self.calls = Metric(
            "dockline_vendor_calls_total", "counter", "How calls ended; not_called ones did not reach the network."
        )
        self.breaker = Metric(
            "dockline_vendor_breaker_open", "gauge", "1 while the circuit breaker is open or waits for its one probe."
        )
        self.opened = Metric(
            "dockline_vendor_breaker_opened_total", "counter", "How often the circuit breaker has opened."
        )
        self.limit = Metric(
            "dockline_vendor_rate_limit_used_ratio", "gauge", "Use of calls_per_second: 1 is all, above 1 calls wait."
        )
        self.questions = Metric(
            "dockline_carrier_rate_questions_total",
            "counter",
            "Rate questions by what became of them: called, joined to a call under way, kept from an earlier answer.",
        )
        self.fallbacks = Metric(
            "dockline_carrier_rate_fallbacks_total",
            "counter",
            "Rate questions a carrier did not answer: an old answer stood_in, negotiated rates did, or unanswered.",
        )
        self.cost = Metric(
            "dockline_carrier_rate_calls_cost_minor",
            "gauge",
            "What the rate calls cost at the price its connection names, in minor units.",
        )
        self.age = Metric("dockline_carrier_credential_age_days", "gauge", "Days since the credential was entered.")

    @property
    def metrics(self) -> Sequence[Metric]:
        """All of them, in the order of the text."""
        vendor = (self.latency, self.calls, self.breaker, self.opened, self.limit)
        return (*vendor, self.questions, self.fallbacks, self.cost, self.age)

    @property
    def text(self) -> str:
        """What a scrape is answered with; a metric without samples is left out."""
        return "".join(f"{line}\n" for each in self.metrics if each.samples for line in each.lines())

    def vendor(self, reading: VendorHealth, transport: Transport) -> None:
        """Add what is known of one vendor, a carrier or a warehouse."""
        labels = {"tenant": reading.tenant_id, "vendor": reading.vendor}
        breaker = transport.breaker(reading.tenant_id, reading.vendor)
        self.breaker.add(breaker.state != "closed", labels)
        self.opened.add(breaker.opened, labels)
        self.limit.add(transport.rate_limit_used(reading.tenant_id, reading.vendor), labels)
        for kind in sorted(reading.kinds):
            self._calls(reading.kinds[kind], {**labels, "kind": kind})

    def _calls(self, kind: KindHealth, labels: Labels) -> None:
        for outcome, count in sorted(kind.outcomes.items()):
            self.calls.add(count, {**labels, "outcome": outcome})
        for bound, count in zip(BOUNDS, accumulate(kind.latency), strict=True):
            self.latency.add(count, {**labels, "le": bound}, "_bucket")
        self.latency.add(kind.milliseconds / 1_000, labels, "_sum")
        self.latency.add(kind.calls, labels, "_count")

    def carrier(self, tenant_id: str, standing: Standing) -> None:
        """Add what only carriers have."""
        labels, rates = {"tenant": tenant_id, "carrier": standing.carrier}, standing.rates
        for answer in ("called", "joined", "kept"):
            self.questions.add(getattr(rates, answer), {**labels, "answer": answer})
        for answer in ("stood_in", "negotiated", "unanswered"):
            self.fallbacks.add(getattr(rates, answer), {**labels, "answer": answer})
        if rates.currency is not None and rates.cost_minor is not None:
            self.cost.add(rates.cost_minor, {**labels, "currency": rates.currency})
        if standing.credential is not None:
            self.age.add(standing.credential.days, labels)


def exposition(tenant_id: str, transport: Transport, carriers: Iterable[Standing]) -> str:
    """The metrics of one tenant."""
    made = Exposition()
    for reading in transport.health.of_tenant(tenant_id):
        made.vendor(reading, transport)
    for standing in carriers:
        made.carrier(tenant_id, standing)
    return made.text
