"""How finely each carrier prices: what is below that makes no difference to its answer.

Every figure is the finer of what the carrier's tariff says and what its surcharges look at, so that two questions taken
for the same are never billed differently. A carrier that is not listed is taken to price every gram and millimetre.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

GRAM = 1_000_000
OUNCE = 28_349_523
POUND = 453_592_370
"""Micrograms; the international avoirdupois pound is 0.45359237 kg exactly."""
MILLIMETRE = 1_000
INCH = 25_400
"""Micrometres."""


@dataclass(frozen=True, slots=True)
class Billing:
    """`weight_step_ug` micrograms and `side_step_um` micrometres are billed as one; `postal_characters` is how many
    characters of a postal key decide the price, per country, all of them where a country is not named."""

    weight_step_ug: int = GRAM
    side_step_um: int = MILLIMETRE
    postal_characters: Mapping[str, int] = field(default_factory=dict)


EXACT = Billing()

BILLING: Mapping[str, Billing] = MappingProxyType(
    {
        # Weight to the next pound, every side to the next inch; zones go by three digits of the ZIP code, surcharges
        # for remote and extended areas by all five (UPS and FedEx service guides).
        "ups": Billing(POUND, INCH),
        "fedex": Billing(POUND, INCH),
        # Under a pound by the ounce. Sides are rounded to the nearest inch, so that half inches tell apart.
        "usps": Billing(OUNCE, INCH // 2),
        # Half kilograms up to 30 kg, whole ones above; sides to the next centimetre.
        "dhl_express": Billing(500 * GRAM, 10 * MILLIMETRE),
        # Half kilograms; sides by the millimetre as Canada Post takes a tenth of a centimetre.
        "canadapost": Billing(500 * GRAM, MILLIMETRE),
    }
)


def billing_of(carrier: str) -> Billing:
    """How finely a carrier prices."""
    return BILLING.get(carrier, EXACT)
