"""What a tenant has settled about its carriers: shares, service levels, exchange rates, permits, labels."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from canonical_models.base import CanonicalModel, Currency, Identifier
from canonical_models.inventory import LabelPaper
from canonical_models.money import DECIMALS
from connector_service.carriers.choice_terms import MILLI, Agreement
from connector_service.carriers.limits import Limits

PerMille = Annotated[int, Field(ge=0, le=MILLI)]


class _Part(CanonicalModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ServiceLevel(_Part):
    """What the seller has promised for orders of one service level; what is left out is not promised."""

    transit_days: int | None = Field(default=None, ge=0, le=365, description="working days on the road at most")
    on_time_per_mille: PerMille | None = Field(default=None, description="so many parcels of a thousand in time")


class ExchangeRate(_Part):
    """One unit of `from` is `rate` units of `to`. The way back is the inverse unless it is given, too."""

    from_currency: Currency
    to_currency: Currency
    rate: Decimal = Field(gt=0, le=1_000_000, decimal_places=9)
    as_of: date | None = Field(default=None, description="the day of the rate, for whoever looks after it")


class CarrierSettings(_Part):
    """All of it; nothing is settled to begin with."""

    mix: dict[Identifier, PerMille] = Field(
        default_factory=dict,
        max_length=50,
        description="by carrier, the share of a month's parcels it is to have, per mille; all others share the rest",
    )
    service_levels: dict[Identifier, ServiceLevel] = Field(
        default_factory=dict, max_length=50, description="by an order's service level, else by its priority"
    )
    exchange_rates: list[ExchangeRate] = Field(default_factory=list, max_length=500)
    label_format: LabelPaper = Field(
        default="zpl",
        description="what label printers take where a location does not say otherwise: `zpl` and `pdf` of 4 by 6 "
        "inches, `pdf_a4` and `pdf_letter` sheets of paper",
    )
    limits: dict[Identifier, Limits] = Field(
        default_factory=dict,
        max_length=50,
        description="by carrier, what was agreed with it in place of what is known of it, such as lithium",
    )

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        total = sum(self.mix.values())
        if total > MILLI:
            raise ValueError(f"the shares in `mix` come to {total} of 1000; lower one of them")
        return self

    def agreement(self, service_level: str, priority: str) -> Agreement:
        """What is promised for an order."""
        level = self.service_levels.get(service_level) or self.service_levels.get(priority)
        return Agreement(level.transit_days, level.on_time_per_mille) if level else Agreement()

    def in_currency(self, minor: int, currency: str, wanted: str) -> int | None:
        """An amount in another currency, half a minor unit rounded up; None without a rate of exchange."""
        if currency == wanted:
            return minor
        rate = self._rate(currency, wanted)
        if rate is None:
            return None
        places = DECIMALS.get(wanted, 2) - DECIMALS.get(currency, 2)
        return int((Decimal(minor) * rate).scaleb(places).to_integral_value(ROUND_HALF_UP))

    def _rate(self, currency: str, wanted: str) -> Decimal | None:
        given = {(each.from_currency, each.to_currency): each.rate for each in self.exchange_rates}
        back = given.get((wanted, currency))
        return given.get((currency, wanted)) or (1 / back if back else None)

    def over_share(self, carrier: str, sold: dict[str, int]) -> int:
        """By how much, per mille, a carrier would be over its share of the month's parcels if it got one more.

        `sold` is what each carrier had so far. Carriers without a share of their own have one together: the rest.
        """
        if not self.mix:
            return 0
        named = carrier in self.mix
        target = self.mix[carrier] if named else MILLI - sum(self.mix.values())
        had = sold.get(carrier, 0) if named else sum(n for each, n in sold.items() if each not in self.mix)
        return max(0, MILLI * (had + 1) // (sum(sold.values()) + 1) - target)


NOTHING_SETTLED = CarrierSettings()
