"""What the choice among carriers' offers looks at: the numbers of the rule file, the offers, and what is known of them.

Money is in minor units of the order's currency, scores in thousandths of one; the least is best. A share in per mille
times a price in minor units is such a score, so that everything stays a whole number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connector_service.adapters.carrier_contract import Rate
from connector_service.carriers.record import Reckoned

MILLI = 1_000


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each term counts, per mille; 1,000 is once."""

    cost: int = MILLI
    lateness: int = MILLI
    performance: int = MILLI
    agreement: int = MILLI
    mix: int = MILLI
    source: int = MILLI
    merit: int = MILLI


@dataclass(frozen=True, slots=True)
class Prices:
    """What each fault of an offer is worth, in minor units."""

    late_minor: int = 0
    late_day_minor: int = 0
    late_parcel_minor: int = 0
    claim_minor: int = 0
    label_failure_minor: int = 0
    agreement_day_minor: int = 0
    agreement_share_minor: int = 0
    mix_minor: int = 0
    cached_minor: int = 0
    negotiated_minor: int = 0
    silent_minor: int = 0
    merit_minor: int = 0


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the seller has promised its customers for orders of a service level: at most so many working days, and so
    many parcels of a thousand in time. None: nothing."""

    transit_days: int | None = None
    on_time_per_mille: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One offer. `cost_minor` is in the order's currency, None when there is no rate of exchange; `mix_over` says by
    how much, per mille, its carrier would be over its share of the month; `vetoes` why it may not be taken; `silent`:
    its carrier's system does not answer now."""

    rate: Rate
    cost_minor: int | None
    reckoned: Reckoned
    mix_over: int = 0
    merit: int = 0
    vetoes: tuple[str, ...] = ()
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """Which of these offers is best; `promised_days` is None without a promise."""

    candidates: tuple[Candidate, ...]
    currency: str
    promised_days: int | None
    agreement: Agreement
    weights: Weights
    prices: Prices


@dataclass(frozen=True, slots=True)
class Scored:
    """An offer with its weighted terms in thousandths of a minor unit. One whose cost is not comparable has none for
    it, and stands behind all that have."""

    candidate: Candidate
    terms: Mapping[str, int]

    @property
    def score(self) -> int:
        """What it comes to."""
        return sum(self.terms.values())

    @property
    def rank(self) -> tuple[bool, int, int, int, str, str, str, str]:
        """The order of offers; what is equal in score goes by cost, days and name, so that there is only one order."""
        rate, cost = self.candidate.rate, self.candidate.cost_minor
        named = (rate.carrier, rate.service, rate.quote_id, rate.currency)
        return (cost is None, self.score, rate.cost_minor if cost is None else cost, rate.transit_days, *named)


def scored(question: Question, candidate: Candidate) -> Scored:
    """The offer's terms; those that come to nothing are left out."""
    plain = {
        "cost": (candidate.cost_minor or 0) * MILLI,
        "lateness": _lateness(question, candidate.rate.transit_days),
        "performance": _performance(question.prices, candidate.reckoned),
        "agreement": _agreement(question, candidate),
        "mix": question.prices.mix_minor * max(0, candidate.mix_over),
        "source": _source(question.prices, candidate) * MILLI,
        "merit": question.prices.merit_minor * max(0, MILLI - candidate.merit),
    }
    weighted = {name: amount * getattr(question.weights, name) // MILLI for name, amount in plain.items()}
    return Scored(candidate, {name: amount for name, amount in weighted.items() if amount})


def days_late(promised_days: int | None, transit_days: int) -> int:
    """Days after the promise."""
    return 0 if promised_days is None else max(0, transit_days - promised_days)


def _lateness(question: Question, transit_days: int) -> int:
    late = days_late(question.promised_days, transit_days)
    return (question.prices.late_minor + question.prices.late_day_minor * late) * MILLI if late else 0


def _performance(prices: Prices, reckoned: Reckoned) -> int:
    """What one parcel is likely to cost for being late, damaged or lost, and for labels that fail."""
    late = prices.late_parcel_minor * (MILLI - reckoned.on_time_per_mille)
    claims = prices.claim_minor * reckoned.claims_per_mille
    return late + claims + prices.label_failure_minor * reckoned.label_failures_per_mille


def _agreement(question: Question, candidate: Candidate) -> int:
    agreed, prices = question.agreement, question.prices
    days = days_late(agreed.transit_days, candidate.rate.transit_days)
    short = max(0, (agreed.on_time_per_mille or 0) - candidate.reckoned.on_time_per_mille)
    return prices.agreement_day_minor * days * MILLI + prices.agreement_share_minor * short


def _source(prices: Prices, candidate: Candidate) -> int:
    """What it is worth that the price was not said just now, and that nobody may be there to sell the label."""
    doubt = {"cached": prices.cached_minor, "negotiated": prices.negotiated_minor}.get(candidate.rate.source, 0)
    return doubt + (prices.silent_minor if candidate.silent else 0)
