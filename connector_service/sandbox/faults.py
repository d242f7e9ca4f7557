"""Ways in which a vendor's answer can go wrong."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator

from starlette.responses import Response, StreamingResponse

from connector_service.sandbox.models import Faults

HUGE = 5_000_000
BETWEEN_DRIPS = 1.0
"""Seconds from one byte to the next."""


async def suffer(faults: Faults, rng: random.Random) -> Response | None:
    """Wait as long as the faults say; an answer when the call fails before any work is done."""
    seconds = (faults.latency_ms + faults.jitter_ms * rng.random()) / 1_000
    if seconds:
        await asyncio.sleep(seconds)
    if faults.outage:
        return _failure(503)
    return _failure(500) if rng.random() < faults.error_rate / 2 else None


def spoilt(faults: Faults, rng: random.Random, answer: Response) -> Response:
    """The answer as it arrives, after the work is done."""
    # Of the calls that passed `suffer`, as many fail here as failed there.
    if rng.random() < faults.error_rate / 2 / (1 - faults.error_rate / 2):
        return _failure(500)
    body = bytes(answer.body)
    if faults.garbage:
        return Response(b"\x00\xff{]" + body[::-1], media_type="application/json")
    if faults.html:
        return Response(b"<html><body>It works!</body></html>", media_type="text/html")
    if faults.empty:
        return Response(b"", media_type=answer.media_type)
    if faults.wrong_type:
        return Response(body, answer.status_code, media_type="text/plain")
    if faults.huge:
        return Response(b'{"filler": "' + b"x" * HUGE + b'"}', media_type="application/json")
    if faults.truncated:
        return _truncated(body, answer.media_type)
    if faults.slow_drip:
        return StreamingResponse(_drip(body), answer.status_code, media_type=answer.media_type)
    return answer


def _failure(status: int) -> Response:
    return Response(b"upstream failure", status, media_type="text/plain")


def _truncated(body: bytes, media_type: str | None) -> Response:
    """Promises more than it sends, so that the server has to cut the connection."""

    async def half() -> AsyncIterator[bytes]:
        yield body[: len(body) // 2]

    return StreamingResponse(half(), headers={"content-length": str(len(body))}, media_type=media_type)


async def _drip(body: bytes) -> AsyncIterator[bytes]:
    for at in range(len(body)):
        yield body[at : at + 1]
        await asyncio.sleep(BETWEEN_DRIPS)
