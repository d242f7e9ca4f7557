"""How long work speaks while it runs: one line per step, with the seconds since the work began."""

import time
from collections.abc import Callable

Progress = Callable[[str], None]
"""Takes one line for a person; it must not raise."""

Seconds = Callable[[], float]
"""A clock that only moves forward, in seconds, such as `time.monotonic`."""


def timed(progress: Progress, seconds: Seconds = time.monotonic) -> Progress:
    """A progress that puts the seconds since now in front of every line: `  12 s  compiling sqlite3`."""
    began = seconds()
    return lambda line: progress(f"{seconds() - began:4.0f} s  {line}")
