"""Passes the caller's W3C trace context on to every vendor call made for it."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from connector_service.adapters.http import TRACEPARENT


class Trace:
    """Keeps the `traceparent` header for the work at hand."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            given = dict(scope["headers"]).get(b"traceparent")
            TRACEPARENT.set(given.decode("latin-1") if given else None)
        await self._app(scope, receive, send)
