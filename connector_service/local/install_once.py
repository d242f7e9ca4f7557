"""Put something into the shared cache exactly once: under a lock, in a sibling folder, renamed when complete."""

import shutil
from collections.abc import Callable
from pathlib import Path

from connector_service.local.cache import locked
from connector_service.local.commands import Workplace
from connector_service.local.node_runtime import NodeRuntime
from connector_service.local.progress import Progress, timed

Steps = Callable[[Workplace], None]


def install_once(folder: Path, runtime: NodeRuntime, advice: str, progress: Progress, steps: Steps) -> None:
    """Run `steps` in an empty folder that becomes `folder` when they succeed; nothing happens if that exists.

    Several processes may ask at once: one installs, the others wait. A folder of the final name is always complete,
    whenever an installation was killed. The log is `<folder>.log`.

    Raises:
        InstallationProblem: a step failed; `advice` ends its message.
    """
    if folder.is_dir():
        return
    say = timed(progress)
    with locked(folder.with_name(f"{folder.name}.lock"), say) as lock:
        if folder.is_dir():
            return
        partial = folder.with_name(f"{folder.name}.partial")
        if partial.exists():
            say("removing what an interrupted installation left behind")
            shutil.rmtree(partial)
        partial.mkdir()
        log = folder.with_name(f"{folder.name}.log")
        log.write_bytes(b"")
        steps(Workplace(partial, runtime.environment(), log, advice, say, keeps_open=(lock,)))
        partial.rename(folder)
        say(f"installed in {folder}")
