"""Rate tables from JSON and CSV, right and wrong."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_service.errors import InvalidInput
from connector_service.rate_tables import read_csv, read_json

CSV = """service,zone,ship_to,up_to_kg,cost,transit_days,currency,valid_from,fuel_surcharge_percent,per_kg_over
standard,near,DE:24 DE:25,2,4.90,1,EUR,2026-01-01,12.5,
standard,near,,10,7.90,1,,,,1.10
standard,far,DE,2,6.90,3,,,,
express,near,,2,9.90,1,,,,
"""


def a_document(**changes: Any) -> dict[str, Any]:
    return {
        "currency": "EUR",
        "valid_from": "2026-01-01",
        "fuel_surcharge_per_mille": 125,
        "zones": [{"zone": "near", "ship_to": ["DE:24", "DE:25"]}, {"zone": "far", "ship_to": ["DE"]}],
        "services": [
            {
                "service": "standard",
                "prices": [
                    {
                        "zone": "near",
                        "transit_days": 1,
                        "steps": [{"up_to_g": 2000, "cost_minor": 490}, {"up_to_g": 10000, "cost_minor": 790}],
                        "per_kg_over_minor": 110,
                    },
                    {"zone": "far", "transit_days": 3, "steps": [{"up_to_g": 2000, "cost_minor": 690}]},
                ],
            },
            {
                "service": "express",
                "prices": [{"zone": "near", "transit_days": 1, "steps": [{"up_to_g": 2000, "cost_minor": 990}]}],
            },
        ],
    } | changes


def test_csv_and_json_say_the_same() -> None:
    assert read_csv(CSV) == read_json(a_document())


def test_a_spreadsheets_csv_is_read_too() -> None:
    assert read_csv("\ufeff" + CSV.replace(",", ";").replace("\n", "\r\n")) == read_csv(CSV)


def test_quoted_cells_are_read_in_the_header_too() -> None:
    head, rest = CSV.split("\n", 1)
    assert read_csv(",".join(f'"{name}"' for name in head.split(",")) + "\n" + rest) == read_csv(CSV)


def test_a_table_written_as_json_is_read_as_the_same_table() -> None:
    table = read_json(a_document())
    assert read_json(table.model_dump_json()) == table


def _changed(pointer: str, value: Any) -> dict[str, Any]:
    document = a_document()
    *steps, last = pointer[1:].split("/")
    inner: Any = document
    for step in steps:
        inner = inner[int(step)] if isinstance(inner, list) else inner[step]
    if isinstance(inner, list):
        inner[int(last)] = value
    else:
        inner[last] = value
    return document


@pytest.mark.parametrize(
    ("pointer", "value", "words"),
    [
        ("/currency", "euro", "pattern"),
        ("/valid_from", "soon", "date"),
        ("/fuel_surcharge_per_mille", 12.5, "integer"),
        ("/zones/0/ship_to/1", "24", "DE:24"),
        ("/zones/0/ship_to/0", "US:098-005", "lower to a higher"),
        ("/zones/1/ship_to/0", "DE:0000000-9999999", "fewer digits"),
        ("/services/0/prices/0/steps/0/cost_minor", 0, "greater than 0"),
        ("/services/0/prices/0/steps/0/cost_minor", 4.9, "integer"),
        ("/services/0/prices/0/zone", "nowhere", "far, near"),
        ("/services/0/prices/1/zone", "near", "two price lists"),
        ("/services/1/service", "standard", "twice"),
        ("/discount", 1, "Extra inputs"),
    ],
)
def test_a_mistake_in_json_is_named_with_its_pointer(pointer: str, value: Any, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as caught:
        read_json(_changed(pointer, value))
    assert caught.value.pointer == pointer


@pytest.mark.parametrize(
    ("pointer", "value", "at", "words"),
    [
        ("/services/0/prices/0/steps/1/up_to_g", 2_000, "/services/0/prices/0", "must rise"),
        ("/valid_until", "2025-12-31", "", "before"),
        ("/zones/1/ship_to/0", "DE:25", "", "both hold the lane"),
    ],
)
def test_parts_that_do_not_fit_together_are_named(pointer: str, value: Any, at: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as caught:
        read_json(_changed(pointer, value))
    assert caught.value.pointer == at


@pytest.mark.parametrize("text", ["", "[]", "nonsense", "null", '{"currency": NaN}'])
def test_what_is_no_table_at_all_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_json(text)


@pytest.mark.parametrize(
    ("old", "new", "pointer", "words"),
    [
        ("4.90", "four", "/2/cost", "12.40"),
        ("4.90", "4.905", "/2/cost", "minor units"),
        ("4.90", "-1", "/2/cost", "from 0"),
        ("4.90", "NaN", "/2/cost", "from 0"),
        ("4.90", "", "/2/cost", "empty"),
        (",10,7.90", ",2,7.90", "/3/up_to_kg", "must rise"),
        (",10,7.90", ",10.0001,7.90", "/3/up_to_kg", "digits"),
        ("far,DE,", "far,,", "/4/ship_to", "DE:24"),
        ("express,near,,", "express,near,DE:26,", "/5/ship_to", "DE:24 DE:25 before"),
        ("2,6.90,3,,", "2,6.90,3,USD,", "/4/currency", "same in every line"),
        ("10,7.90,1,", "10,7.90,2,", "/3/transit_days", "1 days"),
        ("12.5", "12.55", "/2/fuel_surcharge_percent", "digits"),
        ("zone,", "zone_name,", "/1", "Missing: zone"),
        ("up_to_kg,", "weight,", "/1", "up_to_g"),
        ("per_kg_over", "zone", "/1", "Twice: zone"),
    ],
)
def test_a_mistake_in_csv_is_named_with_line_and_column(old: str, new: str, pointer: str, words: str) -> None:
    assert old in CSV
    with pytest.raises(InvalidInput, match=words) as caught:
        read_csv(CSV.replace(old, new, 1))
    assert caught.value.pointer == pointer


def test_a_file_with_a_header_only_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no line below"):
        read_csv(CSV.splitlines()[0])


@given(st.text(max_size=300))
def test_no_text_makes_reading_fail_in_another_way(text: str) -> None:
    for read in (read_csv, read_json):
        with pytest.raises(InvalidInput):
            read(text)


@given(st.data())
def test_no_spoilt_file_makes_reading_fail_in_another_way(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(CSV)))
    spoilt = CSV[:at] + data.draw(st.text(max_size=5)) + CSV[at + data.draw(st.integers(0, 10)) :]
    with suppress(InvalidInput):
        assert read_csv(spoilt).services
