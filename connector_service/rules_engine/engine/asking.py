"""Whoever answers which rules of a program fire: the engine in C, in a process of its own or in this one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import orjson

from connector_service.rules_engine.engine.back_off import BackOff
from connector_service.rules_engine.engine.columns import Cell
from connector_service.rules_engine.engine.supervisor import BrokenOff, Supervisor
from connector_service.rules_engine.engine.worker import WorkerProcess
from connector_service.rules_worker.engine import EngineFault
from connector_service.rules_worker.rulesets import Rulesets

ANSWER_S = 0.5
"""How long one question may take, and how long it waits for a process that is starting."""
BUILD_S, CELL_S = 4.5, 0.002
"""Added for a program that must be built first, and for each cell of a batch."""

BACK_OFF_S = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""How long a program is left alone that broke the process: one tenant's rules must not stop those of all others."""


class Engine(Protocol):
    """Answers for many programs, told apart by a key."""

    def fired(self, key: str, program: bytes, cells: Sequence[Cell]) -> list[list[str]]:
        """The names of the rules that fire, one list per cell. Raises EngineFault."""

    def drop(self, key: str) -> None:
        """Forget a program whose answers are not trusted any more, so that it is built anew. Raises EngineFault."""


class EngineHere:
    """The engine in this process; whoever uses it must be able to afford that it crashes or hangs."""

    def __init__(self) -> None:
        self._rulesets = Rulesets()

    def fired(self, key: str, program: bytes, cells: Sequence[Cell]) -> list[list[str]]:
        """See Engine."""
        return self._rulesets.fired(key, orjson.loads(program), cells)

    def drop(self, key: str) -> None:
        """See Engine."""
        self._rulesets.drop(key)


class EngineProcess:
    """The engine in a process of its own, which may crash or hang and is then started again. Safe to share between
    threads. All it knows is sent to it again when it asks, so nothing is lost with it."""

    def __init__(
        self,
        start: Callable[[], WorkerProcess] = WorkerProcess,
        monotonic: Callable[[], float] = time.monotonic,
        answer_s: float = ANSWER_S,
    ) -> None:
        self._supervisor = Supervisor(start, monotonic)
        self._monotonic, self._answer_s = monotonic, answer_s
        self._broken: dict[str, BackOff] = {}

    @property
    def pid(self) -> int | None:
        """The process that answers now, if one runs."""
        return self._supervisor.pid

    def fired(self, key: str, program: bytes, cells: Sequence[Cell]) -> list[list[str]]:
        """See Engine. One cell of a known program takes at most half a second, whatever happens, and as much again
        while the process starts."""
        with self._supervisor.lock:
            answer = self._asked(key, program, cells)
        if "fault" in answer:
            raise EngineFault(str(answer["fault"]))
        fired = answer.get("fired")
        if not isinstance(fired, list) or len(fired) != len(cells):
            raise EngineFault("the rules engine answered another question")
        return fired

    def _asked(self, key: str, program: bytes, cells: Sequence[Cell]) -> dict[str, Any]:
        broken = self._broken.get(key)
        if broken and (left_s := broken.left_s):
            raise EngineFault(f"these rules broke the rules engine; they are asked again in {left_s:.1f} s")
        seconds = self._answer_s + CELL_S * len(cells)
        try:
            answer = self._supervisor.exchange({"key": key, "cells": cells}, seconds)
            if "unknown" in answer:
                request = {"key": key, "cells": cells, "program": orjson.Fragment(program)}
                answer = self._supervisor.exchange(request, seconds + BUILD_S)
        except BrokenOff:
            self._broken.setdefault(key, BackOff(BACK_OFF_S, self._monotonic)).broke()
            raise
        return answer

    def drop(self, key: str) -> None:
        """See Engine."""
        with self._supervisor.lock:
            if self.pid is not None:  # else nobody knows anything
                self._supervisor.exchange({"key": key, "drop": True}, self._answer_s)

    def close(self) -> None:
        """End the process; the next question starts another."""
        with self._supervisor.lock:
            self._supervisor.close()
