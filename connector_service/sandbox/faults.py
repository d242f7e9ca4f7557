"""Ways in which a vendor's answer can go wrong."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator

from starlette.responses import Response, StreamingResponse

from connector_service.sandbox.models import Faults

HUGE = 5_000_000
DRIPS = 100
BETWEEN_DRIPS = 0.1
"""Seconds; with DRIPS of them an answer takes ten."""


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
    if faults.garbage:
        return Response(b"<html><body>It works!</body></html>", media_type="text/html")
    if faults.huge:
        return Response(b'{"filler": "' + b"x" * HUGE + b'"}', media_type="application/json")
    if faults.truncated:
        return _truncated(bytes(answer.body))
    if faults.slow_drip:
        return StreamingResponse(_drip(bytes(answer.body)), answer.status_code, media_type="application/json")
    return answer


def _failure(status: int) -> Response:
    return Response(b"upstream failure", status, media_type="text/plain")


def _truncated(body: bytes) -> Response:
    """Promises more than it sends, so that the server has to cut the connection."""

    async def half() -> AsyncIterator[bytes]:
        yield body[: len(body) // 2]

    return StreamingResponse(half(), headers={"content-length": str(len(body))}, media_type="application/json")


async def _drip(body: bytes) -> AsyncIterator[bytes]:
    step = max(1, len(body) // DRIPS)
    for start in range(0, len(body), step):
        yield body[start : start + step]
        await asyncio.sleep(BETWEEN_DRIPS)
