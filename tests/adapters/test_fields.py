"""Reading field by field: what is not as it should be is unreadable, says where, and never shows the value."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_service.adapters import fields
from connector_service.adapters.shapes import Unreadable
from tests.contracts.mangled import JUNK

READERS: tuple[Callable[[Any], Any], ...] = (fields.word, fields.currency, fields.days, fields.listed)


@given(JUNK)
def test_every_reader_gives_what_it_promises_or_unreadable(value: Any) -> None:
    for reader in READERS:
        try:
            found = reader(value)
        except Unreadable:
            continue
        assert found == (int(value) if reader is fields.days else value)


@pytest.mark.parametrize("value", ["USD", "EUR"])
def test_currencies_are_three_capital_letters(value: str) -> None:
    assert fields.currency(value) == value
    for wrong in (value.lower(), value[:2], f"{value}D", "ÄÖÜ", "US1", None, 840):
        with pytest.raises(Unreadable):
            fields.currency(wrong)


@pytest.mark.parametrize(("value", "days"), [(0, 0), ("3", 3), (365, 365), ("007", 7)])
def test_days_come_as_numbers_or_as_text(value: object, days: int) -> None:
    assert fields.days(value) == days


@pytest.mark.parametrize("value", [-1, 366, "366", "-1", "", "1.5", 1.5, True, None, "1000"])
def test_what_is_no_number_of_days_is_unreadable(value: object) -> None:
    with pytest.raises(Unreadable):
        fields.days(value)


def test_what_is_missing_is_named_and_what_is_wrong_is_placed() -> None:
    def unfit(read: Callable[[Any], object], value: Any) -> Unreadable:
        try:
            read(value)
        except fields.ODD as error:
            return fields.unfit(error, "/offers/2")
        raise AssertionError("it was read")

    missing = unfit(lambda offer: offer["price"]["total"], {"price": {}})
    assert (str(missing), missing.pointer) == ("total is missing", "/offers/2")

    def below(offer: Any) -> None:
        raise fields.unfit(KeyError("code"), "/product")

    assert unfit(below, {}).pointer == "/offers/2/product"
    assert "Ana" not in str(unfit(lambda offer: offer["name"]["first"], {"name": "Ana"}))


@given(st.binary(max_size=50))
def test_bytes_are_json_or_unreadable(body: bytes) -> None:
    with suppress(Unreadable):
        assert orjson.dumps(fields.read(body))
