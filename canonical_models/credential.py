"""Credential: what is known of a tenant's account at another system, never the secret itself."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from canonical_models.base import CanonicalObject, Identifier, Text, UtcDatetime

SystemKind = Literal["carrier", "warehouse", "shop", "feed"]
"""What a connected system is to its tenant; `feed` only sends messages about stock."""


class Credential(CanonicalObject):
    """When the credential of the connection `slug` came in, whether it works, and by when it must be replaced.

    `stage`: `ageing` once its `owner` was told to replace it, `overdue` once that should have been done: from then on
    its exception says who does it, and by when. `old_until`: the one before it holds beside it until then.
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
    exception_id: Identifier | None = None
    old_until: UtcDatetime | None = None
    fell_back_at: UtcDatetime | None = Field(
        default=None, description="when the vendor last refused it and took the one before it"
    )
