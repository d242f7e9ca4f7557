"""The door of a vendor: counts the call, lets the faults play, and turns a handler's answer into HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import orjson
from pydantic import ValidationError
from starlette.datastructures import Headers, QueryParams
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from connector_service.sandbox.faults import spoilt, suffer
from connector_service.sandbox.outbox import Envelope
from connector_service.sandbox.world import World


class Refusal(Exception):
    """The vendor says no: an HTTP status, a code of the vendor, and a sentence."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class Call:
    """A request as a handler sees it; `account` is whose key it came with."""

    account: str
    params: QueryParams
    path: Mapping[str, str]
    body: bytes
    headers: Headers


@dataclass(frozen=True, slots=True)
class Created:
    """An answer that something new came to be (HTTP 201)."""

    value: Any


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer that is not JSON: XML, a printed label, several parts."""

    content: bytes
    media_type: str
    status: int = 200


Handler = Callable[[Call], Any]
"""Answers with anything orjson can write (HTTP 200), `Created` (201) or `Raw`; or raises `Refusal`."""


class Vendor(Protocol):
    """A look-alike: its slug, its handlers by (method, path, name), its error shape and its credential."""

    slug: str
    invalid_status: int
    """The HTTP status of a body that is not as it should be."""

    envelope: Envelope
    """How its news is written."""

    def handlers(self) -> list[tuple[str, str, str, Handler]]:
        """(method, path, name in the ledger, handler)."""
        ...

    def problem(self, refusal: Refusal) -> Any:
        """The vendor's shape of an error: anything orjson can write, or `Raw` with the refusal's status."""
        ...

    def account(self, headers: Headers, name: str) -> str | None:
        """The account of the credential in the headers, None when it is not valid."""
        ...


class Gate:
    """A vendor as an ASGI application.

    Written against ASGI itself: a sandbox that costs more than the connector it serves would spoil every measurement,
    and a web framework's own handling costs twice as much as all the work of a vendor.
    """

    def __init__(self, vendor: Vendor, world: World) -> None:
        self._vendor = vendor
        self._world = world
        self._exact: dict[tuple[str, str], tuple[str, Handler]] = {}
        self._patterns: list[tuple[str, re.Pattern[str], str, Handler]] = []
        for method, path, name, handler in vendor.handlers():
            if "{" in path:
                pattern = re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path))
                self._patterns.append((method, pattern, name, handler))
            else:
                self._exact[method, path] = (name, handler)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        name, handler, path_values = self._find(scope["method"], scope["path"].removeprefix(f"/{self._vendor.slug}"))
        self._world.calls[self._vendor.slug][name] += 1
        body = await _body(receive)
        faults = self._world.faults.get(self._vendor.slug)
        if faults and not faults.hit(name):
            faults = None
        world_of_the_call = self._world.resets
        answer = await suffer(faults, self._world.rng) if faults else None
        if answer is None and self._world.resets != world_of_the_call:
            answer = self._refused(Refusal(503, "RESET", "The sandbox was reset meanwhile."))
        if answer is None and faults and self._world.rng.random() < faults.throttle_rate:
            answer = self._refused(Refusal(429, "TOO_MANY_REQUESTS", "Too many requests."))
            answer.headers["retry-after"] = str(faults.retry_after_s)
        if answer is None:
            answer = self._answer(name, handler, scope, path_values, body)
            if faults:
                answer = spoilt(faults, self._world.rng, answer)
        await answer(scope, receive, send)

    def _find(self, method: str, path: str) -> tuple[str, Handler, Mapping[str, str]]:
        found = self._exact.get((method, path))
        if found is not None:
            return *found, {}
        for wanted, pattern, name, handler in self._patterns:
            match = pattern.fullmatch(path)
            if match and wanted == method:
                return name, handler, match.groupdict()
        return "unknown", _no_such_path, {}

    def _answer(
        self, name: str, handler: Handler, scope: Scope, path_values: Mapping[str, str], body: bytes
    ) -> Response:
        headers = Headers(scope=scope)
        try:
            account = self._vendor.account(headers, name)
            if account is None:
                raise Refusal(401, "UNAUTHORIZED", "The credential is not valid; sandbox keys start with 'sandbox'.")
            value = handler(Call(account, QueryParams(scope["query_string"]), path_values, body, headers))
        except Refusal as refusal:
            return self._refused(refusal)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            place = ".".join(str(step) for step in first["loc"])
            return self._refused(Refusal(422, "INVALID", f"{place}: {first['msg']}"))
        return _response(value.value, 201) if isinstance(value, Created) else _response(value, 200)

    def _refused(self, refusal: Refusal) -> Response:
        # 422 is how the sandbox says that a body will not do; each vendor has a status of its own for that.
        status = self._vendor.invalid_status if refusal.status == 422 else refusal.status
        return _response(self._vendor.problem(refusal), status)


def _no_such_path(_: Call) -> Any:
    raise Refusal(404, "NO_SUCH_PATH", "This API has no such path or method.")


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
    return body


def _response(value: Any, status: int) -> Response:
    if isinstance(value, Raw):
        return Response(value.content, value.status, media_type=value.media_type)
    return Response(orjson.dumps(value), status, media_type="application/json")
