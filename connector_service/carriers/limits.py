"""What each carrier's services take and where they go, from a table with its sources; see `data/README.md`."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Literal

import orjson
from pydantic import ConfigDict, Field

from canonical_models.base import CanonicalModel, Country, Currency, Grams, Millimetres, Minor

LIMITS_FILE = Path(__file__).parent / "data" / "limits.json"


class Limits(CanonicalModel):
    """What a service takes; null is unknown. Weights and sizes are of one parcel, girth is its length and twice both
    other sides."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    takes_hazmat: bool | None = None
    takes_lithium: bool | None = None
    delivers_to_po_box: bool | None = None
    delivers_to_military: bool | None = Field(default=None, description="APO, FPO and DPO addresses")
    needs_phone: Literal["always", "abroad", "never"] | None = None
    max_weight_g: Grams | None = None
    max_length_mm: Millimetres | None = None
    max_girth_mm: Millimetres | None = None
    liability_minor: Minor | None = Field(default=None, description="paid for a lost parcel without further insurance")
    liability_currency: Currency | None = None
    not_served: frozenset[Country] | None = Field(default=None, description="countries it does not go to")

    def but(self, other: Limits) -> Limits:
        """These, with what the other says in their place."""
        return self.model_copy(update=other.model_dump(exclude_none=True))


class _Sourced(Limits):
    checked: dict[str, str] = Field(default={}, description="names of facts to where they were read")
    unchecked: str = Field(default="", description="names of facts for which no public source was found")


class _Service(_Sourced):
    services: str = Field(description="a pattern that names of services fit, such as `fedex_*ground*`")


class _Carrier(_Sourced):
    as_of: str
    except_for: tuple[_Service, ...] = ()


@lru_cache(maxsize=1)
def _table() -> dict[str, _Carrier]:
    return {slug: _Carrier.model_validate(said) for slug, said in orjson.loads(LIMITS_FILE.read_bytes()).items()}


def known_carriers() -> frozenset[str]:
    """The carriers that the table has something about."""
    return frozenset(_table())


def sources_of(carrier: str) -> tuple[dict[str, str], frozenset[str]]:
    """Names of a carrier's facts to where they were read, and names of those, also of single services, that nobody
    could check.

    Raises:
        KeyError: the table has no such carrier.
    """
    entry = _table()[carrier]
    return entry.checked, frozenset(name for each in (entry, *entry.except_for) for name in each.unchecked.split())


@lru_cache(maxsize=1_000)
def limits_of(carrier: str, service: str) -> Limits:
    """What is known of a carrier's service; all null when nothing is."""
    entry = _table().get(carrier)
    if entry is None:
        return Limits()
    found = Limits.model_validate(entry.model_dump(include=set(Limits.model_fields)))
    for each in entry.except_for:
        if fnmatchcase(service.casefold(), each.services):
            found = found.but(Limits.model_validate(each.model_dump(include=set(Limits.model_fields))))
    return found
