"""Messages over a stream socket: four bytes of length, then JSON."""

from __future__ import annotations

import socket
import time
from typing import Any

import orjson

MAX_FRAME_BYTES = 64 * 1024 * 1024
_LENGTH_BYTES = 4


class BadFrame(ValueError):
    """What arrived is no message; nothing after it can be read either."""


def send(connection: socket.socket, message: Any) -> None:
    """Write one message. Raises OSError when the other side is gone or reads too slowly for the socket's time limit."""
    payload = orjson.dumps(message)
    connection.sendall(len(payload).to_bytes(_LENGTH_BYTES, "big") + payload)


def receive(connection: socket.socket, deadline: float | None = None) -> Any:
    """Read one message; None when the other side has closed the stream between two messages.

    `deadline` is a time of `time.monotonic`. Raises TimeoutError past it, OSError when the connection breaks, and
    BadFrame for anything that is no message.
    """
    head = _read(connection, _LENGTH_BYTES, deadline)
    if not head:
        return None
    size = int.from_bytes(head, "big")
    if len(head) < _LENGTH_BYTES or size > MAX_FRAME_BYTES:
        raise BadFrame("the length of a message is cut off or too large")
    payload = _read(connection, size, deadline)
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise BadFrame(f"a message is cut off or no JSON: {error}") from error


def _read(connection: socket.socket, size: int, deadline: float | None) -> bytes:
    """So many bytes, or fewer when the stream ends."""
    parts: list[bytes] = []
    while size > 0:
        if deadline is not None:
            connection.settimeout(max(0.000_1, deadline - time.monotonic()))
        part = connection.recv(min(size, 1 << 20))
        if not part:
            break
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
