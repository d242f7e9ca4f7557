"""Amounts are read exactly, however a vendor writes them, or not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_models.money import DECIMALS, to_minor
from connector_service.adapters.amounts import minor, price
from connector_service.adapters.shapes import Unreadable

CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD"])
AMOUNTS = st.decimals(min_value=0, max_value=10**11, places=3).map(lambda amount: amount.normalize())


@given(AMOUNTS, CURRENCIES, st.sampled_from([str, "{:f}".format, "{:E}".format, Decimal, "{:.3f}".format]))
def test_an_amount_is_what_decimal_arithmetic_says_however_it_is_written(
    amount: Decimal, currency: str, written: type[str]
) -> None:
    try:
        expected = to_minor(amount, currency)
    except ValueError:
        with pytest.raises(Unreadable):
            minor(written(amount), currency, "")
    else:
        assert minor(written(amount), currency, "") == expected


@given(st.integers(0, 10**12), CURRENCIES)
def test_a_json_number_is_read_as_it_was_written(cents: int, currency: str) -> None:
    decimals = DECIMALS.get(currency, 2)
    assert minor(float(Decimal(cents).scaleb(-decimals)), currency, "") == cents


@pytest.mark.parametrize(
    ("text", "currency", "expected"),
    [("12.40", "EUR", 1240), ("1240", "JPY", 1240), ("0.1", "KWD", 100), (".5", "USD", 50)],
)
def test_money_is_made_of_the_text(text: str, currency: str, expected: int) -> None:
    assert minor(text, currency, "/x") == expected


@pytest.mark.parametrize(
    "amount", ["", ".", "-", "-0.01", "1.001", "1,00", "NaN", "Infinity", "1e999999999", "9" * 30, True, None, [], {}]
)
def test_what_is_no_amount_is_unreadable_and_says_where(amount: object) -> None:
    with pytest.raises(Unreadable) as caught:
        minor(amount, "USD", "/total")
    assert caught.value.pointer == "/total"


@pytest.mark.parametrize("amount", ["0", "0.00", 0, 0.0, "-0"])
def test_nothing_is_not_a_price(amount: object) -> None:
    with pytest.raises(Unreadable):
        price(amount, "USD", "")
