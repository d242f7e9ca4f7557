"""Write rule files so that nobody ever reads half of one."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write a file beside its place and move it there, with the permissions that it had."""
    target = path.resolve()
    beside = target.with_name(f".{target.name}.{os.getpid()}.new")
    beside.write_text(text, encoding="utf-8", newline="\n")
    if target.exists():
        beside.chmod(target.stat().st_mode)
    beside.replace(target)
