"""Installing n8n, with an npm of a few shell lines as the real subprocess."""

import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from connector_service.errors import InstallationProblem
from connector_service.local.n8n_install import ensure_n8n, n8n_folder, require_build_tools
from connector_service.local.node_runtime import NodeRuntime

RuntimeWith = Callable[..., NodeRuntime]

INSTALL_IN_ANOTHER_PROCESS = """
import sys
from pathlib import Path
from connector_service.local.n8n_install import ensure_n8n
from connector_service.local.node_runtime import NodeRuntime
tmp = Path(sys.argv[1])
ensure_n8n(print, cache=tmp / "cache", runtime=NodeRuntime("24.19.0", tmp / "bin", tmp / "headers"))
"""


def install(tmp_path: Path, runtime: NodeRuntime, heard: list[str] | None = None) -> Path:
    say = (heard if heard is not None else []).append
    return ensure_n8n(say, cache=tmp_path / "cache", runtime=runtime).folder


def installs(runtime: NodeRuntime) -> int:
    return len((runtime.bin / "installs").read_text().splitlines())


def test_a_finished_installation_has_no_ballast_and_reports_its_steps(
    tmp_path: Path, runtime_with: RuntimeWith
) -> None:
    heard: list[str] = []
    folder = install(tmp_path, runtime_with(), heard)
    left = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert left == {"package.json", "node_modules/n8n/bin/n8n", "node_modules/n8n/dist/index.js"}
    steps = " / ".join(heard)
    for step in ("installing n8n 2.41.1", "compiling sqlite3", "compiling isolated-vm", "checking that n8n starts"):
        assert step in steps


def test_a_second_call_installs_nothing(tmp_path: Path, runtime_with: RuntimeWith) -> None:
    runtime = runtime_with()
    assert install(tmp_path, runtime) == install(tmp_path, runtime)
    assert installs(runtime) == 1


def test_two_installations_at_once_become_one(tmp_path: Path, runtime_with: RuntimeWith) -> None:
    runtime = runtime_with()
    with ThreadPoolExecutor(2) as pool:
        folders = list(pool.map(lambda _: install(tmp_path, runtime), range(2)))
    assert folders[0] == folders[1]
    assert installs(runtime) == 1


def test_a_failing_npm_is_explained_and_nothing_half_done_counts_as_installed(
    tmp_path: Path, runtime_with: RuntimeWith
) -> None:
    broken = runtime_with(npm="mkdir -p node_modules/half; echo 'npm error network unreachable'; exit 1")
    with pytest.raises(InstallationProblem) as failure:
        install(tmp_path, broken)
    assert "npm error network unreachable" in failure.value.detail
    assert "dockline up --without-n8n" in failure.value.detail
    assert not n8n_folder(broken, tmp_path / "cache").exists()

    folder = install(tmp_path, runtime_with())
    assert not (folder / "node_modules" / "half").exists()


def test_an_n8n_that_does_not_run_is_not_taken_for_installed(tmp_path: Path, runtime_with: RuntimeWith) -> None:
    runtime = runtime_with(node="echo 'Error: wrong ELF class'; exit 1")
    with pytest.raises(InstallationProblem, match="checking that n8n starts failed"):
        install(tmp_path, runtime)
    assert not n8n_folder(runtime, tmp_path / "cache").exists()


def test_an_installation_killed_in_the_middle_is_done_again(tmp_path: Path, runtime_with: RuntimeWith) -> None:
    runtime = runtime_with(npm='echo half > half-done; echo reached > "$(dirname "$0")/reached"; sleep 1')
    reached = runtime.bin / "reached"
    with subprocess.Popen([sys.executable, "-c", INSTALL_IN_ANOTHER_PROCESS, str(tmp_path)]) as installer:
        while not reached.exists():
            assert installer.poll() is None
        installer.send_signal(signal.SIGKILL)
    assert not n8n_folder(runtime, tmp_path / "cache").exists()

    heard: list[str] = []
    folder = install(tmp_path, runtime_with(), heard)
    assert (folder / "node_modules" / "n8n" / "bin" / "n8n").exists()
    assert not (folder / "half-done").exists()
    assert any("interrupted installation" in line for line in heard)


def test_missing_compilers_are_named_before_anything_is_downloaded(tmp_path: Path, runtime_with: RuntimeWith) -> None:
    runtime_with()
    with pytest.raises(InstallationProblem, match=r"g\+\+ and make cannot be found"):
        require_build_tools({"PATH": str(tmp_path / "bin")})


def test_each_node_release_line_has_its_own_installation(tmp_path: Path, runtime_with: RuntimeWith) -> None:
    runtime = runtime_with()
    same_line, next_line = (replace(runtime, version=version) for version in ("24.20.1", "26.0.0"))
    assert n8n_folder(runtime, tmp_path) == n8n_folder(same_line, tmp_path)
    assert n8n_folder(runtime, tmp_path) != n8n_folder(next_line, tmp_path)
