"""Known places: the coordinates of landmarks are those that maps and their Wikipedia articles give."""

from __future__ import annotations

import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_service.geography import Exactness, Place, distance_km, place
from connector_service.geography.places_file import PLACES_FILE, known_countries


def found(country: str, **words: str) -> Place:
    place_found = place(country, words.get("region", ""), words.get("postal_code", ""), words.get("city", ""))
    assert place_found is not None
    return place_found


@pytest.mark.parametrize(
    ("country", "code", "landmark", "exactness", "within_km"),
    [
        ("US", "10118", (40.7484, -73.9857), "postal_code", 3),  # Empire State Building
        ("US", "94103-1398", (37.7749, -122.4194), "postal_code", 4),  # San Francisco, a ZIP+4
        ("US", "99501", (61.2181, -149.9003), "postal_code", 8),  # Anchorage
        ("CA", "M5V 3L9", (43.6426, -79.3871), "postal_prefix", 3),  # CN Tower
        ("CA", "v6b 1a1", (49.2827, -123.1207), "postal_prefix", 4),  # Vancouver, in small letters
        ("GB", "SW1A 1AA", (51.5014, -0.1419), "postal_prefix", 3),  # Buckingham Palace
        ("GB", "B11BB", (52.4796, -1.9026), "postal_prefix", 4),  # Birmingham, without the space
        ("GB", "BA1 1LZ", (51.3811, -2.3590), "postal_prefix", 5),  # Bath
        ("GB", "EH99 1SP", (55.9521, -3.1747), "postal_prefix", 6),  # Scottish Parliament
        ("DE", "10117", (52.5163, 13.3777), "postal_code", 4),  # Brandenburg Gate
        ("DE", "80331", (48.1374, 11.5755), "postal_code", 3),  # Marienplatz
        ("BR", "01310-100", (-23.5614, -46.6559), "postal_prefix", 12),  # Avenida Paulista
        ("BR", "22041-001", (-22.9711, -43.1843), "postal_prefix", 25),  # Copacabana
        ("BR", "70150-900", (-15.7992, -47.8609), "postal_prefix", 30),  # Brasília
        ("FR", "75007", (48.8584, 2.2945), "postal_prefix", 6),  # Eiffel Tower
        ("JP", "100-0005", (35.6812, 139.7671), "postal_prefix", 5),  # Tokyo Station
        ("LV", "LV-1050", (56.9496, 24.1052), "postal_code", 6),  # Riga, with the country's letters
        ("AU", "2000", (-33.8568, 151.2153), "postal_code", 5),  # Sydney Opera House
        ("IN", "110001", (28.6129, 77.2295), "postal_prefix", 12),  # India Gate
    ],
)
def test_a_known_postal_code_is_where_its_landmark_is(
    country: str, code: str, landmark: tuple[float, float], exactness: str, within_km: int
) -> None:
    here = found(country, postal_code=code)
    assert distance_km(here.point, landmark) <= within_km
    assert here.exactness == exactness
    assert here.note == ""


def test_an_unknown_zip_code_falls_back_to_those_that_begin_like_it_and_says_so() -> None:
    here = found("US", region="AK", postal_code="99999")
    assert here.exactness is Exactness.POSTAL_PREFIX
    assert distance_km(here.point, (55.3422, -131.6461)) <= 100  # Ketchikan
    assert here.note == (
        "No place is known for '99999' in US; the middle of the 13 known postal codes that begin with 999 is used "
        "(within about 98 km)."
    )


def test_a_prefix_of_one_known_code_is_not_taken_for_more_exact_than_a_city() -> None:
    alone = found("US", postal_code="45950")
    assert alone.note == (
        "No place is known for '45950' in US; the only known postal code that begins with 459 is used "
        "(within about 10 km)."
    )


def test_a_brazilian_code_before_the_first_of_its_digit_belongs_to_no_town() -> None:
    assert found("BR", postal_code="10000-000").exactness is Exactness.COUNTRY
    assert found("BR", region="SP", postal_code="10000-000").exactness is Exactness.REGION


