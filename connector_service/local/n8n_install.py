"""Install n8n once per user and version, into the cache that all checkouts share."""

import os
import platform
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import orjson

from connector_service.errors import InstallationProblem
from connector_service.local.cache import cache_folder, short_hash
from connector_service.local.commands import Workplace
from connector_service.local.install_once import install_once
from connector_service.local.node_runtime import NodeRuntime, node_runtime
from connector_service.local.progress import Progress

N8N_VERSION = "2.41.1"
ADVICE = "Mend this and start again, or run without flows: dockline up --without-n8n"

# n8n's own pins of these two ask for versions that were withdrawn; the nearest published ones work.
MANIFEST = {
    "private": True,
    "dependencies": {"n8n": N8N_VERSION},
    "overrides": {"linkedom": "0.18.12", "@langchain/langgraph": "1.4.0"},
}
# With install scripts on, one optional driver that does not compile rolls everything back: install without them,
# then build the two native modules that n8n needs. npm resolves peers for ten minutes without the first flag.
INSTALL = ["npm", "install", "--legacy-peer-deps", "--ignore-scripts", "--no-audit", "--no-fund"]
NATIVE_MODULES = ["sqlite3", "isolated-vm"]
# Half of the 2.2 GB is read by no running n8n: source maps, types, manuals, two unused tools.
UNREAD_SUFFIXES = (".map", ".d.ts", ".md")
UNREAD_PACKAGES = frozenset({"agent-browser", "element-plus"})
RECIPE = [MANIFEST, INSTALL, NATIVE_MODULES, UNREAD_SUFFIXES, sorted(UNREAD_PACKAGES)]


@dataclass(frozen=True)
class N8nInstallation:
    """A finished n8n in `folder`, and the Node that runs it."""

    folder: Path
    runtime: NodeRuntime

    @property
    def node(self) -> Path:
        """The node program."""
        return self.runtime.node

    @property
    def program(self) -> Path:
        """n8n's own command line program, to be run by `node`."""
        return self.folder / "node_modules" / "n8n" / "bin" / "n8n"

    def command(self, *arguments: str) -> list[str]:
        """The command that runs n8n: `command("start")`."""
        return [str(self.node), str(self.program), *arguments]

    def environment(self, base: Mapping[str, str] = os.environ) -> dict[str, str]:
        """`base` with this installation's node, npm and npx first on PATH."""
        return self.runtime.environment(base)


def n8n_folder(runtime: NodeRuntime, cache: Path) -> Path:
    """Where this recipe installs n8n; another recipe, Node release line or processor gets another folder."""
    compiled_for = [runtime.version.partition(".")[0], platform.system(), platform.machine()]
    return cache / f"n8n-{N8N_VERSION}-{short_hash([RECIPE, compiled_for])}"


def ensure_n8n(progress: Progress, *, cache: Path | None = None, runtime: NodeRuntime | None = None) -> N8nInstallation:
    """The installed n8n; installs it first (about five minutes, 1.1 GB) when this user has none.

    Raises:
        InstallationProblem: a tool is missing or a step failed; says what, where the log is, and what to do.
    """
    cache = cache or cache_folder()
    runtime = runtime or node_runtime(cache)
    folder = n8n_folder(runtime, cache)
    install_once(folder, runtime, ADVICE, progress, _install)
    return N8nInstallation(folder, runtime)


def _install(work: Workplace) -> None:
    require_build_tools(work.environment)
    node_modules = work.folder / "node_modules"
    (work.folder / "package.json").write_bytes(orjson.dumps(MANIFEST))
    work.run(f"installing n8n {N8N_VERSION}", INSTALL, lambda: _packages_so_far(node_modules))
    for module in NATIVE_MODULES:
        work.run(f"compiling {module}", ["npm", "rebuild", module])
    work.progress("deleting what n8n does not read")
    freed = _slim(node_modules)
    work.progress(f"deleted {freed // 1_000_000} MB")
    work.run("checking that n8n starts", ["node", "node_modules/n8n/bin/n8n", "--version"])


def require_build_tools(environment: Mapping[str, str]) -> None:
    """Raises InstallationProblem when the compiler tools that sqlite3 is built with are not on PATH."""
    missing = [tool for tool in ("g++", "make") if not shutil.which(tool, path=environment["PATH"])]
    if missing:
        raise InstallationProblem(
            f"n8n's database driver is compiled on this machine, and {' and '.join(missing)} cannot be found on "
            "PATH. Install them (Debian, Ubuntu: apt-get install g++ make; macOS: xcode-select --install), "
            "or run without flows: dockline up --without-n8n"
        )


def _packages_so_far(node_modules: Path) -> str:
    count = sum(1 for _ in _packages(node_modules)) if node_modules.is_dir() else 0
    return f"{count:,} packages so far" if count else "working out which packages are needed"


def _packages(node_modules: Path) -> Iterator[Path]:
    with suppress(FileNotFoundError):  # npm moves folders while we look
        for entry in node_modules.iterdir():
            if entry.name.startswith("@"):
                yield from entry.iterdir()
            elif not entry.name.startswith("."):
                yield entry


def _slim(node_modules: Path) -> int:
    """Delete what no running n8n reads; returns the bytes freed."""
    freed = 0
    for place, folders, files in os.walk(node_modules):
        unread = UNREAD_PACKAGES.intersection(folders) if place.endswith("node_modules") else set()
        for name in unread:
            freed += _size(Path(place, name))
            shutil.rmtree(Path(place, name))
        folders[:] = [name for name in folders if name not in unread]
        for name in files:
            if name.endswith(UNREAD_SUFFIXES):
                path = Path(place, name)
                freed += path.lstat().st_size
                path.unlink()
    return freed


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())
