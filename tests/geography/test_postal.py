from __future__ import annotations

import pytest

from connector_service.geography.postal import name_key, postal_key


@pytest.mark.parametrize(
    ("country", "code", "key"),
    [
        ("US", " 10001-1234 ", "10001"),
        ("US", "1000A", ""),
        ("GB", "sw1a 1aa", "SW1A"),
        ("GB", "M1 1AA", "M_1"),
        ("GB", "M11AA", "M_1"),
        ("GB", "M11 1AA", "M_11"),
        ("GB", "M11", "M_11"),
        ("GB", "12345", ""),
        ("CA", "m5v-2t6", "M5V2T6"),
        ("LT", "LT-01100", "01100"),
        ("AR", "C1425DKA", "1425"),
        ("AR", "1425", "1425"),
        ("JP", "１００－０００１", "1000001"),  # full-width digits
        ("DE", "", ""),
        ("DE", "x" * 100, "X" * 20),
    ],
)
def test_a_postal_code_has_one_key_however_it_is_written(country: str, code: str, key: str) -> None:
    assert postal_key(country, code) == key


@pytest.mark.parametrize(
    ("name", "key"),
    [("São Paulo", "saopaulo"), ("SAO PAULO", "saopaulo"), ("Gießen", "giessen"), ("東京", "東京"), ("-", "")],
)
def test_a_name_has_one_key_however_it_is_written(name: str, key: str) -> None:
    assert name_key(name) == key
