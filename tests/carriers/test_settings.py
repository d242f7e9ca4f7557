"""What a tenant has settled about its carriers: exchange, shares of the month, promises."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connector_service.carriers.choice_terms import Agreement
from connector_service.carriers.settings import NOTHING_SETTLED, CarrierSettings


def settled(**said: Any) -> CarrierSettings:
    return CarrierSettings.model_validate(said)


def exchange(a: str, b: str, rate: str) -> dict[str, str]:
    return {"from_currency": a, "to_currency": b, "rate": rate}


@pytest.mark.parametrize(
    ("minor", "currency", "wanted", "expected"),
    [
        (1_000, "USD", "USD", 1_000),
        (1_000, "EUR", "USD", 1_100),
        (1_100, "USD", "EUR", 1_000),
        (1_000, "USD", "JPY", 1_500),
        (1_500, "JPY", "USD", 1_000),
        (1, "EUR", "USD", 1),
        (5, "EUR", "USD", 6),
        (1_000, "GBP", "USD", None),
        (1_000, "EUR", "JPY", None),
    ],
)
def test_an_amount_is_exchanged_by_a_rate_or_its_inverse_and_never_by_way_of_a_third(
    minor: int, currency: str, wanted: str, expected: int | None
) -> None:
    rates = [exchange("EUR", "USD", "1.1"), exchange("USD", "JPY", "150")]
    assert settled(exchange_rates=rates).in_currency(minor, currency, wanted) == expected


def test_the_way_back_may_have_a_rate_of_its_own() -> None:
    rates = [exchange("EUR", "USD", "1.1"), exchange("USD", "EUR", "0.5")]
    assert settled(exchange_rates=rates).in_currency(1_000, "USD", "EUR") == 500


def test_a_carrier_is_over_its_share_by_what_one_parcel_more_makes_of_it() -> None:
    shares = settled(mix={"ups": 500})
    sold = {"ups": 59, "fedex": 20, "usps": 20}
    assert shares.over_share("ups", sold) == 100
    assert shares.over_share("fedex", sold) == 0
    assert shares.over_share("fedex", {"ups": 9, "usps": 90}) == 410
    assert NOTHING_SETTLED.over_share("ups", sold) == 0


def test_shares_of_more_than_everything_are_refused() -> None:
    with pytest.raises(ValidationError, match="come to 1100 of 1000"):
        settled(mix={"ups": 600, "usps": 500})


@given(st.dictionaries(st.sampled_from("abcde"), st.integers(0, 1_000)), st.sampled_from("abcde"))
def test_with_shares_that_fill_the_month_some_carrier_is_never_far_over(sold: dict[str, int], carrier: str) -> None:
    shares = settled(mix={"a": 400, "b": 600})
    assert min(shares.over_share(each, sold) for each in "ab") <= 1_000 // (sum(sold.values()) + 1)
    assert 0 <= shares.over_share(carrier, sold) <= 1_000


def test_a_service_level_goes_before_a_priority_and_nothing_is_promised_without() -> None:
    levels = settled(service_levels={"gold": {"transit_days": 1}, "standard": {"on_time_per_mille": 950}})
    assert levels.agreement("gold", "standard") == Agreement(1, None)
    assert levels.agreement("other", "standard") == Agreement(None, 950)
    assert levels.agreement("other", "express") == Agreement()
