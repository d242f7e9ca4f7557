"""Bytes into numbered rows: any cut, encoding, line end, quote, length."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_service.errors import InvalidInput
from connector_service.feeds.csv_header import read_header
from connector_service.feeds.csv_lines import LONGEST_LINE, Lines, Row, Rows, known_encoding
from connector_service.feeds.update import Refused

DEFAULTS = {"source": "wms", "as_of": "2026-11-09T14:00:00Z"}


def rows(data: bytes, size: int = 7, encoding: str = "utf-8", delimiter: str = ",") -> list[Row]:
    lines, found = Lines(encoding), Rows(delimiter)
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    read: list[Row] = []
    for piece in pieces:
        for line in lines.feed(piece):
            read.extend(found.feed(line))
    for line in lines.feed(b"", final=True):
        read.extend(found.feed(line))
    return [*read, *found.finish()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_encodings_line_ends_and_cuts_make_no_difference(encoding: str, end: str, size: int) -> None:
    text = end.join(["a,b", "ä,2", "", "ö,3", ""])
    said = "utf-8" if encoding in ("utf-8-sig", "utf-16") else encoding
    assert rows(text.encode(encoding), size, said) == [(1, ["a", "b"]), (2, ["ä", "2"]), (4, ["ö", "3"])]


def test_a_line_in_another_encoding_is_refused_alone() -> None:
    first, second, third = rows(b"a,1\n\xe4,2\nc,3\n")
    assert (first, third) == ((1, ["a", "1"]), (3, ["c", "3"]))
    assert isinstance(second[1], Refused)
    assert second[0] == 2
    assert "charset" in second[1].detail


def test_a_line_of_ten_megabytes_is_refused_and_the_next_is_read() -> None:
    data = b"a,1\n" + b"x" * 10_000_000 + b"\nb,2\n"
    first, second, third = rows(data, 65_536)
    assert (first, third) == ((1, ["a", "1"]), (3, ["b", "2"]))
    assert isinstance(second[1], Refused)
    assert second[0] == 2


def test_a_long_line_is_never_held_whole() -> None:
    lines = Lines()
    for _ in range(100):
        assert list(lines.feed(b"x" * 65_536)) == []
        assert len(lines._rest) <= LONGEST_LINE


def test_quotes_hold_delimiters_quotes_and_line_breaks() -> None:
    assert rows(b'"a,b","say ""hi""",1\n"two\nlines",x,2\nz,y,3\n') == [
        (1, ["a,b", 'say "hi"', "1"]),
        (2, ["two\nlines", "x", "2"]),
        (4, ["z", "y", "3"]),
    ]


def test_an_inch_sign_in_a_cell_is_no_quote() -> None:
    assert rows(b'5" pipe,1\n6" pipe,2\n') == [(1, ['5" pipe', "1"]), (2, ['6" pipe', "2"])]


def test_a_quote_that_is_never_closed_costs_its_own_line_only() -> None:
    data = b'a,1\n"b,2\n' + b"".join(b"c%d,3\n" % at for at in range(200))
    read = rows(data)
    wrong = [(number, cells) for number, cells in read if isinstance(cells, Refused)]
    assert [number for number, _ in wrong] == [2]
    assert [number for number, _ in read] == list(range(1, 203))


@given(st.lists(st.lists(st.text("ab,\"\n;' é", max_size=5), min_size=2, max_size=3), max_size=6), st.integers(1, 9))
def test_whatever_a_writer_writes_is_read_as_it_was(table: list[list[str]], size: int) -> None:
    text = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in cells) for cells in table)
    assert [cells for _, cells in rows(text.encode(), size)] == table


@given(st.binary(max_size=300), st.integers(1, 50))
def test_any_bytes_are_read_without_a_crash(data: bytes, size: int) -> None:
    numbers = [number for number, _ in rows(data, size)]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_and_other_names_of_columns_are_found(delimiter: str) -> None:
    header = read_header(delimiter.join(["Item-No.", "Warehouse Code", "Colour", "QTY"]), DEFAULTS)
    assert header.delimiter == delimiter
    assert header.places == {"sku": 0, "location_id": 1, "on_hand": 3}
    assert header.ignored == ["Colour"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("sku,location", "none for on_hand"),
        ("sku,location,available", "none for on_hand"),
        ("sku,location,qty,stock", "both mean on_hand"),
        ("1,2,3", "none for sku"),
        ('"sku,location', "none for sku"),
    ],
)
def test_a_header_that_does_not_say_it_is_refused(line: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        read_header(line, DEFAULTS)


@pytest.mark.parametrize(
    ("text", "value"), [("12", 12), (" 12 ", 12), ("-3", -3), ("1e3", "1e3"), ("12.0", "12.0"), ("1_0", "1_0")]
)
def test_only_whole_numbers_become_numbers(text: str, value: Any) -> None:
    header = read_header("sku,location,qty", DEFAULTS)
    assert header.raw(["TEE", "east", text]) == {"kind": "count", "sku": "TEE", "location_id": "east", "on_hand": value}


def test_a_row_of_another_length_is_refused_unless_the_rest_is_empty() -> None:
    header = read_header("sku,location,qty", DEFAULTS)
    assert isinstance(header.raw(["TEE", "east"]), Refused)
    assert isinstance(header.raw(["TEE", "east", "1", "x"]), Refused)
    assert isinstance(header.raw(["TEE", "east", "1", ""]), dict)


def test_an_unknown_encoding_is_refused() -> None:
    assert known_encoding("Windows-1252") == "cp1252"
    for name in ("klingon", "base64"):
        with pytest.raises(InvalidInput, match="no encoding"):
            known_encoding(name)


def test_a_long_last_line_without_an_end_is_refused_too() -> None:
    ((number, wrong),) = rows(b"x" * 200_000, 65_536)
    assert (number, isinstance(wrong, Refused)) == (1, True)
