"""Two credentials of one account at a time: the new one acts, the old one stands in when the new one is refused."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, TypeVar

from connector_service.adapters.http_errors import CredentialRefused
from connector_service.errors import NotFound, Unauthorized, VendorRejected

T = TypeVar("T")
Told = Callable[[], Awaitable[None]]


def by_any(settings: Iterable[Mapping[str, Any]], check: Callable[[Mapping[str, Any]], T]) -> T:
    """What `check` makes of the first settings it accepts, the newest come first.

    Raises:
        Unauthorized: it accepts none; said of the newest.
    """
    refusal: Unauthorized | None = None
    for each in settings:
        try:
            return check(each)
        except Unauthorized as error:
            refusal = refusal or error
    raise refusal or Unauthorized("The connection has no settings.")


def overlapping(new: Any, old: Any, told: Told) -> Any:
    """An adapter that is `new`, and asks `old` once when the vendor does not take the new credential.

    A refused credential means that nothing was done, so asking again is safe, a purchase too. `told` is awaited the
    first time the old one was taken. Webhooks may be signed by either. It follows the protocols that `new` follows.
    """
    kind = type(new)
    if kind not in _CLASSES:
        _CLASSES[kind] = _class_of(kind)
    return _CLASSES[kind](new, old, told)


class _Overlapping:
    def __init__(self, new: Any, old: Any, told: Told) -> None:
        self._new, self._old, self._told = new, old, told
        self._said = False

    async def _ask(self, name: str, *given: Any, **named: Any) -> Any:
        try:
            return await getattr(self._new, name)(*given, **named)
        except CredentialRefused as refusal:
            return await self._ask_old(refusal, name, *given, **named)

    async def _ask_old(self, refusal: CredentialRefused, name: str, *given: Any, **named: Any) -> Any:
        try:
            answer = await getattr(self._old, name)(*given, **named)
        except CredentialRefused:
            raise refusal from None
        except (VendorRejected, NotFound):
            # It took the credential and said no to the question.
            await self._tell()
            raise
        await self._tell()
        return answer

    async def _tell(self) -> None:
        if not self._said:
            self._said = True
            await self._told()

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> Any:
        """Signed with either secret."""
        try:
            return self._new.read_webhook(headers, body)
        except Unauthorized as refusal:
            try:
                return self._old.read_webhook(headers, body)
            except Unauthorized:
                raise refusal from None


_CLASSES: dict[type, type[_Overlapping]] = {}
"""By the adapter's class: there are as many as vendors."""


def _class_of(adapter: type) -> type[_Overlapping]:
    """A class with the adapter's own methods, so that asking which protocols it follows gives the adapter's answer."""
    methods = {
        name: _asking(name) if inspect.iscoroutinefunction(method) else _as_new(name)
        for name, method in inspect.getmembers(adapter, inspect.isfunction)
        if not name.startswith("_") and name != "read_webhook"
    }
    # Of the new one alone: who tests a credential wants to hear of this one.
    methods["check_credential"] = _as_new("check_credential")
    if not hasattr(adapter, "check_credential"):
        del methods["check_credential"]
    return type(f"{adapter.__name__}WithOldCredential", (_Overlapping,), methods)


def _asking(name: str) -> Callable[..., Any]:
    async def ask(self: _Overlapping, *given: Any, **named: Any) -> Any:
        return await self._ask(name, *given, **named)

    return ask


def _as_new(name: str) -> Callable[..., Any]:
    def call(self: _Overlapping, *given: Any, **named: Any) -> Any:
        return getattr(self._new, name)(*given, **named)

    return call
