"""The per-user cache: what several checkouts on one machine share, and the lock that lets them share it."""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from connector_service.local.progress import Progress


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """`$DOCKLINE_CACHE`, else `$XDG_CACHE_HOME/dockline`, else `~/.cache/dockline`; not created here."""
    if chosen := environment.get("DOCKLINE_CACHE"):
        return Path(chosen).expanduser().absolute()
    if shared := environment.get("XDG_CACHE_HOME"):
        return Path(shared).expanduser().absolute() / "dockline"
    return Path.home() / ".cache" / "dockline"


def short_hash(recipe: object) -> str:
    """Twelve hex digits that change when anything in `recipe` (JSON values) changes."""
    written = json.dumps(recipe, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()[:12]


@contextmanager
def locked(path: Path, progress: Progress) -> Iterator[int]:
    """Hold the lock file `path` alone; waits for whoever holds it, and says so. Yields its file descriptor.

    The lock belongs to the open file, so a child that inherits the descriptor keeps the lock after its parent
    was killed: nobody starts over while an orphaned installer still writes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress(f"waiting for another process that holds {path}")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()
