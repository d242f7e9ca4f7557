"""Which column of a CSV file means what: many names for each field, and the delimiter under which most are found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from connector_service.errors import InvalidInput
from connector_service.feeds.csv_lines import cells_of
from connector_service.feeds.hints import HINTS
from connector_service.feeds.update import KINDS, Refused

DELIMITERS = ",;\t|"
ALIASES = {
    "sku": "sku item itemsku itemcode itemno itemnumber product productsku productcode article articleno "
    "articlenumber variantsku sellersku partnumber material",
    "location_id": "locationid location locationcode warehouse warehouseid warehousecode facility facilityid site "
    "siteid store storeid fulfillmentcenter fulfilmentcentre fc",
    "lot": "lot lotno lotnumber lotcode batch batchno batchnumber batchcode",
    "expires_on": "expireson expires expiry expirydate expirationdate expiration bestbefore bestbeforedate useby",
    "on_hand": "onhand onhandquantity onhandqty quantityonhand qtyonhand qoh quantity qty stock count counted",
    "as_of": "asof timestamp time countedat updatedat snapshotat",
    "kind": "kind movement movementtype transactiontype",
    "reason": "reason reasoncode adjustmentreason",
    "safety_stock": "safetystock safety bufferstock buffer",
    "lot_status": "lotstatus batchstatus batchstate qualitystatus",
    "reference": "reference ref referenceno referencenumber documentno documentnumber",
    "transfer_id": "transferid transfer transferno transfernumber",
    "to_location_id": "tolocationid tolocation towarehouse destination",
    "serials": "serials serialnumbers serialno",
    "sequence": "sequence sequencenumber sequenceno seq revision",
    "source": "source system",
}
_FIELD_OF = {alias: name for name, aliases in ALIASES.items() for alias in aliases.split()}
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_NUMBERS = ("on_hand", "sequence", "safety_stock")
_SPACED = re.compile(r"[\s;|]+")
_REQUIRED = ("sku", "location_id", "on_hand", "as_of", "source")


@dataclass(frozen=True, slots=True)
class Header:
    """The delimiter, the names of all columns as the file has them, at which place each field is, and the kind of a
    line that does not say its own."""

    delimiter: str
    columns: list[str]
    places: dict[str, int]
    kind: str = "count"

    @property
    def ignored(self) -> list[str]:
        """Columns that mean nothing here."""
        used = set(self.places.values())
        return [name for at, name in enumerate(self.columns) if at not in used]

    def raw(self, cells: list[str]) -> dict[str, Any] | Refused:
        """The fields of a row as JSON would have them; empty cells and what its kind does not have are left out."""
        if len(cells) != len(self.columns) and (len(cells) < len(self.columns) or any(cells[len(self.columns) :])):
            return Refused(
                "",
                f"The line has {len(cells)} cells, the header {len(self.columns)}: quote a cell that has a "
                f"{self.delimiter!r} in it, and leave empty cells empty.",
            )
        kind = self._cell(cells, "kind") or self.kind
        if kind not in KINDS:
            return Refused("kind", f"There is no kind {kind!r}: give {HINTS['kind']}.")
        raw: dict[str, Any] = {"kind": kind}
        for field, at in self.places.items():
            name = "quantity" if field == "on_hand" and kind != "count" else field
            text = cells[at].strip() if name in KINDS[kind].model_fields else ""
            if text:
                raw[name] = int(text) if field in _NUMBERS and _WHOLE.fullmatch(text) else text
        if "serials" in raw:
            raw["serials"] = _SPACED.split(raw["serials"])
        return raw

    def _cell(self, cells: list[str], field: str) -> str:
        at = self.places.get(field)
        return cells[at].strip() if at is not None else ""

    def place_of(self, field: str) -> int | None:
        """At which place the column of a field is; the units of a count and of a movement share theirs."""
        return self.places.get("on_hand" if field == "quantity" else field)


def read_header(line: str, defaults: Mapping[str, Any], delimiters: str = DELIMITERS) -> Header:
    """What the first line says; fields in `defaults` need no column.

    Raises:
        InvalidInput: a field has no column, or two.
    """
    found = max((_header(line, delimiter) for delimiter in delimiters), key=lambda header: len(header.places))
    needed = [field for field in _REQUIRED if field != "on_hand" or defaults.get("kind") != "setting"]
    missing = [field for field in needed if field not in found.places and field not in defaults]
    if missing:
        names = "; ".join(f"{field} (also named {', '.join(ALIASES[field].split()[1:4])})" for field in missing)
        raise InvalidInput(
            f"Line 1 must name the columns. There is none for {names}. Found: {', '.join(found.columns)[:200]}. "
            "What is the same for all lines may be a parameter of the call.",
            pointer="/1",
        )
    return replace(found, kind=str(defaults.get("kind", "count")))


def _header(line: str, delimiter: str) -> Header:
    cells = cells_of([line], delimiter)
    columns = [cell.strip() for cell in cells] if isinstance(cells, list) else []
    places: dict[str, int] = {}
    for at, name in enumerate(columns):
        field = _FIELD_OF.get(re.sub(r"[\W_]", "", name).casefold())
        if field is not None and field in places:
            raise InvalidInput(
                f"Line 1: the columns {columns[places[field]]!r} and {name!r} both mean {field} ({HINTS[field]}): "
                "leave one out.",
                pointer="/1",
            )
        if field is not None:
            places[field] = at
    return Header(delimiter, columns, places)
