"""Where an address is: the best that can be said offline, how exact it is, and in words what was used instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from connector_service.geography.distance import Point, reach_km, typical
from connector_service.geography.places_file import City, CountryPlaces, PostalCodes, country_places
from connector_service.geography.postal import RANGED, SHORTEST_PREFIX, name_key, outward, postal_key

CITY_REACH_KM = 10
"""How large a city is taken to be."""

RANGE_REACH_KM = 25
"""How large a town is taken to be whose postal codes are known by the first one only."""


class Exactness(StrEnum):
    """What the coordinates of a place stand for, the most exact first."""

    POSTAL_CODE = "postal_code"
    POSTAL_PREFIX = "postal_prefix"
    CITY = "city"
    REGION = "region"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the map for an address.

    `reach_km`: nine tenths of what the coordinates stand for lie nearer than this. `note` says in words what was used
    instead of the postal code; empty when that was known.
    """

    country: str
    latitude: float
    longitude: float
    exactness: Exactness
    reach_km: int
    note: str = ""

    @property
    def point(self) -> Point:
        return self.latitude, self.longitude


Guess = tuple[Place, str]
"""A place, and in words what is used for what was asked; no words when it is just that."""


@lru_cache(maxsize=16_384)
def place(country: str, region: str = "", postal_code: str = "", city: str = "") -> Place | None:
    """Where an address is, from its ISO 3166-1 country, its region (ISO 3166-2 with or without the country, or its
    name), its postal code and its city, each as it was written.

    The postal code decides when it is known. Else the most exact of its first characters, the city, the region and the
    country is used, and the note says so. None when there is no such country. Never raises, whatever the texts are.
    """
    code = country.strip().upper()
    known = country_places(code)
    if known is None:
        return None
    by_code = _by_code(code, known.codes, postal_key(code, postal_code))
    if by_code and not by_code[1]:
        return by_code[0]
    guesses = [guess for guess in (by_code, *_by_name(code, known, region, city)) if guess]
    best, words = min(guesses, key=lambda guess: guess[0].reach_km)
    asked = postal_code.strip() or city.strip() or region.strip()
    missing = f"No place is known for {asked[:40]!r} in {code}" if asked else f"Only the country {code} is given"
    if best.exactness is Exactness.CITY and not postal_code.strip():
        missing = "There is no postal code"
    note = f"{missing}; {words} is used (within about {best.reach_km} km)."
    return replace(best, note=note)


def _by_code(country: str, codes: PostalCodes, key: str) -> Guess | None:
    """By the longest beginning of a postal code of which something is known."""
    for length in range(len(key), SHORTEST_PREFIX - 1, -1):
        at = codes.index(key[:length])
        if at is not None:
            whole = length == len(key) and codes.keys[at] not in codes.areas and not outward(country)
            exactness = Exactness.POSTAL_CODE if whole else Exactness.POSTAL_PREFIX
            return _found(country, codes.point(at), exactness, codes.reaches[at]), ""
        if country in RANGED and (at := codes.last_before(key)) is not None and codes.keys[at][0] == key[0]:
            return _found(country, codes.point(at), Exactness.POSTAL_PREFIX, RANGE_REACH_KM), ""
        if inside := codes.starting_with(key[:length]):
            return _by_prefix(country, codes, key[:length], inside)
    return None


def _by_prefix(country: str, codes: PostalCodes, prefix: str, inside: range) -> Guess:
    points = [codes.point(at) for at in inside]
    middle = typical(points)
    shown = prefix.replace("_", "")
    words = f"the middle of the {len(points)} known postal codes that begin with {shown}"
    if len(points) == 1:
        words = f"the only known postal code that begins with {shown}"
    reach = max(CITY_REACH_KM, reach_km(middle, points))
    return _found(country, middle, Exactness.POSTAL_PREFIX, reach), words


def _by_name(country: str, known: CountryPlaces, region: str, city: str) -> Iterator[Guess]:
    """By the city, by the region, by the country: as many of them as are known, the most exact first."""
    in_region = known.regions.get(region.strip().upper().removeprefix(f"{country}-"))
    in_region = in_region or known.regions.get(name_key(region))
    cities = [] if not city else known.cities.get(name_key(city), [])
    if in_region:
        cities = [found for found in cities if not found.regions or in_region[0] in found.regions]
    if cities:
        yield _of_city(country, cities)
    if in_region:
        area = in_region[1]
        yield _found(country, area.middle, Exactness.REGION, area.reach_km), f"the middle of {area.name}"
    area = known.country
    yield _found(country, area.middle, Exactness.COUNTRY, area.reach_km), f"the middle of {area.name}"


def _of_city(country: str, cities: list[City]) -> Guess:
    words = f"the city of {cities[0].name}"
    if len(cities) > 1:
        words += f", the largest of {len(cities)} of that name,"
    return _found(country, cities[0].middle, Exactness.CITY, CITY_REACH_KM), words


def _found(country: str, point: Point, exactness: Exactness, reach: int) -> Place:
    return Place(country, round(point[0], 2), round(point[1], 2), exactness, max(1, reach))
