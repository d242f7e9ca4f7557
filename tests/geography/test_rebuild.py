from __future__ import annotations

from connector_service.geography.rebuild.places_file import by_country, country_lines
from connector_service.geography.rebuild.sources import City, Subdivision

REGIONS = {1: Subdivision(1, "N", ("North", "Le Nord")), 2: Subdivision(2, "S", ("South",))}
CITIES = [
    City("Upper", (1,), 9, 90_000, (60.0, 10.0)),
    City("Lower", (2,), 9, 20_000, (50.0, 10.0)),
    City("Hamlet", (2,), 9, 500, (50.0, 12.0)),
]


def lines(codes: list[tuple[str, str, str, tuple[float, float]]]) -> list[list[str]]:
    return [
        line.split("\t") for line in country_lines("XX", "Exland", CITIES, REGIONS, by_country(codes).get("XX", {}))
    ]


def test_a_country_is_written_with_its_regions_large_cities_and_postal_codes() -> None:
    country, north, south, *cities, code = lines(
        [("XX", "10-1", "Upper", (60.0, 10.0)), ("XX", "10 1", "", (60.4, 10.4))]
    )
    assert country[:2] == ["=", "Exland"]
    assert 5_800 < int(country[2]) < 5_850  # most people live in the north
    assert north == ["r", "N", "6000", "1000", "0", "North", "north|lenord"]
    assert south[1] == "S"
    assert cities == [["c", "lower", "5000", "1000", "Lower", "S"], ["c", "upper", "6000", "1000", "Upper", "N"]]
    assert code[:4] == ["p", "101", "6000", "1000"]


def test_a_long_list_of_postal_codes_is_cut_to_prefixes_that_are_marked() -> None:
    codes = [("XX", f"{number:05}", "", (60.0, 10 + number / 10_000)) for number in range(13_000)]
    written = [line for line in lines(codes) if line[0] == "p"]
    assert len(written) == 1_300
    assert written[1] == ["p", "0001", "6000", "1000", "0", "*"]


def test_the_name_of_a_place_with_many_near_postal_codes_becomes_a_city() -> None:
    near = [("XX", f"1000{number}", "Oberstadt", (60.0, 10 + number / 100)) for number in range(5)]
    far = [("XX", f"2000{number}", "Neustadt", (60.0, 10.0 + number)) for number in range(5)]
    cities = [line[1] for line in lines(near + far) if line[0] == "c"]
    assert "oberstadt" in cities
    assert "neustadt" not in cities
