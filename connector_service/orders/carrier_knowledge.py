"""What the choice of a carrier knows beside the offers: numbers of the rule file, tenant's settings, past months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache

from canonical_models import Location, Order
from connector_service.adapters.carrier_contract import Rate
from connector_service.carriers.choice_terms import Agreement, Prices, Weights
from connector_service.carriers.limits import Limits, limits_of
from connector_service.carriers.record import Prior, Reckoned, Record, reckon
from connector_service.carriers.settings import NOTHING_SETTLED, CarrierSettings
from connector_service.orders.work import Work
from connector_service.store import carrier_counts, carrier_settings
from connector_service.store.carrier_counts import EVERYWHERE, Counts
from connector_service.store.carrier_facts import Lane

RULE_FILE = "carrier-choice"
Numbers = tuple[tuple[str, int], ...]
_BY_SERVICE = Mapping[tuple[str, str], Counts]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known for one shipment. `sold` is how many labels each carrier had this month."""

    currency: str
    settings: CarrierSettings
    agreement: Agreement
    weights: Weights
    prices: Prices
    prior: Prior
    everywhere: _BY_SERVICE
    lane: _BY_SERVICE
    sold: dict[str, int]

    def compared(self, rate: Rate) -> int | None:
        """What an offer costs in the order's currency; None without a rate of exchange."""
        return self.settings.in_currency(rate.cost_minor, rate.currency, self.currency)

    def limits(self, rate: Rate) -> Limits:
        """What an offer's service takes, and what was agreed with its carrier in place of that."""
        known, agreed = limits_of(rate.carrier, rate.service), self.settings.limits.get(rate.carrier)
        return known if agreed is None else known.but(agreed)

    def liability(self, limits: Limits) -> int | None:
        """What is paid for a lost parcel, in the order's currency; None when that is not known."""
        if limits.liability_minor is None or limits.liability_currency is None:
            return None
        return self.settings.in_currency(limits.liability_minor, limits.liability_currency, self.currency)

    def reckoned(self, rate: Rate) -> Reckoned:
        """What to expect of an offer's service on this lane."""
        service = (rate.carrier, rate.service)
        return reckon(self.prior, _record(self.everywhere.get(service)), _record(self.lane.get(service)))


def knowledge(work: Work, order: Order, origin: Location) -> Knowledge:
    """Look it up for one shipment from `origin`: a few rows, however many parcels there were."""
    numbers = work.rules.step_numbers(RULE_FILE, order.id)
    weights, prices, prior = _numbers(tuple(numbers.items()))
    connection, tenant_id = work.tx.connection, work.tenant_id
    settings = carrier_settings_of(work)
    since, until = month_before(work.now, numbers["history_months"] - 1), f"{work.now:%Y-%m}"
    lane = Lane(origin.country, origin.region, order.ship_to.country, order.ship_to.region)
    return Knowledge(
        currency=order.currency,
        settings=settings,
        agreement=settings.agreement(order.service_level, order.priority.value),
        weights=weights,
        prices=prices,
        prior=prior,
        everywhere=carrier_counts.of_services(connection, tenant_id, EVERYWHERE, since, until),
        lane=carrier_counts.of_services(connection, tenant_id, lane, since, until),
        sold=carrier_counts.labels_sold(connection, tenant_id, until) if settings.mix else {},
    )


def carrier_settings_of(work: Work) -> CarrierSettings:
    """What the tenant has settled, its rates of exchange among it."""
    body = work.tx.reference("carriers", lambda: carrier_settings.read(work.tx.connection, work.tenant_id))
    return read_settings(body) if body else NOTHING_SETTLED


@lru_cache(maxsize=1_000)
def read_settings(body: str) -> CarrierSettings:
    """A tenant's settings as the store keeps them."""
    return CarrierSettings.model_validate_json(body)


def month_before(now: datetime, months: int) -> str:
    """The month so many before a moment's own, such as `2026-09`."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return f"{year:04d}-{month + 1:02d}"


@lru_cache(maxsize=1_000)
def _numbers(numbers: Numbers) -> tuple[Weights, Prices, Prior]:
    said = dict(numbers)
    return (
        Weights(**{each.name: said[f"{each.name}_weight"] for each in fields(Weights)}),
        Prices(**{each.name: said[each.name] for each in fields(Prices)}),
        Prior(**{each.name: said[f"prior_{each.name}"] for each in fields(Prior)}),
    )


def _record(counts: Counts | None) -> Record:
    if counts is None:
        return Record()
    claims = counts.damaged + counts.lost
    return Record(counts.on_time, counts.late, counts.ended, claims, counts.label_failures)
