"""The per-user cache and its lock."""

import subprocess
import sys
from pathlib import Path

from connector_service.local.cache import cache_folder, locked, short_hash

HOLDS_THE_LOCK = """
import fcntl, sys
file = open(sys.argv[1], "w")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.readline()
"""

STARTS_A_CHILD_THAT_INHERITS_THE_LOCK = """
import subprocess, sys
from pathlib import Path
from connector_service.local.cache import locked
with locked(Path(sys.argv[1]), print) as lock:
    subprocess.Popen(["sh", "-c", "echo child; read line"], pass_fds=(lock,))
    sys.stdin.close()
    import os, signal
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_an_explicit_folder_wins_over_the_shared_one(tmp_path: Path) -> None:
    environment = {"DOCKLINE_CACHE": str(tmp_path / "mine"), "XDG_CACHE_HOME": str(tmp_path / "xdg")}
    assert cache_folder(environment) == tmp_path / "mine"
    del environment["DOCKLINE_CACHE"]
    assert cache_folder(environment) == tmp_path / "xdg" / "dockline"
    assert cache_folder({}) == Path.home() / ".cache" / "dockline"


def test_a_recipe_hash_ignores_key_order_and_notices_every_value() -> None:
    assert short_hash({"a": 1, "b": 2}) == short_hash({"b": 2, "a": 1})
    assert short_hash({"a": 1}) != short_hash({"a": 2})


def test_a_lock_held_elsewhere_is_waited_for_and_reported(tmp_path: Path) -> None:
    lock = tmp_path / "a.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS_THE_LOCK, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        release = holder.stdin

        def let_go(line: str) -> None:
            heard.append(line)
            release.write("\n")
            release.flush()

        heard: list[str] = []
        with locked(lock, let_go):
            assert holder.wait() == 0
    assert heard == [f"waiting for another process that holds {lock}"]


def test_a_child_of_a_killed_holder_keeps_the_lock_until_it_ends(tmp_path: Path) -> None:
    lock = tmp_path / "a.lock"
    with subprocess.Popen(
        [sys.executable, "-c", STARTS_A_CHILD_THAT_INHERITS_THE_LOCK, str(lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "child\n"
        holder.wait()
        waited: list[str] = []
        child_input = holder.stdin

        def end_the_child(line: str) -> None:
            waited.append(line)
            child_input.close()

        with locked(lock, end_the_child):
            assert waited
