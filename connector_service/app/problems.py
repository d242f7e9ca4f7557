"""Errors as RFC 9457 problem documents, and bodies that are too large or not JSON."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connector_service.errors import DocklineError, InvalidInput, TooLarge


def problem(error: DocklineError, instance: str) -> dict[str, Any]:
    """The problem document of an error."""
    document: dict[str, Any] = {
        "type": f"/problems/{type(error).__name__}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": instance,
        "retryable": error.retryable,
    }
    return document | ({"pointer": error.pointer} if error.pointer is not None else {})


def problem_response(error: DocklineError, instance: str) -> Response:
    """The problem document as a response."""
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
    if error.retryable:
        headers["Retry-After"] = "1"
    body = orjson.dumps(problem(error, instance))
    return Response(body, status_code=error.status, media_type="application/problem+json", headers=headers)


def json_pointer(parts: Iterable[object]) -> str:
    """The JSON pointer (RFC 6901) of a place."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


class _ReadRequest(Request):
    """A request whose JSON is read already."""

    said: Any

    async def json(self) -> Any:
        return self.said


class StrictRoute(APIRoute):
    """A route whose JSON body is read by `read_json`: no NaN, no half characters, no endless nesting. It is JSON
    whatever the request's header calls it: curl calls every body a form."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def strict(request: Request) -> Response:
            if self.body_field is None:
                return await handle(request)
            headers = [header for header in request.scope["headers"] if header[0] != b"content-type"]
            scope = {**request.scope, "headers": [*headers, (b"content-type", b"application/json")]}
            read = _ReadRequest(scope, request.receive)
            read.said = read_json(await read.body())
            return await handle(read)

        return strict


def read_json(body: bytes) -> Any:
    """The JSON of a body.

    Raises:
        InvalidInput: it is none; says where.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InvalidInput(f"The body is not valid JSON: {error.msg} at {where}.", pointer="") from None


def add_handlers(app: FastAPI) -> None:
    """Answer every error with a problem document."""

    @app.exception_handler(DocklineError)
    async def ours(request: Request, error: DocklineError) -> Response:
        return problem_response(error, request.url.path)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        return problem_response(
            InvalidInput(f"{first['msg']}.", pointer=json_pointer(first["loc"][1:])), request.url.path
        )

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        document = {"type": "about:blank", "title": error.detail, "status": error.status_code}
        document |= {"detail": f"{request.method} {request.url.path}: {error.detail}.", "instance": request.url.path}
        return Response(
            orjson.dumps(document),
            status_code=error.status_code,
            media_type="application/problem+json",
            headers=error.headers,
        )


class _BodyTooLarge(Exception):
    """Internal: stops reading."""


class BodyLimit:
    """Refuses bodies over a size before they are held in memory, whether they say their length or not.

    The paths of `streamed` take any size: what answers there reads a body in pieces.
    """

    def __init__(self, app: ASGIApp, limit: int, streamed: frozenset[str] = frozenset()) -> None:
        self._app, self._limit, self._streamed = app, limit, streamed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self._streamed:
            await self._app(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._limit:
                raise _BodyTooLarge
            return message

        try:
            if int(dict(scope["headers"]).get(b"content-length", b"0")) > self._limit:
                raise _BodyTooLarge
            await self._app(scope, counted, send)
        except _BodyTooLarge:
            words = f"The body is larger than {self._limit} bytes. Send fewer items in one call."
            await problem_response(TooLarge(words), scope["path"])(scope, receive, send)
