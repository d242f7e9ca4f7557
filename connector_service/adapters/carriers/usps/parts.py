"""Answers of several parts: the Postal Service's own form for labels, which it uses unless it is asked for JSON."""

from __future__ import annotations

import re
from typing import Any

import orjson

from connector_service.adapters.shapes import Unreadable

NAME = re.compile(rb'[; ]name="(\w+)"')


def fields(body: bytes) -> bytes:
    """The answer as one JSON object: it is one, or its parts become one by their names."""
    start = body.lstrip()
    if not start.startswith(b"--"):
        return body
    boundary = start.splitlines()[0].strip()
    named: dict[str, Any] = {}
    for part in start.split(boundary)[1:]:
        head, _, content = part.replace(b"\r\n", b"\n").partition(b"\n\n")
        name = NAME.search(head)
        if name is not None:
            named[name[1].decode()] = _value(head, content.strip())
    return orjson.dumps(named)


def _value(head: bytes, content: bytes) -> Any:
    try:
        return orjson.loads(content) if b"application/json" in head else content.decode("ascii")
    except (orjson.JSONDecodeError, UnicodeDecodeError):
        raise Unreadable("a part of the answer has another form than it says", "") from None
