"""Return authorization (RMA): what may come back, and what became of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from canonical_models.base import CanonicalModel, CanonicalObject, Identifier, Sku


class ReturnLine(CanonicalModel):
    """A quantity of an order line that may come back."""

    line_id: Identifier
    sku: Sku
    quantity: int = Field(ge=1, le=1_000_000_000)
    reason: Literal["damaged", "wrong_item", "not_as_described", "changed_mind", "late", "other"]
    disposition: Literal["undecided", "restock", "refurbish", "scrap", "return_to_vendor"] = "undecided"


class ReturnAuthorization(CanonicalObject):
    """Permission for a customer to send lines of one order back."""

    number: Identifier
    order_id: Identifier
    status: Literal["requested", "approved", "in_transit", "received", "inspected", "closed", "refused"] = "requested"
    outcome: Literal["undecided", "refund", "exchange", "store_credit", "refused"] = "undecided"
    lines: list[ReturnLine] = Field(min_length=1)
    label_ids: list[Identifier] = Field(default_factory=list)
