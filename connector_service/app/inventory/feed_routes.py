"""Feeds in over HTTP: one position, many positions, a CSV file of any size."""

from __future__ import annotations

from email.message import Message
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request, Response

from canonical_models import InventoryPosition, Transfer
from connector_service.app.inventory.feed_answers import Updates, answered, counts_of, in_json, sender_of, take
from connector_service.app.problems import StrictRoute, json_pointer
from connector_service.app.services import KnownCaller, Services, UsedServices
from connector_service.errors import InvalidInput
from connector_service.feeds.csv_feed import CsvFeed, CsvSummary
from connector_service.feeds.csv_lines import known_encoding
from connector_service.feeds.feed import Feed, WholeFeed
from connector_service.feeds.hints import HINTS
from connector_service.feeds.update import Count, OnShelf, Refused, Update, read_update
from connector_service.inventory.positions import position_id
from nodes.runner import Caller

CSV_PATH = "/v1/inventory/csv"
router = APIRouter(tags=["inventory"], route_class=StrictRoute)


@router.put("/v1/inventory/position", summary="Say what lies at one position")
async def put_position(raw: Annotated[Any, Body()], caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Take a count over: `outcome` is changed, confirmed, replayed or stale; `position` is what holds now."""
    update = _read(raw)
    if not isinstance(update, Count):
        raise InvalidInput("A position is set to a count; movements go to POST /v1/inventory/update.", pointer="/kind")
    return await _taken(update, caller, services, "PUT /v1/inventory/position")


@router.post("/v1/inventory/update", summary="Tell of one count, receipt, adjustment or transfer")
async def post_update(raw: Annotated[Any, Body()], caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Take one update over: `outcome` is changed, confirmed, replayed or stale; `position` is what holds now.

    The position of a transfer is the one that is sent from, or arrived at.
    """
    return await _taken(_read(raw), caller, services, "POST /v1/inventory/update")


def _read(raw: object) -> Update:
    update = read_update(raw, {})
    if isinstance(update, Refused):
        raise _problem(update)
    return update


def _problem(refused: Refused) -> InvalidInput:
    return InvalidInput(refused.detail, pointer=json_pointer(filter(None, [refused.field])))


async def _taken(update: Update, caller: Caller, services: Services, path: str) -> dict[str, Any]:
    ((_, outcome),) = await sender_of(services, caller, path).write([(0, update)])
    if isinstance(outcome, Refused):
        raise _problem(outcome)
    tx = services.store.read(caller.tenant_id)
    if isinstance(update, OnShelf):
        key = position_id(update.sku, update.location_id, update.lot)
    else:
        key = tx.get(Transfer, update.transfer_id).to_position_id
    position = tx.find(InventoryPosition, key)
    shown = {**position.model_dump(mode="json"), "available": position.available} if position else None
    return {"outcome": outcome, "position": shown}


@router.post("/v1/inventory/updates", summary="Tell of many counts, receipts, adjustments and transfers")
async def post_updates(new: Updates, caller: KnownCaller, services: UsedServices) -> Response:
    """Take up to 10,000 updates over; refused ones are listed by index, the others are kept."""
    summary = await take(sender_of(services, caller, "POST /v1/inventory/updates"), new)
    return answered(summary, in_json(summary))


csv_router = APIRouter(tags=["inventory"])


@csv_router.post(
    CSV_PATH,
    summary="Upload a CSV file of any size",
    openapi_extra={"requestBody": {"content": {"text/csv": {"schema": {"type": "string"}}}, "required": True}},
)
async def upload(
    request: Request,
    caller: KnownCaller,
    services: UsedServices,
    kind: Annotated[str | None, Query(description=f"{HINTS['kind']}; unless a column says so")] = None,
    source: Annotated[str | None, Query(description="the system that tells; default: the key's label")] = None,
    as_of: Annotated[str | None, Query(description="when it was counted or happened, unless a column says so")] = None,
    sequence: Annotated[int | None, Query(description="its own rising number for this file")] = None,
    location_id: Annotated[str | None, Query(description="where it lies, unless a column says so")] = None,
    all_or_nothing: Annotated[bool, Query(description="take nothing when one line is refused")] = False,
) -> Response:
    """Take a file over while it comes in; refused lines are listed by number, the others are kept.

    The first line names the columns. With `all_or_nothing` a file may have up to 10,000 lines.
    """
    said = {
        "kind": kind,
        "source": source or caller.label,
        "as_of": as_of,
        "sequence": sequence,
        "location_id": location_id,
    }
    defaults = {name: value for name, value in said.items() if value is not None}
    sender = sender_of(services, caller, f"POST {CSV_PATH}")
    async with (WholeFeed if all_or_nothing else Feed)(sender) as feed:
        result = await CsvFeed(feed, defaults, _encoding(request)).take(request.stream())
    return answered(result.summary, in_lines(result))


def _encoding(request: Request) -> str:
    """The charset of the content type.

    Raises:
        InvalidInput: it is unknown, or the file is packed.
    """
    packed = request.headers.get("content-encoding", "identity")
    if packed.lower() != "identity":
        raise InvalidInput(f"The file is packed ({packed}): send it as it is.", pointer="/content-encoding")
    header = Message()
    header["content-type"] = request.headers.get("content-type", "text/csv")
    return known_encoding(str(header.get_param("charset", "utf-8")))


def in_lines(result: CsvSummary) -> dict[str, Any]:
    """The summary of a file: refused lines by number, with the column at fault where it is one."""
    header = result.header
    refusals = []
    for line, refused in result.summary.refusals:
        at = header.place_of(refused.field)
        column = None if at is None else {"number": at + 1, "name": header.columns[at]}
        refusals.append({"line": line, "column": column, "field": refused.field, "detail": refused.detail})
    return {
        **counts_of(result.summary),
        "lines": result.lines,
        "stopped_at": result.stopped_at,
        "ignored_columns": header.ignored,
        "refusals": refusals,
    }
