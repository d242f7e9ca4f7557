"""`--watch`: run again whenever a rule file, a vocabulary or the organisation is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from time import perf_counter, sleep

INTERVAL_S = 0.3
Stamp = dict[Path, tuple[int, int]]


def watch(files: Callable[[], Iterable[Path]], run: Callable[[], object], rounds: int | None = None) -> None:
    """Run, then again after every change, until interrupted (or for a number of looks, in tests).

    Whatever stands in the folders of the files counts: rules mean what vocabularies and organisation say.
    """
    seen: Stamp | None = None
    looks = 0
    with suppress(KeyboardInterrupt):
        while rounds is None or looks < rounds:
            looks += 1
            now = stamp(files())
            if now != seen:
                seen = now
                _again(run)
            sleep(INTERVAL_S)


def _again(run: Callable[[], object]) -> None:
    from connector_service.cli.output import console, say
    from connector_service.errors import DocklineError

    console().clear()
    began = perf_counter()
    try:
        run()
    except DocklineError as error:
        say(error.detail)
    say(f"{1000 * (perf_counter() - began):.0f} ms. Watching; save a file to run again, Ctrl-C to stop.")


def stamp(files: Iterable[Path]) -> Stamp:
    """When each file was changed (nanoseconds) and its size; what vanishes meanwhile is left out."""
    folders = {path.parent for path in files}
    found: Stamp = {}
    for folder in folders:
        for path in sorted((*folder.glob("*.json"), *folder.glob("vocabularies/*.json"))):
            try:
                state = path.stat()
            except FileNotFoundError:
                continue
            found[path] = (state.st_mtime_ns, state.st_size)
    return found
