"""How a tenant's carriers are doing, put together for people and for metrics: speed, failures, breaker, cost, age."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from canonical_models import Credential
from connector_service.adapters import registry
from connector_service.adapters.breaker import Breaker, BreakerState
from connector_service.adapters.carrier_contract import CarrierConnection
from connector_service.adapters.health import CallKind, KindHealth, Outcome
from connector_service.adapters.http import Transport
from connector_service.carriers.usage import RateUse, RateUses
from connector_service.store.tenants import Connection

PRICED_CALLS = 1_000
"""A connection names the price of so many rate calls: one costs less than the smallest coin."""


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls of one kind. Percentiles are upper bounds of the histogram's buckets in milliseconds, None when the calls
    took longer than its last bound, or when there were none. `latency` has one count per bucket of `health.BUCKETS_MS`
    and one for what was slower. Shares are of the calls that reached the network."""

    calls: int
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    timeout_share: float
    error_share: float
    outcomes: Mapping[Outcome, int]
    latency: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RateCost:
    """How the tenant's rate questions were answered, and what the calls cost and would have cost, at the price that its
    connection names (in minor units for a thousand calls); None where it names none."""

    asked: int
    called: int
    joined: int
    kept: int
    stood_in: int
    negotiated: int
    unanswered: int
    saved_share: float
    network_calls: int
    currency: str | None
    cost_minor: int | None
    saved_minor: int | None


@dataclass(frozen=True, slots=True)
class CredentialAge:
    """How old a credential is in whole days, and by when it must be replaced."""

    days: int
    stage: str
    verdict: str
    rotates_by: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """One carrier as one tenant sees it now; `words` says its state to people. `opened` counts how often the breaker
    opened, `rate_limit_used` is 1 when all of it is taken and more when calls wait."""

    carrier: str
    name: str
    state: BreakerState
    words: str
    opened: int
    rate_limit_used: float
    kinds: Mapping[CallKind, Calls]
    rates: RateCost
    capabilities: tuple[str, ...]
    credential: CredentialAge | None


def standings(
    connections: Iterable[Connection],
    transport: Transport,
    uses: RateUses,
    credentials: Mapping[str, Credential],
    now: datetime,
) -> list[Standing]:
    """Every carrier that is connected, by slug; `credentials` by slug."""
    found = sorted((each for each in connections if each.slug in registry.CARRIERS), key=lambda each: each.slug)
    return [_standing(each, transport, uses, credentials.get(each.slug), now) for each in found]


def _standing(
    connection: Connection, transport: Transport, uses: RateUses, credential: Credential | None, now: datetime
) -> Standing:
    tenant_id, slug = connection.tenant_id, connection.slug
    entry, breaker = registry.CARRIERS[slug], transport.breaker(tenant_id, slug)
    kinds = transport.health.of(tenant_id, slug).kinds
    used = transport.rate_limit_used(tenant_id, slug)
    return Standing(
        carrier=slug,
        name=entry.name,
        state=breaker.state,
        words=_words(slug, breaker, any(kind.outcomes for kind in kinds.values()), used),
        opened=breaker.opened,
        rate_limit_used=round(used, 3),
        kinds={kind: calls_of(kinds[kind]) for kind in sorted(kinds)},
        rates=_cost(uses.of(tenant_id, slug), kinds.get("rate", KindHealth()).calls, _price(connection)),
        capabilities=tuple(sorted(capability.value for capability in entry.capabilities)),
        credential=_age(credential, now) if credential else None,
    )


def _words(slug: str, breaker: Breaker, was_called: bool, rate_limit_used: float) -> str:
    failed, of = breaker.lately
    if breaker.state == "open":
        return f"left alone, it failed too often; asked again in {breaker.rest_left:.1f} s"
    if breaker.state == "half_open":
        return "failed too often; the next call will show"
    if slug in registry.WITHOUT_API:
        return "has no API; its labels are made here"
    if not was_called:
        return "not called yet"
    waits = "; calls wait for its rate limit" if rate_limit_used > 1 else ""
    return (f"answers; {failed} of the last {of} calls failed" if failed else "answers") + waits


def calls_of(kind: KindHealth) -> Calls:
    """A reading of one kind of call."""

    def percentile(share: float) -> float | None:
        bound = kind.percentile_ms(share)
        return None if bound == float("inf") else bound

    def share(outcome: Outcome) -> float:
        return kind.outcomes.get(outcome, 0) / kind.calls if kind.calls else 0.0

    return Calls(
        calls=kind.calls,
        p50_ms=percentile(0.5),
        p95_ms=percentile(0.95),
        p99_ms=percentile(0.99),
        timeout_share=share("timeout"),
        error_share=share("error") + share("unreadable"),
        outcomes=dict(sorted(kind.outcomes.items())),
        latency=tuple(kind.latency),
    )


def _cost(use: RateUse, network_calls: int, price: tuple[int, str] | None) -> RateCost:
    minor, currency = price or (0, None)
    return RateCost(
        asked=use.asked,
        called=use.called,
        joined=use.joined,
        kept=use.kept,
        stood_in=use.stood_in,
        negotiated=use.negotiated,
        unanswered=use.unanswered,
        saved_share=use.saved_share,
        network_calls=network_calls,
        currency=currency,
        cost_minor=None if price is None else round(minor * network_calls / PRICED_CALLS),
        saved_minor=None if price is None else round(minor * use.saved / PRICED_CALLS),
    )


def _price(connection: Connection) -> tuple[int, str] | None:
    """What a thousand rate calls cost, and in which currency. Settings are kept as they came, a number also as text;
    those that no longer fit the carrier have no price."""
    try:
        settings = registry.CARRIERS[connection.slug].settings.model_validate(connection.settings)
    except ValidationError:
        return None
    if not isinstance(settings, CarrierConnection) or settings.rate_calls_price_minor is None:
        return None
    return settings.rate_calls_price_minor, settings.rate_calls_currency


def _age(credential: Credential, now: datetime) -> CredentialAge:
    return CredentialAge(
        days=(now - credential.entered_at).days,
        stage=credential.stage,
        verdict=credential.verdict,
        rotates_by=credential.rotates_by,
    )
