"""Reads the places file: one country at a time, on first use, and kept.

The file is `data/places.zip`; its member SOURCES.txt says where the data comes from, under which licence, and how a
line is written. `python -m connector_service.geography.rebuild` makes it anew.
"""

from __future__ import annotations

import zipfile
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from connector_service.geography.distance import Point

PLACES_FILE = Path(__file__).parent / "data" / "places.zip"
SOURCES_MEMBER = "SOURCES.txt"


@dataclass(frozen=True, slots=True)
class Area:
    """A named area: its middle, and how far from it nine tenths of its people live, in km."""

    name: str
    middle: Point
    reach_km: int


@dataclass(frozen=True, slots=True)
class City:
    """A city of 15,000 people or more; `regions` are ISO 3166-2 codes without the country, none when not known."""

    name: str
    middle: Point
    regions: frozenset[str]


@dataclass(slots=True)
class PostalCodes:
    """Rising keys, and for each its middle in hundredths of a degree and its reach in km.

    `areas` are the keys that stand for many postal codes.
    """

    keys: list[str] = field(default_factory=list)
    latitudes: array[int] = field(default_factory=lambda: array("h"))
    longitudes: array[int] = field(default_factory=lambda: array("h"))
    reaches: array[int] = field(default_factory=lambda: array("H"))
    areas: set[str] = field(default_factory=set)

    def index(self, key: str) -> int | None:
        """Where exactly this key is, or None."""
        at = bisect_left(self.keys, key)
        return at if at < len(self.keys) and self.keys[at] == key else None

    def starting_with(self, prefix: str) -> range:
        """Where the keys are that begin with the prefix."""
        return range(bisect_left(self.keys, prefix), bisect_right(self.keys, prefix + "\uffff"))

    def last_before(self, key: str) -> int | None:
        """Where the last key is that does not come after this one, or None."""
        return bisect_right(self.keys, key) - 1 if self.keys and self.keys[0] <= key else None

    def point(self, at: int) -> Point:
        return self.latitudes[at] / 100, self.longitudes[at] / 100


@dataclass(slots=True)
class CountryPlaces:
    """All that is known of one country. `regions` by code and by name key, `cities` by name key."""

    country: Area
    regions: dict[str, tuple[str, Area]] = field(default_factory=dict)
    cities: dict[str, list[City]] = field(default_factory=dict)
    codes: PostalCodes = field(default_factory=PostalCodes)


@lru_cache(maxsize=1)
def known_countries() -> frozenset[str]:
    """The ISO 3166-1 alpha-2 codes (and XK) of which something is known."""
    with zipfile.ZipFile(PLACES_FILE) as places:
        return frozenset(places.namelist()) - {SOURCES_MEMBER}


@lru_cache(maxsize=64)
def country_places(country: str) -> CountryPlaces | None:
    """What is known of a country, or None when there is no such country."""
    if country not in known_countries():
        return None
    with zipfile.ZipFile(PLACES_FILE) as places:
        lines = places.read(country).decode().splitlines()
    _, name, *where = lines[0].split("\t")
    known = CountryPlaces(Area(name, _point(where), int(where[2])))
    for line in lines[1:]:
        _ADD[line[0]](known, line.split("\t"))
    return known


def _point(hundredths: list[str]) -> Point:
    return int(hundredths[0]) / 100, int(hundredths[1]) / 100


def _add_region(known: CountryPlaces, parts: list[str]) -> None:
    code, reach, name, keys = parts[1], parts[4], parts[5], parts[6]
    found = code, Area(name, _point(parts[2:4]), int(reach))
    known.regions[code] = found
    for key in keys.split("|"):
        known.regions.setdefault(key, found)


def _add_city(known: CountryPlaces, parts: list[str]) -> None:
    regions = frozenset(parts[5].split(",")) if parts[5] else frozenset()
    known.cities.setdefault(parts[1], []).append(City(parts[4], _point(parts[2:4]), regions))


def _add_code(known: CountryPlaces, parts: list[str]) -> None:
    codes = known.codes
    codes.keys.append(parts[1])
    codes.latitudes.append(int(parts[2]))
    codes.longitudes.append(int(parts[3]))
    codes.reaches.append(int(parts[4]))
    if parts[-1] == "*":
        codes.areas.add(parts[1])


_ADD = {"r": _add_region, "c": _add_city, "p": _add_code}
