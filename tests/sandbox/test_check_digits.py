from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_service.adapters.carriers.swiftparcel import mapping as swiftparcel
from connector_service.adapters.carriers.terrapost import mapping as terrapost
from connector_service.sandbox import check_digits


@given(st.integers(0, 10**12))
def test_the_vendors_numbers_are_those_the_adapters_accept(serial: int) -> None:
    assert swiftparcel.valid_tracking_number(f"SW{check_digits.luhn(serial)}")
    assert terrapost.valid_tracking_number(f"TE{check_digits.s10(serial)}TP")


@given(st.integers(0, 10**12))
def test_spoiled_numbers_are_not_accepted(serial: int) -> None:
    assert not swiftparcel.valid_tracking_number(f"SW{check_digits.spoiled(check_digits.luhn(serial))}")
    assert not terrapost.valid_tracking_number(f"TE{check_digits.spoiled(check_digits.s10(serial))}TP")


@pytest.mark.parametrize(("serial", "code"), [(0, "0" * 18), (1, "000000000000000017")])
def test_a_container_code_ends_in_its_gs1_check_digit(serial: int, code: str) -> None:
    assert check_digits.sscc(serial) == code


def weighted_1z(number: str) -> int:
    """What the first fifteen characters after `1Z` ask for as the last one; letters count from A as 2, 3, ..."""
    values = [int(char) if char.isdigit() else (ord(char) - 63) % 10 for char in number[2:17]]
    return -sum(value * (1 + at % 2) for at, value in enumerate(values)) % 10


@pytest.mark.parametrize("number", ["1Z5R89390357567127", "1Z999AA10123456784"])
def test_the_rule_for_1z_numbers_holds_for_numbers_known_to_be_right(number: str) -> None:
    assert weighted_1z(number) == int(number[-1])


@given(st.integers(0, 10**12))
def test_a_1z_number_ends_in_its_check_digit(serial: int) -> None:
    number = check_digits.ups_1z(serial)
    assert len(number) == 18
    assert weighted_1z(number) == int(number[-1])


@pytest.mark.parametrize(("serial", "number"), [(98657878885, "986578788855"), (12345678901, "123456789012")])
def test_a_fedex_number_ends_in_its_check_digit(serial: int, number: str) -> None:
    assert check_digits.fedex_express(serial) == number
