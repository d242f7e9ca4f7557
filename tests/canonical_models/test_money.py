from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_models.money import DECIMALS, in_words, to_minor


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("12.40", "EUR", 1240), ("12", "EUR", 1200), ("1500", "JPY", 1500), ("1.234", "KWD", 1234), ("-3.5", "USD", -350)],
)
def test_decimals_become_minor_units_of_their_currency(amount: str, currency: str, minor: int) -> None:
    assert to_minor(Decimal(amount), currency) == minor


@pytest.mark.parametrize(
    ("amount", "currency"), [("12.401", "EUR"), ("1.5", "JPY"), ("NaN", "EUR"), ("Infinity", "EUR")]
)
def test_what_is_no_whole_number_of_minor_units_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match=currency):
        to_minor(Decimal(amount), currency)


@given(st.integers(0, 10**12), st.sampled_from(["EUR", *DECIMALS]))
def test_nothing_is_lost_on_the_way(minor: int, currency: str) -> None:
    assert to_minor(Decimal(minor).scaleb(-DECIMALS.get(currency, 2)), currency) == minor


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [(1240, "EUR", "12.40 EUR"), (5, "USD", "0.05 USD"), (1240, "JPY", "1240 JPY"), (1500, "KWD", "1.500 KWD")],
)
def test_minor_units_are_said_with_their_currency_s_decimals(minor: int, currency: str, words: str) -> None:
    assert in_words(minor, currency) == words
