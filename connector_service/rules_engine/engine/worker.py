"""One running engine process, as its parent sees it: started, asked within a time limit, ended."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from connector_service.rules_worker import frames

COMMAND = (sys.executable, "-m", "connector_service.rules_worker")
_FOLDER = Path(__file__).parents[3]
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH")
"""All that the process may know of its parent's environment, which holds keys of vendors."""


class WorkerGone(Exception):
    """The process ended, hung, or answered what is no answer."""


class WorkerProcess:
    """A child process and the socket to it. Not safe to share between threads."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._socket, theirs = socket.socketpair()
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        try:
            with theirs:
                self._process = subprocess.Popen(
                    command,
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    cwd=_FOLDER,
                    env=environment,
                    process_group=0,
                )
        except OSError:
            self._socket.close()
            raise
        self._ready = False

    @property
    def pid(self) -> int:
        """The process id, for those who look at memory."""
        return int(self._process.pid)

    def ready(self, seconds: float) -> bool:
        """Whether it has started, waiting so long at most. Raises WorkerGone when it ended instead."""
        if not self._ready:
            try:
                self._ready = self._receive(time.monotonic() + seconds) == {"ready": True}
            except TimeoutError:
                return False
        return True

    def exchange(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Ask and wait for the answer. Raises WorkerGone; the process is then of no more use."""
        deadline = time.monotonic() + seconds
        self._socket.settimeout(seconds)
        try:
            frames.send(self._socket, request)
            return self._receive(deadline)
        except TimeoutError as error:
            raise WorkerGone(f"no answer within {seconds:g} s") from error
        except OSError as error:
            raise WorkerGone(f"the connection to it broke: {error}") from error

    def close(self) -> None:
        """End it, whatever it is doing."""
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def disown(self) -> None:
        """After a fork, in the child: let go of what belongs to the parent."""
        self._socket.close()
        self._process.returncode = 0

    def _receive(self, deadline: float) -> dict[str, Any]:
        try:
            answer = frames.receive(self._socket, deadline)
        except (frames.BadFrame, ConnectionError) as error:
            raise WorkerGone(str(error)) from error
        if not isinstance(answer, dict):
            raise WorkerGone("it ended" if answer is None else "it answered what is no answer")
        return answer
