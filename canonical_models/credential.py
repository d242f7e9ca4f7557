"""Credential: what is known of a tenant's account at another system, never the secret itself."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from canonical_models.base import CanonicalObject, Identifier, Text, UtcDatetime


class Credential(CanonicalObject):
    """When the credential of the connection `slug` came in, whether it works, and by when it must be replaced.

    `stage`: `ageing` once it is to be replaced soon, `overdue` once it should have been: then it has an owner and a
    deadline, and is handed on each time that passes. `old_until`: the one before it holds beside it until then.
    """

    slug: Identifier
    verdict: Literal["works", "refused", "untested"] = "untested"
    words: Text = Field(default="", description="what the last test came to")
    tested_at: UtcDatetime | None = None
    entered_at: UtcDatetime
    entered_by: Identifier
    rotation_days: int = Field(default=90, ge=1, le=730, description="days after which it must be replaced")
    rotates_by: UtcDatetime
    stage: Literal["fresh", "ageing", "overdue"] = "fresh"
    owner: Identifier | None = None
    deadline_at: UtcDatetime | None = None
    escalation_level: int = Field(default=0, ge=0)
    old_until: UtcDatetime | None = None
    fell_back_at: UtcDatetime | None = Field(
        default=None, description="when the vendor last refused it and took the one before it"
    )
