"""One update of a feed: what a source counted or moved, where and when; read strictly, and refused in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, ValidationError

from canonical_models import AdjustmentReason, CanonicalModel, LotStatus
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


def _not_none(value: int) -> int:
    if value == 0:
        raise ValueError("an adjustment changes something")
    return value


Lot = Annotated[str, Field(max_length=64, pattern=r"^[^\x00-\x1f]*$")]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_real_day)]
Units = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]


class _Told(CanonicalModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Annotated[Identifier, Field(max_length=64, description="the system that tells")]
    as_of: Annotated[UtcDatetime, BeforeValidator(_text_or_time)]


class OnShelf(_Told):
    """About what lies at one place."""

    sku: Sku
    location_id: Identifier
    lot: Lot = ""


class Count(OnShelf):
    """A count of one position by one source. `sequence` is the source's own rising number, when it has one; `as_of`
    is when it counted, by its clock."""

    sequence: int | None = Field(default=None, strict=True, ge=0, le=LARGEST_SEQUENCE)
    expires_on: Day | None = None
    on_hand: int = Field(strict=True, ge=0, le=1_000_000_000, description="units on the shelf, claimed ones included")


class Receipt(OnShelf):
    """Goods that came in from a supplier; one `reference` for each position of a delivery is enough."""

    reference: Identifier
    quantity: Units
    expires_on: Day | None = None
    serials: list[Identifier] = Field(default_factory=list, max_length=1_000)


class Adjustment(OnShelf):
    """Units that were found (more than 0) or are gone (less than 0), for a reason."""

    reference: Identifier
    quantity: Annotated[int, Field(strict=True, ge=-1_000_000_000, le=1_000_000_000), AfterValidator(_not_none)]
    reason: AdjustmentReason


class Setting(OnShelf):
    """What holds of a position from `as_of` on: units kept back from orders, and what may be done with its lot. The
    latest told of a position holds."""

    reference: Identifier
    safety_stock: int | None = Field(default=None, strict=True, ge=0, le=1_000_000_000)
    lot_status: LotStatus | None = None


class Sent(OnShelf):
    """Units that left a location for another; they are in transit until they arrive or are lost."""

    transfer_id: Identifier
    to_location_id: Identifier
    quantity: Units


class Arrived(_Told):
    """Units of a transfer that arrived; what lies where is known from the transfer, and checked when it is said."""

    reference: Identifier
    transfer_id: Identifier
    quantity: Units
    sku: Sku | None = None
    location_id: Identifier | None = None
    lot: Lot | None = None


class Lost(Arrived):
    """Units of a transfer that will not arrive."""


Movement = Receipt | Adjustment | Setting | Sent | Arrived
Update = Count | Movement
KINDS: dict[str, type[Count] | type[Receipt] | type[Adjustment] | type[Setting] | type[Sent] | type[Arrived]] = {
    "count": Count,
    "receipt": Receipt,
    "adjustment": Adjustment,
    "setting": Setting,
    "transfer_sent": Sent,
    "transfer_arrived": Arrived,
    "transfer_lost": Lost,
}


def read_update(raw: object, defaults: Mapping[str, Any]) -> Update | Refused:
    """An update from its JSON object, which is a count when it has no `kind`; `defaults` hold the fields that stand
    once for many updates, as far as its kind has them."""
    if not isinstance(raw, Mapping):
        return Refused("", f"An update is an object with {', '.join(HINTS)}; this is {_shown(raw)}.")
    kind = raw.get("kind") or defaults.get("kind") or "count"
    model = KINDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        return Refused("kind", f"There is no kind {_shown(kind)}: give {HINTS['kind']}.")
    fields = model.model_fields
    said = {name: value for name, value in defaults.items() if name in fields}
    said.update(raw)
    said.pop("kind", None)
    try:
        return model.model_validate(said)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        return _refused(kind, model, str(first["loc"][0]), first["type"], first["msg"], first.get("input"))


def _refused(kind: str, model: type[Update], field: str, problem: str, message: str, given: object) -> Refused:
    if problem == "extra_forbidden":
        known = ", ".join(name for name in HINTS if name == "kind" or name in model.model_fields)
        return Refused(field, f"A {kind} has no field {field!r}; known are {known}.")
    hint = HINTS[field]
    if problem == "missing":
        return Refused(field, f"{field} is missing: give {hint}.")
    return Refused(field, f"{_shown(given)} will not do ({message.removeprefix('Value error, ')}): give {hint}.")


def _shown(given: object) -> str:
    text = repr(given)
    return text if len(text) <= 80 else text[:77] + "..."
