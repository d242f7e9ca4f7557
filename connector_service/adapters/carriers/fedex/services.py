"""FedEx's services: their names as karrio has them, which of its companies carries them, and how long they take."""

from __future__ import annotations

from functools import lru_cache

from connector_service.adapters.karrio_bridge import table

USUAL_DAYS = {
    "FIRST_OVERNIGHT": 1,
    "PRIORITY_OVERNIGHT": 1,
    "STANDARD_OVERNIGHT": 1,
    "FEDEX_NEXT_DAY": 1,
    "FEDEX_2_DAY": 2,
    "FEDEX_2_DAY_AM": 2,
    "FEDEX_EXPRESS_SAVER": 3,
    "FEDEX_GROUND": 5,
    "GROUND_HOME_DELIVERY": 5,
    "SMART_POST": 7,
    "INTERNATIONAL_FIRST": 2,
    "FEDEX_INTERNATIONAL_PRIORITY": 3,
    "FEDEX_INTERNATIONAL_PRIORITY_EXPRESS": 3,
    "INTERNATIONAL_ECONOMY": 5,
    "FEDEX_INTERNATIONAL_CONNECT_PLUS": 5,
    "FEDEX_REGIONAL_ECONOMY": 4,
}
"""Business days, for answers that name none: an estimate at the slow end, not checked against its service guide."""
OTHERWISE = 6
IN_WORDS = {
    word: at
    for at, word in enumerate(
        ("ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE", "TEN", "ELEVEN", "TWELVE"), start=1
    )
}
GROUND = frozenset({"FEDEX_GROUND", "GROUND_HOME_DELIVERY", "SMART_POST"})


@lru_cache(maxsize=1_000)
def name_of(code: str) -> str:
    """`INTERNATIONAL_ECONOMY` is `fedex_international_economy`."""
    name: str = table("fedex", "ShippingService").map(code).name_or_key
    return name


@lru_cache(maxsize=1_000)
def code_of(name: str) -> str:
    """The service type of a name; a service type is its own."""
    code: str = table("fedex", "ShippingService").map(name).value_or_key
    return code


def days_in_words(words: str | None) -> int | None:
    """`FOUR_DAYS` is 4; None for what names no number."""
    return IN_WORDS.get((words or "").partition("_DAY")[0])


def company(service: str) -> str:
    """Which van collects it: ground's or express's."""
    return "FDXG" if service and code_of(service) in GROUND else "FDXE"
