"""Rate tables from JSON; what is wrong is said with its place."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from connector_service.errors import InvalidInput
from connector_service.rate_tables.table import RateTable


def read_json(document: Any) -> RateTable:
    """A rate table from its JSON (text or object). Raises InvalidInput with a pointer to the first wrong place."""
    try:
        if isinstance(document, str | bytes):
            table = RateTable.model_validate_json(document)
        else:
            table = RateTable.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        pointer = "".join(f"/{part}" for part in first["loc"])
        raise InvalidInput(f"The rate table is not valid: {first['msg']}.", pointer=pointer) from None
    _check_references(table)
    return table


def _check_references(table: RateTable) -> None:
    zones = {zone.zone for zone in table.zones}
    seen: set[str] = set()
    for at, service in enumerate(table.services):
        if service.service in seen:
            raise InvalidInput(f"Service {service.service} stands there twice.", pointer=f"/services/{at}/service")
        seen.add(service.service)
        priced: set[str] = set()
        for where, price in enumerate(service.prices):
            pointer = f"/services/{at}/prices/{where}/zone"
            if price.zone not in zones:
                known = ", ".join(sorted(zones)[:20])
                raise InvalidInput(f"There is no zone {price.zone!r}; `zones` has {known}.", pointer=pointer)
            if price.zone in priced:
                raise InvalidInput(f"{service.service} has two price lists for zone {price.zone}.", pointer=pointer)
            priced.add(price.zone)
