"""The gRPC feed: a stream of batches in, one summary out. Imported only where a port is set for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC
from typing import Any, NoReturn

import grpc

from connector_service.errors import InstallationProblem, StoreUnavailable
from connector_service.feeds import inventory_pb2, inventory_pb2_grpc
from connector_service.feeds.feed import MOST_LISTED, Feed, Sender, Summary
from connector_service.feeds.hints import HINTS
from connector_service.feeds.update import Refused, Update, read_update

MOST_UPDATES = 1_000
"""Of one message of the stream."""
MOST_STREAMS = 64
_OPTIONS = [("grpc.so_reuseport", 0), ("grpc.http2.bdp_probe", 0), ("grpc.http2.lookahead_bytes", 262_144)]
"""A port belongs to one process; and of a stream that is faster than the disk little is held, instead of megabytes."""
Raw = dict[str, Any]
SenderOf = Callable[[str], Sender | None]
"""Whose stock an API key feeds; None for a key that is unknown or revoked."""


class InventoryFeed(inventory_pb2_grpc.InventoryFeedServicer):
    """Serves `InventoryFeed.Send` of inventory.proto."""

    def __init__(self, sender_of: SenderOf) -> None:
        self._sender_of = sender_of

    async def Send(
        self, request_iterator: AsyncIterator[inventory_pb2.UpdateBatch], context: grpc.aio.ServicerContext
    ) -> inventory_pb2.Summary:
        """Take the batches over; the next is read when the last but one is on disk."""
        sender = await self._authenticate(context)
        index = 0
        try:
            async with Feed(sender) as feed:
                async for batch in request_iterator:
                    if len(batch.updates) > MOST_UPDATES:
                        # What came before is on disk when the client hears of it.
                        await feed.finish()
                        words = f"A batch has at most {MOST_UPDATES} updates, this one {len(batch.updates)}: split it."
                        await _abort(context, grpc.StatusCode.INVALID_ARGUMENT, words)
                    for update in read_batch(batch):
                        if feed.add(index, update):
                            await feed.flush()
                        index += 1
                    await feed.flush()
                return _in_proto(await feed.finish())
        except StoreUnavailable as error:
            await _abort(context, grpc.StatusCode.UNAVAILABLE, error.detail)

    async def _authenticate(self, context: grpc.aio.ServicerContext) -> Sender:
        said = {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
        scheme, _, api_key = said.get("authorization", "").partition(" ")
        sender = self._sender_of(api_key) if scheme.lower() == "bearer" and api_key else None
        if sender is None:
            words = "Send a live API key as the metadata 'authorization: Bearer <key>'. `dockline key add` makes one."
            await _abort(context, grpc.StatusCode.UNAUTHENTICATED, words)
        return sender


async def _abort(context: grpc.aio.ServicerContext, code: grpc.StatusCode, words: str) -> NoReturn:
    await context.abort(code, words)
    raise AssertionError("abort raises")


def read_batch(batch: inventory_pb2.UpdateBatch) -> list[Update | Refused]:
    """The updates of a batch."""
    defaults: Raw = {"source": batch.source} if batch.source else {}
    wrong = _put_time(defaults, batch)
    return [_read(update, defaults, wrong) for update in batch.updates]


def _read(update: inventory_pb2.Update, defaults: Raw, wrong: Refused | None) -> Update | Refused:
    raw: Raw = {"sku": update.sku, "location_id": update.location_id}
    if update.kind != inventory_pb2.COUNT:
        raw |= _of_movement(update)
    if update.lot:
        raw["lot"] = update.lot
    if update.expires_on:
        raw["expires_on"] = update.expires_on
    if update.source:
        raw["source"] = update.source
    if update.HasField("on_hand"):
        raw["on_hand"] = update.on_hand
    if update.HasField("sequence"):
        raw["sequence"] = update.sequence
    wrong_here = _put_time(raw, update)
    if wrong_here is not None or ("as_of" not in raw and wrong is not None):
        return wrong_here or wrong or Refused("", "")
    return read_update(raw, defaults)


def _of_movement(update: inventory_pb2.Update) -> Raw:
    names = ("reference", "reason", "transfer_id", "to_location_id")
    known = update.kind in inventory_pb2.Kind.values()
    raw: Raw = {"kind": inventory_pb2.Kind.Name(update.kind).lower() if known else int(update.kind)}
    raw |= {name: said for name in names if (said := getattr(update, name))}
    if update.kind in (inventory_pb2.TRANSFER_ARRIVED, inventory_pb2.TRANSFER_LOST):
        # What the transfer says of itself need not be said.
        raw |= {"sku": update.sku or None, "location_id": update.location_id or None}
    if update.HasField("quantity"):
        raw["quantity"] = update.quantity
    if update.serials:
        raw["serials"] = list(update.serials)
    return raw


def _put_time(raw: Raw, said: inventory_pb2.UpdateBatch | inventory_pb2.Update) -> Refused | None:
    if said.HasField("as_of"):
        try:
            raw["as_of"] = said.as_of.ToDatetime(tzinfo=UTC)
        except (ValueError, OverflowError) as error:
            return Refused("as_of", f"This is no time ({error}): give {HINTS['as_of']}, as a Timestamp.")
    return None


def _in_proto(summary: Summary) -> inventory_pb2.Summary:
    refusals = [
        inventory_pb2.Refusal(index=index, field=refused.field, reason=refused.detail)
        for index, refused in summary.refusals[:MOST_LISTED]
    ]
    return inventory_pb2.Summary(
        accepted=summary.accepted,
        changed=summary.changed,
        replayed=summary.replayed,
        stale=summary.stale,
        refused=summary.refused,
        refusals=refusals,
    )


async def start(sender_of: SenderOf, host: str, port: int) -> grpc.aio.Server:
    """Listen; `await server.stop(seconds)` ends it.

    Raises:
        InstallationProblem: the port is taken.
    """
    server = grpc.aio.server(options=_OPTIONS, maximum_concurrent_rpcs=MOST_STREAMS)
    inventory_pb2_grpc.add_InventoryFeedServicer_to_server(InventoryFeed(sender_of), server)  # type: ignore[no-untyped-call]
    try:
        server.add_insecure_port(f"{host}:{port}")
    except RuntimeError as error:
        raise InstallationProblem(
            f"Nobody can listen on {host}:{port} for the gRPC feed ({error}): set DOCKLINE_GRPC_PORT to a free port."
        ) from error
    await server.start()
    return server
