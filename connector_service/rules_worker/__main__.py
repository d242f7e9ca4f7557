"""Serve one parent over the socket on standard input, until it closes it."""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from connector_service.rules_worker import frames
from connector_service.rules_worker.engine import EngineFault
from connector_service.rules_worker.rulesets import Rulesets, UnknownProgram

GIVE_UP_S = 10
"""A request that takes longer is a hang in C; the parent, if it still lives, has long given up."""


def main() -> None:
    """Answer requests until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the parent to act on
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process even while C holds the interpreter
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    rulesets = Rulesets()
    with socket.socket(fileno=os.dup(sys.stdin.fileno())) as parent:
        try:
            _serve(parent, rulesets)
        except (OSError, frames.BadFrame):
            return  # the parent went away in the middle of a message


def _serve(parent: socket.socket, rulesets: Rulesets) -> None:
    frames.send(parent, {"ready": True})
    while (request := frames.receive(parent)) is not None:
        signal.setitimer(signal.ITIMER_REAL, GIVE_UP_S)
        answer = _answer(request, rulesets)
        signal.setitimer(signal.ITIMER_REAL, 0)
        frames.send(parent, answer | {"live": rulesets.live, "memory_mb": _memory_mb()})


def _answer(request: dict[str, Any], rulesets: Rulesets) -> dict[str, Any]:
    key = request["key"]
    if "drop" in request:
        rulesets.drop(key)
        return {}
    try:
        return {"fired": rulesets.fired(key, request.get("program"), request["cells"])}
    except UnknownProgram:
        return {"unknown": key}
    except EngineFault as fault:
        return {"fault": str(fault)}


def _memory_mb() -> float:
    """Resident memory now; the most there ever was where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * resource.getpagesize() / 1_048_576


if __name__ == "__main__":
    main()
