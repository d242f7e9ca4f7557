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
