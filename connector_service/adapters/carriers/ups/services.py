"""UPS's services: their names as karrio has them, and how long they usually take."""

from __future__ import annotations

from functools import lru_cache

from connector_service.adapters.karrio_bridge import table

EUROPEAN_UNION = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
)

USUAL_DAYS = {
    "01": 1,
    "13": 1,
    "14": 1,
    "02": 2,
    "59": 2,
    "12": 3,
    "03": 4,
    "07": 2,
    "54": 2,
    "65": 3,
    "08": 5,
    "11": 4,
}
"""Business days, for answers that name none: an estimate at the slow end, not checked against its service guide."""
OTHERWISE = 6


@lru_cache(maxsize=1_000)
def name_of(code: str, from_country: str) -> str:
    """What a service code means depends on where the parcel starts: `11` from Germany is `ups_standard_eu`."""
    zone = "EU" if from_country in EUROPEAN_UNION else from_country
    name: str = table("ups", "ServiceZone").find(code, zone).name_or_key
    return name


def code_of(name: str) -> str:
    """The code of a service name; a code is its own."""
    code: str = table("ups", "ServiceCode").map(name).value_or_key
    return code


def usual_days(code: str) -> int:
    """Business days that a service usually takes."""
    return USUAL_DAYS.get(code, OTHERWISE)
