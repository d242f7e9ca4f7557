"""Reading what vendors send: shapes that are checked, and an explanation when they do not fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from connector_service.errors import InvalidInput

T = TypeVar("T")
S = TypeVar("S", bound="VendorShape")

EXCERPT = 300


class VendorShape(BaseModel):
    """A vendor's object, as far as we read it: vendors add fields without notice, so others are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Unreadable(ValueError):
    """The JSON fits the shape but makes no sense; `pointer` says where."""

    def __init__(self, detail: str, pointer: str) -> None:
        super().__init__(detail)
        self.pointer = pointer


def explain(error: ValidationError | Unreadable) -> tuple[str, str]:
    """The JSON pointer and the words of the first thing wrong; never the value itself, which may be personal."""
    if isinstance(error, Unreadable):
        return error.pointer, str(error)
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in first["loc"])
    return "".join(f"/{step}" for step in steps), first["msg"]


def read_webhook_body(vendor: str, read: Callable[[bytes], T], body: bytes) -> T:
    """What `read` makes of a webhook's body. Raises `InvalidInput` with a pointer."""
    try:
        return read(body)
    except (ValidationError, Unreadable) as error:
        pointer, words = explain(error)
        raise InvalidInput(f"{vendor} webhook, at {pointer or 'the top'}: {words}", pointer=pointer) from None


def said(shape: type[S], words: Callable[[S], str], body: bytes) -> str:
    """What a vendor's refusal says, or its first characters when it has not the vendor's error shape."""
    try:
        text = words(shape.model_validate_json(body))
    except ValidationError:
        text = body[: 4 * EXCERPT].decode("utf-8", "replace")
    return "".join(c if c.isprintable() else " " for c in text)[:EXCERPT].strip()
