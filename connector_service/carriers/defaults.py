"""Negotiated default rates: what a carrier has agreed to charge, for when it cannot be asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from connector_service.adapters.carrier_contract import Rate, RateRequest
from connector_service.rate_tables import RateTable, prices, valid_on


class Defaults(Protocol):
    """Where the tables of a tenant are kept."""

    def tables(self, tenant_id: str, carrier: str) -> Sequence[RateTable]:
        """The tables agreed with a carrier, in no order; none when nothing was agreed."""
        ...


class NoDefaults:
    """A tenant that has agreed nothing with anybody."""

    def tables(self, tenant_id: str, carrier: str) -> Sequence[RateTable]:
        """None."""
        return ()


def negotiated_rates(
    tables: Sequence[RateTable], carrier: str, request: RateRequest, now: datetime
) -> tuple[Rate, ...]:
    """The carrier's agreed offers for a request, in the currency of its table."""
    table = valid_on(tables, request.ship_date or now.date())
    if table is None:
        return ()
    found = prices(table, request.ship_from, request.ship_to, request.parcels, request.service)
    return tuple(
        Rate(carrier, price.service, price.cost_minor, price.currency, price.transit_days, "", "negotiated", now)
        for price in found
    )
