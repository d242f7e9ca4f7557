"""Tell one process from another that later got the same pid."""

import subprocess
from pathlib import Path


def start_mark(pid: int) -> str | None:
    """When the living process `pid` started, in the system's own words; None when it is gone or a zombie.

    Linux counts clock ticks since boot in field 22 of `/proc/<pid>/stat` (man 5 proc); elsewhere `ps` is asked.
    """
    proc = Path("/proc")
    return _from_proc(proc / str(pid) / "stat") if (proc / "self" / "stat").exists() else _from_ps(pid)


def _from_proc(stat: Path) -> str | None:
    try:
        text = stat.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The program's name is in brackets and may hold anything, so count fields from the last bracket: state is 3rd.
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else f"tick {fields[19]}"


def _from_ps(pid: int) -> str | None:
    asked = subprocess.run(["ps", "-o", "state=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, started = asked.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else started.strip()
