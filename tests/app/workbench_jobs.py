"""Jobs that do what hostile rule files would like to."""

from __future__ import annotations

import os
import time
from typing import Any

from connector_service.errors import NotFound


def echo(value: Any) -> dict[str, Any]:
    return {"value": value, "process": os.getpid()}


def hang() -> None:
    while True:
        time.sleep(1)


def crash() -> None:
    os.abort()


def fill_memory() -> int:
    return len(bytearray(8_000_000_000))


def refuse() -> None:
    raise NotFound("There is no such file.", pointer="/file")
