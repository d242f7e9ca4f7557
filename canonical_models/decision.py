"""Decision: a rule evaluation kept with its inputs, the rules that fired, and its reasons in words."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from canonical_models.base import CanonicalModel, Identifier, UtcDatetime


class Decision(CanonicalModel):
    """Why the system did what it did, so that it can be asked later and replayed on other rules."""

    tenant_id: Identifier
    id: Identifier
    subject_id: Identifier = Field(description="the order, shipment or exception decided about")
    file_id: Identifier
    file_version: str
    file_hash: str
    rule: str | None = Field(description="the rule that won; null when the default answered")
    fired: list[str]
    facts: dict[str, JsonValue]
    outcome: dict[str, JsonValue]
    because: str
    reasons: list[str]
    decided_at: UtcDatetime
    mode: Literal["live", "canary", "shadow"] = Field(
        default="live",
        description="canary: by a version that answers for a share of all orders; shadow: by one that never acts",
    )
