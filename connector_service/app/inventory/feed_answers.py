"""What a feed is read with and answered: shared by all ways in over HTTP."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import Response
from pydantic import Field, StrictBool

from canonical_models import CanonicalModel
from connector_service.app.problems import json_pointer
from connector_service.app.services import Services
from connector_service.feeds.feed import MOST_AT_ONCE, Feed, Sender, Summary, WholeFeed
from connector_service.feeds.hints import HINTS
from connector_service.feeds.update import read_update
from connector_service.orders.work import Work
from nodes.runner import Caller

DEFAULTED = ("kind", "source", "as_of", "sequence", "location_id")
"""Fields of an update that may stand once for all of a message."""


class Updates(CanonicalModel):
    """Updates of a feed; what is the same for all of them may stand beside them."""

    kind: Any = Field(default=None, description=HINTS["kind"])
    source: Any = Field(default=None, description="the system that tells")
    as_of: Any = Field(default=None, description="when it was counted or happened, with its zone")
    sequence: Any = Field(default=None, description="its own rising number")
    location_id: Any = Field(default=None, description="where it lies")
    all_or_nothing: StrictBool = Field(default=False, description="take nothing when one update is refused")
    updates: list[Any] = Field(
        max_length=MOST_AT_ONCE,
        description="counts and movements: objects with sku, location_id, on_hand or quantity, ...",
    )

    @property
    def defaults(self) -> dict[str, Any]:
        """What every update has that does not say otherwise."""
        said = {name: getattr(self, name) for name in DEFAULTED}
        return {name: value for name, value in said.items() if value is not None}


def sender_of(services: Services, caller: Caller, path: str) -> Sender:
    """Who feeds, for the audit trail."""
    rules = services.rules.of(caller.tenant_id)
    return Sender(services.store, lambda tx: Work(tx, rules, f"{caller.label} via {path}"), caller.tenant_id)


async def take(sender: Sender, message: Updates) -> Summary:
    """Take all updates of a message over."""
    defaults = message.defaults
    async with (WholeFeed if message.all_or_nothing else Feed)(sender) as feed:
        for index, raw in enumerate(message.updates):
            if feed.add(index, read_update(raw, defaults)):
                await feed.flush()
        return await feed.finish()


def counts_of(summary: Summary) -> dict[str, Any]:
    """The figures of a summary."""
    names = ("accepted", "changed", "replayed", "stale", "refused")
    return {name: getattr(summary, name) for name in names}


def in_json(summary: Summary) -> dict[str, Any]:
    """A summary of updates that came as JSON."""
    refusals = [
        {
            "index": index,
            "pointer": json_pointer(["updates", index, *filter(None, [refused.field])]),
            "detail": refused.detail,
        }
        for index, refused in summary.refusals
    ]
    return {**counts_of(summary), "refusals": refusals}


def answered(summary: Summary, body: dict[str, Any]) -> Response:
    """200, or 422 when nothing could be taken."""
    nothing = summary.refused > 0 and summary.accepted + summary.stale == 0
    return Response(orjson.dumps(body), status_code=422 if nothing else 200, media_type="application/json")
