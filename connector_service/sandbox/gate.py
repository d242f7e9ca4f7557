"""The door of a vendor: counts the call, lets the faults play, and turns a handler's answer into HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import orjson
from pydantic import ValidationError
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connector_service.sandbox.faults import spoilt, suffer
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


@dataclass(frozen=True, slots=True)
class Created:
    """An answer that something new came to be (HTTP 201)."""

    value: Any


Handler = Callable[[Call], Any]


class Vendor(Protocol):
    """A look-alike: its slug, its handlers by (method, path, name), its error shape and its credential."""

    slug: str

    def handlers(self) -> list[tuple[str, str, str, Handler]]:
        """(method, path, name in the ledger, handler)."""
        ...

    def problem(self, refusal: Refusal) -> dict[str, Any]:
        """The vendor's shape of an error."""
        ...

    def account(self, request: Request, name: str) -> str | None:
        """The account of the request's credential, None when it is not valid."""
        ...


def routes(vendor: Vendor, world: World) -> list[Route]:
    """The routes of a vendor, one per path: a path may have several methods."""
    by_path: dict[str, dict[str, tuple[str, Handler]]] = {}
    for method, path, name, handler in vendor.handlers():
        by_path.setdefault(path, {})[method] = (name, handler)
    return [Route(path, _endpoint(vendor, world, methods), methods=list(methods)) for path, methods in by_path.items()]


def _endpoint(
    vendor: Vendor, world: World, methods: dict[str, tuple[str, Handler]]
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        name, handler = methods["GET" if request.method == "HEAD" else request.method]
        world.calls[vendor.slug][name] += 1
        body = await request.body()
        faults = world.faults.get(vendor.slug)
        if faults is None:
            return _answer(vendor, name, handler, request, body)
        failed = await suffer(faults, world.rng)
        if failed is not None:
            return failed
        return spoilt(faults, world.rng, _answer(vendor, name, handler, request, body))

    return endpoint


def _answer(vendor: Vendor, name: str, handler: Handler, request: Request, body: bytes) -> Response:
    try:
        account = vendor.account(request, name)
        if account is None:
            raise Refusal(401, "UNAUTHORIZED", "The credential is not valid; sandbox keys start with 'sandbox'.")
        value = handler(Call(account, request.query_params, request.path_params, body))
    except Refusal as refusal:
        return _json(vendor.problem(refusal), refusal.status)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        return _json(vendor.problem(Refusal(422, "INVALID", f"{place}: {first['msg']}")), 422)
    return _json(value.value, 201) if isinstance(value, Created) else _json(value, 200)


def _json(value: Any, status: int) -> Response:
    return Response(orjson.dumps(value), status, media_type="application/json")
