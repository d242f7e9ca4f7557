"""Rate tables from CSV; what is wrong is said with its line and column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from canonical_models.money import to_minor
from connector_service.errors import InvalidInput
from connector_service.rate_tables.reading import read_json
from connector_service.rate_tables.table import RateTable

MOST_LINES = 200_000
WHOLE_FILE = ("currency", "valid_from", "valid_until", "fuel_surcharge_percent", "volume_divisor")
"""Columns that say the same in every line; the first line is enough."""
REQUIRED = ("service", "zone", "ship_to", "cost", "transit_days", "currency", "valid_from")
OPTIONAL = ("ship_from", "up_to_g", "up_to_kg", "per_kg_over", *WHOLE_FILE)


def read_csv(text: str) -> RateTable:
    """A rate table from CSV, one line per service, zone and weight step, the steps rising.

    Columns: service, zone, ship_to (areas with spaces between), up_to_g or up_to_kg, cost (12.40), transit_days,
    currency, valid_from; if need be ship_from, per_kg_over (12.40 for every started kg above the last step),
    valid_until, fuel_surcharge_percent, volume_divisor. Raises InvalidInput that names line and column.
    """
    names, rows = _rows(text)
    _check_columns(names)
    document: dict[str, Any] = {"zones": {}, "services": {}, "whole": {}}
    for number, cells in rows:
        if any(cells):
            _take(document, _Line(number, dict(zip(names, cells, strict=False))))
    if not document["services"]:
        raise InvalidInput("The file has no line below its header.", pointer="/2")
    return read_json(_whole(document))


def _rows(text: str) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """The names of the columns, and the other lines with their numbers."""
    lines = io.StringIO(text.removeprefix("\ufeff"), newline=None)
    delimiter = max(",;\t", key=lines.readline().count)
    lines.seek(0)
    rows = _cells(csv.reader(lines, delimiter=delimiter))
    _, names = next(rows, (1, []))
    return [name.casefold() for name in names], rows


def _cells(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    for number in range(1, MOST_LINES + 1):
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise InvalidInput(f"Line {number} is no CSV: {error}.", pointer=f"/{number}") from None
        if cells is None:
            return
        yield number, [cell.strip() for cell in cells]
    raise InvalidInput(f"The file has more than {MOST_LINES} lines.", pointer=f"/{MOST_LINES + 1}")


def _check_columns(names: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in names]
    if not {"up_to_g", "up_to_kg"} & set(names):
        missing.append("up_to_g (or up_to_kg)")
    unknown = [name for name in names if name not in (*REQUIRED, *OPTIONAL)]
    double = [name for name in names if names.count(name) > 1]
    if missing or unknown or double:
        raise InvalidInput(
            f"Line 1 must name the columns. Missing: {', '.join(missing) or 'none'}. "
            f"Unknown: {', '.join(unknown) or 'none'}. Twice: {', '.join(sorted(set(double))) or 'none'}. "
            f"Known are {', '.join(dict.fromkeys((*REQUIRED, *OPTIONAL)))}.",
            pointer="/1",
        )


class _Line:
    """One line of the file; each reader raises InvalidInput that names line and column."""

    def __init__(self, number: int, cells: Mapping[str, str]) -> None:
        self.number = number
        self.cells = cells

    def wrong(self, column: str, words: str) -> InvalidInput:
        found = self.cells.get(column, "")
        return InvalidInput(
            f"Line {self.number}, column {column!r}: {words}; found {found[:80]!r}.", pointer=f"/{self.number}/{column}"
        )

    def text(self, column: str) -> str:
        found = self.cells.get(column, "")
        if not found:
            raise self.wrong(column, "it must not be empty")
        return found

    def decimal(self, column: str, text: str) -> Decimal:
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise self.wrong(column, "write a number with a point, as 12.40") from None
        if not number.is_finite() or number < 0 or number > 10**9:
            raise self.wrong(column, "write a number from 0 to a thousand million")
        return number

    def money(self, column: str, currency: str) -> int:
        try:
            return to_minor(self.decimal(column, self.text(column)), currency)
        except ValueError as error:
            raise self.wrong(column, str(error)) from None

    def whole(self, column: str, times: int = 1) -> int:
        number = self.decimal(column, self.text(column)) * times
        if number != number.to_integral_value():
            raise self.wrong(column, "it has too many digits after the point")
        return int(number)


def _take(document: dict[str, Any], line: _Line) -> None:
    whole: dict[str, str] = document["whole"]
    for name in WHOLE_FILE:
        found = line.cells.get(name, "")
        if found and whole.setdefault(name, found) != found:
            raise line.wrong(name, f"it must be the same in every line, and was {whole[name]!r} before")
    currency = whole.get("currency") or line.text("currency")
    _take_zone(document["zones"], line)
    zones = document["services"].setdefault(line.text("service"), {})
    days = line.whole("transit_days")
    price = zones.setdefault(line.text("zone"), {"zone": line.text("zone"), "transit_days": days, "steps": []})
    if price["transit_days"] != days:
        raise line.wrong("transit_days", f"this service has {price['transit_days']} days in this zone before")
    up_to = line.whole("up_to_g") if line.cells.get("up_to_g") else line.whole("up_to_kg", 1_000)
    if price["steps"] and up_to <= price["steps"][-1]["up_to_g"]:
        column = "up_to_g" if line.cells.get("up_to_g") else "up_to_kg"
        raise line.wrong(column, "the weight must rise from line to line of a service and zone")
    price["steps"].append({"up_to_g": up_to, "cost_minor": line.money("cost", currency)})
    if line.cells.get("per_kg_over"):
        price["per_kg_over_minor"] = line.money("per_kg_over", currency)


def _take_zone(zones: dict[str, dict[str, Any]], line: _Line) -> None:
    name = line.text("zone")
    zone = zones.setdefault(name, {"zone": name})
    for column in ("ship_from", "ship_to"):
        areas = line.cells.get(column, "").split()
        if areas and zone.setdefault(column, areas) != areas:
            raise line.wrong(column, f"zone {name} had {' '.join(zone[column])} before")
    if "ship_to" not in zone:
        raise line.wrong("ship_to", "the first line of a zone must say where it is, as DE:24 DE:25")


def _whole(document: dict[str, Any]) -> dict[str, Any]:
    whole = dict(document["whole"])
    percent = whole.pop("fuel_surcharge_percent", None)
    if percent is not None:
        line = _Line(2, {"fuel_surcharge_percent": percent})
        whole["fuel_surcharge_per_mille"] = line.whole("fuel_surcharge_percent", 10)
    services = [{"service": name, "prices": list(zones.values())} for name, zones in document["services"].items()]
    return {**whole, "zones": list(document["zones"].values()), "services": services}
