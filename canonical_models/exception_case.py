"""Exception: an order or shipment that left the ordinary path, or a credential that is overdue."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, JsonValue, model_validator

from canonical_models.base import CanonicalObject, Identifier, Text, UtcDatetime
from canonical_models.exception_catalog import ExceptionCode
from canonical_models.order import OrderStatus
from canonical_models.shipment import ShipmentStatus


class ExceptionCase(CanonicalObject):
    """One exception with its owner, its deadline, and what must be filled in before its object may go on.

    `resume_order_status` and `resume_shipment_status` say where the object goes on once it is requeued. One about a
    credential has `credential_id` in place of an order, and nothing goes on.
    """

    code: ExceptionCode
    state: Literal["open", "claimed", "resolved", "requeued", "cancelled"] = "open"
    order_id: Identifier | None
    shipment_id: Identifier | None = None
    credential_id: Identifier | None = None
    message: Text
    evidence: dict[str, JsonValue] = Field(default_factory=dict)
    owner: Identifier
    queue: Identifier
    severity: Literal["low", "medium", "high"] = "medium"
    claimed_by: Identifier | None = None
    deadline_at: UtcDatetime | None = None
    escalation_level: int = Field(default=0, ge=0)
    waiting_for: Literal["customer", "warehouse", "carrier", "supplier"] | None = None
    required_fields: list[Identifier] = Field(default_factory=list)
    fields: dict[str, JsonValue] = Field(default_factory=dict, description="what was filled in so far")
    audit_steps: list[Identifier] = Field(default_factory=list)
    audit_done: dict[str, str] = Field(default_factory=dict, description="audit step to who did it")
    resume_order_status: OrderStatus | None = None
    resume_shipment_status: ShipmentStatus | None = None
    resume_url: str | None = Field(default=None, description="where a waiting flow wants to hear of the resolution")
    resolution: Text = ""
    resolved_by: Identifier | None = None
    raised_at: UtcDatetime

    @model_validator(mode="after")
    def _about_one_thing(self) -> Self:
        if (self.order_id is None) == (self.credential_id is None):
            raise ValueError("an exception is about an order or about a credential")
        return self
