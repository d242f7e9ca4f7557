"""One thing that was examined."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, whether it is well (None: not in use), what was found, and what to do about it."""

    about: str
    well: bool | None
    said: str
    to_do: str = ""
