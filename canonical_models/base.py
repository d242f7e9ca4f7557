"""What every canonical object shares: strict fields, identity, money, address, and the check of a status change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field


def _as_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


UtcDatetime = Annotated[AwareDatetime, AfterValidator(_as_utc)]
"""A moment in UTC; input in another zone is converted, input without a zone is refused."""

Quantity = Annotated[int, Field(ge=0, le=1_000_000_000)]
"""A count in the SKU's own unit."""

Minor = Annotated[int, Field(ge=-(10**15), le=10**15)]
"""Money in minor units (cents, pence, yen) of the currency beside it."""

Grams = Annotated[int, Field(ge=0, le=100_000_000)]
Millimetres = Annotated[int, Field(ge=0, le=1_000_000)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2")]
Identifier = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f]+$")]
Sku = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f]+$")]
Text = Annotated[str, Field(max_length=2_000)]


class CanonicalModel(BaseModel):
    """A strict model: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=False)


class ExternalRef(CanonicalModel):
    """What another system calls this object."""

    system: Identifier = Field(examples=["shopify"])
    type: Identifier = Field(examples=["order_id"])
    value: Identifier = Field(examples=["5512345678901"])


class CanonicalObject(CanonicalModel):
    """Identity and history of a stored object. `version` rises by one with every change."""

    tenant_id: Identifier
    id: Identifier
    external_refs: list[ExternalRef] = Field(default_factory=list, max_length=50)
    version: int = Field(ge=0)
    created_at: UtcDatetime
    updated_at: UtcDatetime


class Address(CanonicalModel):
    """A postal address; `region` is the subdivision code without its country (ISO 3166-2), `CA` for California."""

    name: str = Field(default="", max_length=200)
    company: str = Field(default="", max_length=200)
    line1: str = Field(default="", max_length=200)
    line2: str = Field(default="", max_length=200)
    city: str = Field(default="", max_length=100)
    region: str = Field(default="", max_length=100)
    postal_code: str = Field(default="", max_length=20)
    country: Country
    phone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=254)
    residential: bool | None = None


class Dimensions(CanonicalModel):
    """Outer size of a parcel, in millimetres."""

    length_mm: Millimetres
    width_mm: Millimetres
    height_mm: Millimetres


Status = TypeVar("Status", bound=str)


def may_change(table: Mapping[Status, frozenset[Status]], old: Status, new: Status) -> bool:
    """Whether the transition table lets a status change from `old` to `new` (staying the same is no change)."""
    return new in table[old]
