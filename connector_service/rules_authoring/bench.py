"""A process that does authoring jobs for its parent, one after the other, over the socket on standard input.

A rule file that somebody sends may be made to take forever or to fill the memory; here that ends one job and nobody
else notices. A job is a function of JSON arguments that answers JSON.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
from importlib import import_module
from typing import Any

from connector_service.errors import DocklineError
from connector_service.rules_worker import frames

MEMORY_BYTES = 1_500_000_000
"""Address space, of which a check of the largest file there may be uses a tenth."""


def main(modules: list[str]) -> None:
    """Do jobs until the parent is gone; `modules` are imported first, so that no job waits for them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the parent to act on
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    for module in modules:
        import_module(module)
    with socket.socket(fileno=os.dup(sys.stdin.fileno())) as parent:
        try:
            frames.send(parent, {"ready": True})
            while (request := frames.receive(parent)) is not None:
                frames.send(parent, answer(request))
        except (OSError, frames.BadFrame):
            return  # the parent went away in the middle of a message


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """What a job answers, or the error it raised."""
    module, name = request["job"].split(":")
    job = getattr(import_module(module), name)
    try:
        return {"result": job(**request["arguments"])}
    except DocklineError as error:
        return {"error": type(error).__name__, "detail": error.detail, "pointer": error.pointer}
    except (MemoryError, RecursionError) as error:
        what = "needs more memory" if isinstance(error, MemoryError) else "is nested deeper"
        return {"error": "InvalidInput", "detail": f"This {what} than a job may use. Split it by concern."}


if __name__ == "__main__":
    main(sys.argv[1:])
