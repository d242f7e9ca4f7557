from __future__ import annotations

from contextlib import suppress

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from canonical_models import Label, TrackingType
from connector_service.adapters.carriers.swiftparcel import mapping
from connector_service.adapters.shapes import Unreadable
from tests.contracts.carrier_contract import BUYER, a_rate_request
from tests.contracts.mangled import is_sound, mangled
from tests.contracts.recorded import recorded_answer

RATES = recorded_answer("swiftparcel", "rates")
LABEL = recorded_answer("swiftparcel", "label")
SCANS = recorded_answer("swiftparcel", "scans")


def test_decimal_strings_become_minor_units() -> None:
    prices = [quote["totalPrice"] for quote in orjson.loads(RATES)["quotes"]]
    assert [rate.cost_minor for rate in mapping.rates(RATES)] == [int(price.replace(".", "")) for price in prices]


def test_a_price_with_parts_of_a_cent_is_unreadable() -> None:
    payload = orjson.loads(RATES)
    payload["quotes"][1]["totalPrice"] = "1.234"
    with pytest.raises(Unreadable) as caught:
        mapping.rates(orjson.dumps(payload))
    assert caught.value.pointer == "/quotes/1/totalPrice"


def test_the_label_shows_the_printed_address() -> None:
    assert mapping.label("shp-1", LABEL).ship_to == BUYER


def test_the_label_of_another_reference_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="another reference"):
        mapping.label("shp-2", LABEL)


def test_a_scan_code_without_meaning_is_left_out() -> None:
    payload = orjson.loads(SCANS)
    payload["scans"].append({**payload["scans"][0], "code": "CUSTOMS_COFFEE_BREAK"})
    assert mapping.tracking_events(orjson.dumps(payload)) == mapping.tracking_events(SCANS)


def test_every_kind_of_scan_but_a_doubted_address_has_a_code() -> None:
    assert set(mapping.SCANS.values()) == set(TrackingType) - {TrackingType.ADDRESS_CORRECTION}


def test_a_parcel_that_was_not_measured_has_no_sides() -> None:
    measured, unmeasured = mapping.quote_body(a_rate_request())["packages"]
    assert measured == {"packageId": "P1", "weightGrams": 1234, "lengthMm": 305, "widthMm": 200, "heightMm": 95}
    assert unmeasured == {"packageId": "P2", "weightGrams": 66}


def test_the_luhn_number_everybody_quotes_is_valid() -> None:
    assert mapping.valid_tracking_number("SW79927398713")
    assert not mapping.valid_tracking_number("SW79927398710")


@given(st.integers(0, 10**10 - 1), st.integers(0, 10), st.integers(1, 9))
def test_luhn_notices_every_single_wrong_digit(serial: int, at: int, off: int) -> None:
    body = f"{serial:010}"
    valid = next(f"SW{body}{check}" for check in range(10) if mapping.valid_tracking_number(f"SW{body}{check}"))
    digits = list(valid)
    digits[2 + at] = str((int(digits[2 + at]) + off) % 10)
    assert not mapping.valid_tracking_number("".join(digits))


@given(mangled(LABEL))
def test_a_mangled_label_is_read_or_refused_and_nothing_else(body: bytes) -> None:
    with suppress(ValidationError, Unreadable):
        assert isinstance(mapping.label("shp-1", body), Label)


@given(mangled(RATES))
def test_mangled_rates_are_read_or_refused_and_nothing_else(body: bytes) -> None:
    with suppress(Unreadable):
        assert all(is_sound(rate) for rate in mapping.rates(body))


@given(mangled(SCANS))
def test_mangled_scans_are_read_or_refused_and_nothing_else(body: bytes) -> None:
    with suppress(ValidationError, Unreadable):
        assert all(event.carrier == "swiftparcel" for event in mapping.tracking_events(body))
