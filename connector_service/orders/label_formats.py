"""What labels are printed on: a location's printers, else the tenant's."""

from __future__ import annotations

import sqlite3
from typing import get_args

from canonical_models import Location
from canonical_models.inventory import LabelPaper
from connector_service.carriers.settings import NOTHING_SETTLED
from connector_service.errors import InvalidInput, NotFound
from connector_service.orders.carrier_knowledge import carrier_settings_of, read_settings
from connector_service.orders.work import Work
from connector_service.store import carrier_settings


def label_format_of(work: Work, location: Location) -> LabelPaper:
    """What labels come as that are bought for a location."""
    return location.label_format or carrier_settings_of(work).label_format


def set_label_format(work: Work, location_id: str, label_format: LabelPaper | None) -> LabelPaper:
    """What a location's printers take from now on, None for what the tenant's take; and what that comes to.

    Raises:
        NotFound: there is no such location.
    """
    known = {location.id: location for location in work.tx.locations()}
    if location_id not in known:
        raise NotFound(f"There is no location {location_id!r}; known are {', '.join(known) or 'none'}.")
    location = known[location_id].model_copy(update={"label_format": label_format})
    work.tx.put_locations([location])
    return label_format_of(work, location)


def tenant_label_format(connection: sqlite3.Connection, tenant_id: str, change: str | None = None) -> LabelPaper:
    """What a tenant's label printers take, after the change if there is one; all else that is settled stays.

    Raises:
        InvalidInput: there is no such format.
    """
    body = carrier_settings.read(connection, tenant_id)
    settled = read_settings(body) if body else NOTHING_SETTLED
    if change is None:
        return settled.label_format
    wanted = next((each for each in get_args(LabelPaper) if each == change), None)
    if wanted is None:
        raise InvalidInput(
            f"Labels come as {', '.join(get_args(LabelPaper))}, not as {change!r}.", pointer="/label_format"
        )
    settled = settled.model_copy(update={"label_format": wanted})
    carrier_settings.put(connection, tenant_id, settled.model_dump_json())
    return settled.label_format