def test_a_region_that_is_smaller_than_what_the_digits_say_is_used_before_them() -> None:
    here = found("US", region="US-RI", postal_code="00000")
    assert here.exactness is Exactness.REGION
    assert distance_km(here.point, (41.8240, -71.4128)) <= 15  # Providence, where most of its people live
    assert "'00000' in US; the middle of Rhode Island is used" in here.note


def test_a_military_post_office_is_nowhere_and_the_country_is_used() -> None:
    here = found("US", region="AE", postal_code="09000")
    assert here.exactness is Exactness.COUNTRY
    assert here.note.startswith("No place is known for '09000' in US; the middle of United States is used")


@pytest.mark.parametrize("region", ["BY", "DE-BY", "de-by", "Bayern", "BAYERN", "Bavaria"])
def test_a_region_is_known_by_its_code_and_by_its_names(region: str) -> None:
    here = found("DE", region=region)
    assert here.exactness is Exactness.REGION
    assert distance_km(here.point, (48.7775, 11.4312)) <= 60  # Ingolstadt, in its middle
    assert "the middle of Bayern is used" in here.note


@pytest.mark.parametrize(
    ("country", "city", "at"),
    [
        ("DE", "München", (48.1374, 11.5755)),
        ("DE", "munich", (48.1374, 11.5755)),
        ("BR", "Sao Paulo", (-23.5505, -46.6333)),
        ("AE", "Dubai", (25.2048, 55.2708)),
        ("US", "New York", (40.7128, -74.0060)),
    ],
)
def test_without_a_postal_code_the_city_is_used(country: str, city: str, at: tuple[float, float]) -> None:
    here = found(country, city=city)
    assert here.exactness is Exactness.CITY
    assert distance_km(here.point, at) <= 15
    assert here.note.startswith("There is no postal code; the city of ")


def test_of_two_cities_of_one_name_the_region_decides_else_the_larger_is_used_and_it_says_so() -> None:
    in_illinois = found("US", region="IL", city="Springfield")
    assert distance_km(in_illinois.point, (39.7817, -89.6501)) <= 10
    anywhere = found("US", city="Springfield")
    assert distance_km(anywhere.point, (37.2090, -93.2923)) <= 10  # in Missouri, the largest
    assert "the largest of 8 of that name" in anywhere.note


def test_a_code_of_birmingham_is_no_prefix_of_bath() -> None:
    here = found("GB", postal_code="B07 9ZZ")
    assert distance_km(here.point, (52.4862, -1.8904)) <= 25
    assert "postal codes that begin with B is used" in here.note


ISO_3166_1 = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD
CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF
GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN
KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI
SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI
VN VU WF WS YE YT ZA ZM ZW
""".split()  # noqa: SIM905


def test_every_country_of_iso_3166_is_somewhere() -> None:
    assert len(ISO_3166_1) == 249
    for code in ISO_3166_1:
        here = found(code, postal_code="?")
        assert -90 <= here.latitude <= 90
        assert -180 <= here.longitude <= 180
        assert here.note.startswith(f"No place is known for '?' in {code}; ")
    assert known_countries() == {*ISO_3166_1, "XK"}


@pytest.mark.parametrize("country", ["", "ZZ", "USA", "../x", "SOURCES.txt", "\x00", "🇩🇪"])
def test_what_is_no_country_is_nowhere(country: str) -> None:
    assert place(country) is None


@given(st.sampled_from(["US", "GB", "CA", "DE", "BR", "AR", "JP", "FR", "HK", "AQ"]), st.text(), st.text(), st.text())
def test_nonsense_never_raises_and_is_the_same_every_time(country: str, region: str, code: str, city: str) -> None:
    here = found(country, region=region, postal_code=code, city=city)
    assert here == place.__wrapped__(country, region, code, city)
    assert here.reach_km >= 1


@given(st.text(max_size=3))
def test_no_text_as_a_country_raises(country: str) -> None:
    assert place(country) is None or country.strip().upper() in known_countries()


def test_the_places_file_is_small_and_says_where_it_comes_from() -> None:
    assert PLACES_FILE.stat().st_size < 2_500_000
    with zipfile.ZipFile(PLACES_FILE) as places:
        assert "CC BY 4.0" in places.read("SOURCES.txt").decode()
        assert b"GeoNames (www.geonames.org)" in places.comment
