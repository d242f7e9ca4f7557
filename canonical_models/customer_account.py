"""Customer account: who buys."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from canonical_models.base import Address, CanonicalObject


class CustomerAccount(CanonicalObject):
    """A person or company that orders; `credit_hold` stops its orders before allocation."""

    type: Literal["person", "company"] = "person"
    name: str = Field(max_length=200)
    email: str = Field(default="", max_length=254)
    phone: str = Field(default="", max_length=40)
    addresses: list[Address] = Field(default_factory=list)
    credit_hold: bool = False
    tier: Literal["standard", "gold", "platinum"] = "standard"
