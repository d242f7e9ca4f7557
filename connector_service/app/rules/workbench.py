"""Do what rule authors ask for in a process of its own, with limits on time and memory."""

from __future__ import annotations

import asyncio
import atexit
import logging
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from connector_service import errors
from connector_service.errors import DocklineError, InvalidInput
from connector_service.rules_engine.engine.worker import WorkerGone, WorkerProcess

_log = logging.getLogger(__name__)
SECONDS = 2.0
START_SECONDS = 20.0
PROCESSES = 2
JOBS_PER_PROCESS = 500
_PRELOADED = ("connector_service.rules_authoring.jobs",)
_COMMAND = (sys.executable, "-m", "connector_service.rules_authoring.bench", *_PRELOADED)


class Workbench:
    """A few processes that do one job at a time; started when first needed, ended when a job hangs or breaks them."""

    def __init__(self, processes: int = PROCESSES) -> None:
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="workbench")
        self._idle: list[tuple[WorkerProcess, int]] = []
        self._lock = threading.Lock()

    async def run(self, job: Callable[..., Any], arguments: Mapping[str, Any], seconds: float = SECONDS) -> Any:
        """What a job answers. `job` is a function at the top of a module; arguments and answer are JSON.

        Raises InvalidInput when the job takes longer than `seconds` or breaks its process, and what the job raises.
        """
        request = {"job": f"{job.__module__}:{job.__qualname__}", "arguments": dict(arguments)}
        answer = await asyncio.get_running_loop().run_in_executor(self._threads, self._exchanged, request, seconds)
        if "error" in answer:
            raised: type[DocklineError] = getattr(errors, answer["error"])
            raise raised(answer["detail"], pointer=answer.get("pointer"))
        return answer["result"]

    def close(self) -> None:
        """End the processes; the next job starts others."""
        with self._lock:
            idle, self._idle = self._idle, []
        for process, _ in idle:
            process.close()

    def _exchanged(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        with self._lock:
            process, jobs = self._idle.pop() if self._idle else (WorkerProcess(_COMMAND), 0)
        whole = False
        try:
            if not process.ready(START_SECONDS):
                raise WorkerGone(f"it did not start within {START_SECONDS:g} s")
            answer = process.exchange(request, seconds)
            whole = jobs < JOBS_PER_PROCESS
        except WorkerGone as error:
            _log.error("the job %s was given up: %s", request["job"], error)
            what = f"This was given up: {error}. Split the rule file by concern, or compare fewer facts in one file."
            raise InvalidInput(what) from error
        finally:
            if whole:
                with self._lock:
                    self._idle.append((process, jobs + 1))
            else:
                process.close()
        return answer


WORKBENCH = Workbench()
"""The one of this service."""
atexit.register(WORKBENCH.close)
