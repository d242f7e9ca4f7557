"""One update of a feed: what a source counted, where and when; read strictly, and refused in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, ValidationError

from canonical_models import CanonicalModel
from canonical_models.base import Identifier, Sku, UtcDatetime
from connector_service.feeds.hints import HINTS

LARGEST_SEQUENCE = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Refused:
    """An update that is not taken: the field at fault (empty for the whole of it), what is wrong and what is right."""

    field: str
    detail: str


def _text_or_time(value: object) -> object:
    if not isinstance(value, str | datetime):
        raise ValueError("a number does not say whether it counts seconds or milliseconds")
    return value


def _real_day(value: str) -> str:
    date.fromisoformat(value)
    return value


class Update(CanonicalModel):
    """A count of one position by one source. `sequence` is the source's own rising number, when it has one; `as_of`
    is when it counted, by its clock."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Annotated[Identifier, Field(max_length=64, description="the system that counted")]
    sequence: int | None = Field(default=None, strict=True, ge=0, le=LARGEST_SEQUENCE)
    as_of: Annotated[UtcDatetime, BeforeValidator(_text_or_time)]
    sku: Sku
    location_id: Identifier
    lot: str = Field(default="", max_length=64, pattern=r"^[^\x00-\x1f]*$")
    expires_on: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_real_day)] | None = None
    on_hand: int = Field(strict=True, ge=0, le=1_000_000_000, description="units on the shelf, claimed ones included")


def read_update(raw: object, defaults: Mapping[str, Any]) -> Update | Refused:
    """An update from its JSON object; `defaults` hold the fields that stand once for many updates."""
    if not isinstance(raw, Mapping):
        return Refused("", f"An update is an object with {', '.join(HINTS)}; this is {_shown(raw)}.")
    try:
        return Update.model_validate({**defaults, **raw})
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        return _refused(str(first["loc"][0]), first["type"], first["msg"], first.get("input"))


def _refused(field: str, kind: str, message: str, given: object) -> Refused:
    if kind == "extra_forbidden":
        return Refused(field, f"There is no field {field!r}; known are {', '.join(HINTS)}.")
    hint = HINTS[field]
    if kind == "missing":
        return Refused(field, f"{field} is missing: give {hint}.")
    return Refused(field, f"{_shown(given)} will not do ({message.removeprefix('Value error, ')}): give {hint}.")


def _shown(given: object) -> str:
    text = repr(given)
    return text if len(text) <= 80 else text[:77] + "..."
