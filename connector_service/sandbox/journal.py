"""What the sandbox remembers over a restart: one line of JSON per change, appended before the vendor answers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson


class Journal:
    """A file of changes, or nothing at all when `path` is None. A written line outlives a kill of this process."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: int | None = None

    def read(self) -> Iterator[tuple[str, Any]]:
        """The changes so far. A last line that a kill cut short was never answered for, and is left out."""
        if self._path is None or not self._path.exists():
            return
        with self._path.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    kind, value = orjson.loads(line)
                    yield kind, value

    def start(self, changes: Iterator[tuple[str, Any]]) -> None:
        """Begin a file that holds `changes` only, and append from here on."""
        if self._path is None:
            return
        self.close()
        fresh = self._path.with_name(self._path.name + ".new")
        fresh.write_bytes(b"".join(orjson.dumps(change) + b"\n" for change in changes))
        os.replace(fresh, self._path)
        self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND)

    def append(self, kind: str, value: Any) -> None:
        """Remember one change; `value` is anything orjson can write."""
        if self._file is not None:
            os.write(self._file, orjson.dumps((kind, value)) + b"\n")

    def close(self) -> None:
        """Stop writing."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
