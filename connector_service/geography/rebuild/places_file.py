"""From lists of cities and postal codes to the lines of one country in the places file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from connector_service.geography.distance import Point, centre, reach_km, typical
from connector_service.geography.postal import RANGED, name_key, postal_key
from connector_service.geography.rebuild.sources import City, Subdivision

MOST_KEYS = 12_500
"""A country with more postal codes has them cut to the longest prefix that keeps below this."""
MOST_ZIP_CODES = 50_000
CITY_POPULATION = 15_000
LOCAL_NAME_CODES = 5
"""A place name on so many postal codes, all of them near, is a city's name in its own language ("München")."""
LOCAL_NAME_KM = 30

UNINHABITED: Mapping[str, Point] = {
    "AQ": (-90.0, 0.0),
    "BV": (-54.43, 3.4),
    "HM": (-53.1, 72.52),
    "UM": (19.28, 166.65),
}
"""Where no city is: the coordinates of The World Factbook (public domain); of the minor islands, Wake."""

Codes = dict[str, list[tuple[str, Point]]]


def country_lines(
    code: str, name: str, cities: Sequence[City], regions: Mapping[int, Subdivision], codes: Codes
) -> Iterator[str]:
    """The lines of one country: the country itself, its regions, its cities, its postal codes."""
    points, weights = [city.point for city in cities], [city.population + 1.0 for city in cities]
    middle = centre(points, weights) if points else UNINHABITED[code]
    cut = _cut(code, codes)
    rows = [_line("=", name, middle, reach_km(middle, points, weights) if points else 1_000)]
    rows += _region_lines(cities, regions)
    rows += _city_lines(cities, regions, codes)
    rows += _postal_lines(codes, cut)
    return iter(rows)


def by_country(entries: Iterable[tuple[str, str, str, Point]]) -> dict[str, Codes]:
    """Country, then postal key, to the places that the code serves."""
    found: dict[str, Codes] = defaultdict(lambda: defaultdict(list))
    for country, code, place, point in entries:
        if key := postal_key(country, code):
            found[country][key].append((place, point))
    return found


def _line(kind: str, key: str, point: Point, *more: object) -> str:
    latitude, longitude = round(point[0] * 100), round(point[1] * 100)
    return "\t".join(str(part) for part in (kind, key, latitude, longitude, *more))


def _region_lines(cities: Sequence[City], regions: Mapping[int, Subdivision]) -> Iterator[str]:
    inside: dict[int, list[City]] = defaultdict(list)
    for city in cities:
        for number in city.regions:
            inside[number].append(city)
    for number in sorted(inside.keys() & regions.keys(), key=lambda number: regions[number].code):
        points = [city.point for city in inside[number]]
        weights = [city.population + 1.0 for city in inside[number]]
        middle, region = centre(points, weights), regions[number]
        names = "|".join(dict.fromkeys(filter(None, (name_key(name) for name in region.names))))
        yield _line("r", region.code, middle, reach_km(middle, points, weights), region.names[0], names)


def _city_lines(cities: Sequence[City], regions: Mapping[int, Subdivision], codes: Codes) -> Iterator[str]:
    large = [city for city in cities if city.population >= CITY_POPULATION and name_key(city.name)]
    for city in sorted(large, key=lambda city: (name_key(city.name), -city.population, city.point)):
        inside = ",".join(regions[number].code for number in city.regions if number in regions)
        yield _line("c", name_key(city.name), city.point, city.name, inside)
    known = {name_key(city.name) for city in large}
    named: dict[str, dict[str, tuple[str, Point]]] = defaultdict(dict)
    for key, places in codes.items():
        for name, point in places:
            named[name_key(name)].setdefault(key, (name, point))
    for key, found in sorted(named.items()):
        points = [point for _, point in found.values()]
        if key and key not in known and len(points) >= LOCAL_NAME_CODES:
            middle = typical(points)
            if reach_km(middle, points) <= LOCAL_NAME_KM:
                yield _line("c", key, middle, next(iter(found.values()))[0], "")


def _cut(country: str, codes: Codes) -> int:
    """The length to which keys are cut; large when they are kept whole."""
    most = MOST_ZIP_CODES if country == "US" else MOST_KEYS
    whole = max(map(len, codes), default=0)
    if len(codes) <= most or country in RANGED:
        return whole
    return next(length for length in range(whole, 0, -1) if len({key[:length] for key in codes}) <= most)


def _postal_lines(codes: Codes, cut: int) -> Iterator[str]:
    areas: dict[str, list[tuple[str, list[Point]]]] = defaultdict(list)
    for key, places in codes.items():
        areas[key[:cut]].append((key, [point for _, point in places]))
    for area, inside in sorted(areas.items()):
        middles = [typical(points) for _, points in inside]
        middle = typical(middles)
        whole = [key for key, _ in inside] == [area]
        points = inside[0][1] if whole else middles
        yield _line("p", area, middle, reach_km(middle, points), *([] if whole else ["*"]))
