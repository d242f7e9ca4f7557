"""What a location's own fields cannot say about each other: whether zone, holidays, carriers and WMS exist."""

from __future__ import annotations

from collections.abc import Iterable

from canonical_models import Location
from connector_service.adapters import registry
from connector_service.errors import InvalidInput
from connector_service.geography import Schedule


def check_location(location: Location, pointer: str) -> None:
    """Raises InvalidInput, whose pointer begins with that of the location, for what nobody could work with."""
    _known(location.wms, registry.WAREHOUSES, "warehouse system", f"{pointer}/wms")
    for at, carrier in enumerate(location.carriers):
        _known(carrier, registry.CARRIERS, "carrier", f"{pointer}/carriers/{at}")
    try:
        Schedule.of(location).check()
    except InvalidInput as error:
        # A country without known holidays is no mistake while nobody asks for them.
        if error.pointer != "/holidays" or location.holidays is not None:
            raise InvalidInput(error.detail, pointer=f"{pointer}{error.pointer or ''}") from error


def _known(slug: str, known: Iterable[str], what: str, pointer: str) -> None:
    names = sorted(known)
    if slug not in names:
        raise InvalidInput(f"There is no {what} {slug!r}; known are {', '.join(names)}.", pointer=pointer)
