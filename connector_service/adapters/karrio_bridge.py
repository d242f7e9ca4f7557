"""The only module that imports karrio: its mappers write native requests and read native answers; the HTTP is ours.

What karrio does to a process, and what is done about it here:
- its import takes about a second: it happens in a thread, on first use (`Karrio.ready`) or, for carriers that are
  connected, soon after a connector has started (`carriers.warming`);
- its import switches off TLS verification for `urllib` everywhere: what was there is put back at once;
- its own transport has no time limit, and repeats a failed label when `sentry_sdk` is there: it is never used. So are
  its gateways, whose tracers grow for ever: a mapper and its settings are all we take;
- its parsers call nothing an answer, and lose the HTTP status: `read` refuses an empty answer, and our transport turns
  a status into an error before a parser sees the body;
- its money is a float: `amounts` makes minor units of the vendor's own text.
"""

from __future__ import annotations

import asyncio
import importlib
import ssl
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from threading import Lock
from typing import Any, Literal

from connector_service.adapters.shapes import Unreadable
from connector_service.errors import VendorRejected

Asked = Literal["rate", "shipment", "return_shipment", "cancel_shipment", "pickup", "cancel_pickup", "manifest"]

_PAYLOADS: Mapping[Asked, str] = {
    "rate": "RateRequest",
    "shipment": "ShipmentRequest",
    "return_shipment": "ShipmentRequest",
    "cancel_shipment": "ShipmentCancelRequest",
    "pickup": "PickupRequest",
    "cancel_pickup": "PickupCancelRequest",
    "manifest": "ManifestRequest",
}
_BROKEN = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, SyntaxError)
"""What karrio's parsers raise on an answer of another shape; lxml's own error is a SyntaxError."""
_LOADING = Lock()


@dataclass(frozen=True, slots=True)
class Native:
    """A vendor's own request: `body` is what karrio would send, `ctx` what its parser of the answer wants to know."""

    body: Any
    ctx: Mapping[str, Any]


def load(name: str) -> Any:
    """A module of karrio, with the process as it was before: TLS is verified, and no warning was shown."""
    with _LOADING:
        before = ssl._create_default_https_context
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return importlib.import_module(f"karrio.{name}")
        finally:
            ssl._create_default_https_context = before


def pieces(vendor: str) -> tuple[str, ...]:
    """The modules that `Karrio(vendor, ...)` needs, to load them beforehand one by one."""
    return ("core.models", "core.errors", "lib", f"providers.{vendor}.units", f"mappers.{vendor}")


class Karrio:
    """Karrio's mapper of one vendor for one account. `settings` are karrio's own for that vendor."""

    def __init__(self, vendor: str, settings: Mapping[str, Any]) -> None:
        self._vendor = vendor
        self._settings = settings
        self._mapper: Any = None

    async def ready(self) -> None:
        """Import karrio without holding up the others; call it before a time limit begins."""
        if self._mapper is None:
            await asyncio.to_thread(self._open)

    def build(self, what: Asked, payload: Mapping[str, Any]) -> Native:
        """The vendor's request for a payload in karrio's words (see `words` below).

        Raises:
            VendorRejected: karrio says the vendor would not take it.
        """
        mapper = self._open()
        model = getattr(load("core.models"), _PAYLOADS[what])
        rejected = load("core.errors").ShippingSDKError
        try:
            request = getattr(mapper, f"create_{what}_request")(model(**payload))
            return Native(_serialized(request, load("lib").to_dict), request.ctx or {})
        except rejected as error:
            said = getattr(error, "details", None) or str(error)
            raise VendorRejected(f"{self._vendor} would not take this {what}: {said}", vendor=self._vendor) from error
        except _BROKEN as error:
            said = f"something is missing for {self._vendor}'s request ({type(error).__name__})"
            raise VendorRejected(f"{what}: {said}", vendor=self._vendor) from error

    def read(self, what: Asked, answer: bytes, ctx: Mapping[str, Any], *, xml: bool = False) -> Any:
        """What karrio's parser makes of an answer: its details, never None and never an empty list.

        Raises:
            Unreadable: the answer has another shape, or says neither yes nor no.
            VendorRejected: the answer, though its status was fine, is a no.
        """
        mapper, lib = self._open(), load("lib")
        decode: Callable[[str], Any] = lib.to_element if xml else lib.to_dict
        try:
            text = answer.decode()
            details, messages = getattr(mapper, f"parse_{what}_response")(lib.Deserializable(text, decode, dict(ctx)))
        except _BROKEN as error:
            raise Unreadable(f"the answer to {what} has another shape ({type(error).__name__})", "") from error
        if details:
            return details
        words = "; ".join(f"{each.message} ({each.code})" for each in messages if each.level in (None, "error"))
        if not words:
            raise Unreadable(f"the answer to {what} says neither yes nor no", "")
        raise VendorRejected(f"{self._vendor} refused: {words}", vendor=self._vendor)

    def _open(self) -> Any:
        if self._mapper is None:
            mappers = load(f"mappers.{self._vendor}")
            self._mapper = mappers.Mapper(mappers.Settings(**self._settings))
        return self._mapper


def _serialized(request: Any, to_dict: Callable[[Any], Any]) -> Any:
    """What `request.serialize()` gives, without the way through JSON text (which takes as long again) and the log."""
    return _plain(request.value) if request._serializer is to_dict else request.serialize()


def _plain(value: Any) -> Any:
    """Karrio's objects as dictionaries, without what is None or empty."""
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    fields: Any = getattr(type(value), "__attrs_attrs__", None)
    if fields is not None:
        pairs = ((each.name, getattr(value, each.name)) for each in fields)
    elif isinstance(value, dict):
        pairs = ((name, each) for name, each in value.items())
    else:
        return value
    named = ((name, _plain(each)) for name, each in pairs)
    return {name: each for name, each in named if each is not None and each != [] and each != ""}


def table(vendor: str, name: str) -> Any:
    """One of karrio's tables of a vendor's codes, such as `table("ups", "ServiceCode")`."""
    return getattr(load(f"providers.{vendor}.units"), name)


def as_pdf(image: str) -> str | None:
    """A PNG or GIF label (base64) as a PDF page of four by six inches (base64); None when it is no image."""
    lib = load("lib")
    try:
        made: str = lib.image_to_pdf(image, rotate=-90, resize={"height": 1800, "width": 1200})
    except (*_BROKEN, OSError):
        return None
    return made


def several(value: Any) -> Any:
    """Vendors write a single thing where they mean a list of one."""
    return value if isinstance(value, list) else [] if value is None else [value]


def without_nothing(fields: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Karrio takes an empty text for a value: leave out what is not there."""
    return {name: value for name, value in fields if value not in (None, "", [])}
