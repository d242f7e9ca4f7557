"""Lint and build the n8n node package with n8n's own tools, which all checkouts share in the per-user cache.

`python -m connector_service.local.n8n_build` replaces the package's `dist`.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import orjson

from connector_service.errors import InstallationProblem
from connector_service.local.cache import cache_folder, locked, short_hash
from connector_service.local.commands import Workplace
from connector_service.local.node_runtime import NodeRuntime, node_runtime
from connector_service.local.progress import Progress, timed
from nodes.n8n_package import FINGERPRINT, PACKAGE, fingerprint

CLI_VERSION = "0.48.3"
ADVICE = "Mend this and start again: make n8n-package"

# n8n's exact pin of langgraph was withdrawn; the nearest published release works. n8n-workflow has the types that
# the nodes are compiled against.
MANIFEST = {
    "private": True,
    "dependencies": {
        "@n8n/node-cli": CLI_VERSION,
        "@types/node": "24.19.2",
        "eslint": "9.29.0",
        "n8n-workflow": "2.41.0",
        "typescript": "5.9.2",
    },
    "overrides": {"@langchain/langgraph": "1.4.0"},
}
INSTALL = ["npm", "install", "--legacy-peer-deps", "--ignore-scripts", "--no-audit", "--no-fund"]


def ensure_tools(progress: Progress, runtime: NodeRuntime, cache: Path) -> Path:
    """The folder of n8n's build tools; installs them first (about a minute, 580 MB) when this user has none.

    Raises:
        InstallationProblem: npm failed; says where the log is.
    """
    folder = cache / f"n8n-node-cli-{CLI_VERSION}-{short_hash([MANIFEST, INSTALL])}"
    if not folder.is_dir():
        with locked(cache / f"{folder.name}.lock", progress) as lock:
            if not folder.is_dir():
                _install(folder, runtime, lock, progress)
    return folder


def _install(folder: Path, runtime: NodeRuntime, lock: int, progress: Progress) -> None:
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    (partial / "package.json").write_bytes(orjson.dumps(MANIFEST))
    log = folder.with_name(f"{folder.name}.log")
    work = Workplace(partial, runtime.environment(), log, ADVICE, progress, keeps_open=(lock,))
    work.run(f"installing n8n's build tools {CLI_VERSION}", INSTALL)
    partial.rename(folder)


def build(package: Path, into: Path, progress: Progress, *, cache: Path | None = None) -> Path:
    """Lint and build a copy of the package in the empty folder `into`; returns the `dist` folder made there.

    The build bears the fingerprint of the sources it was made from. The package itself is only read.

    Raises:
        InstallationProblem: the tools cannot be installed, or the linter or compiler found something, in its words.
    """
    cache = cache or cache_folder()
    runtime = node_runtime(cache)
    tools = ensure_tools(progress, runtime, cache)
    copy = into / "package"
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("dist", "node_modules"))
    (copy / "node_modules").symlink_to(tools / "node_modules", target_is_directory=True)
    work = Workplace(copy, runtime.environment(), into / "build.log", ADVICE, progress)
    cli = str(tools / "node_modules" / ".bin" / "n8n-node")
    work.run("linting the node package", [cli, "lint"])
    work.run("building the node package", [cli, "build"])
    (copy / "dist" / FINGERPRINT).write_text(f"{fingerprint(package)}\n")
    return copy / "dist"


def main() -> int:
    """Build the package of this checkout: 0, or 1 with the reason on standard error."""
    progress = timed(lambda line: print(line, file=sys.stderr, flush=True))  # noqa: T201
    with tempfile.TemporaryDirectory() as folder:
        try:
            built = build(PACKAGE, Path(folder), progress)
        except InstallationProblem as problem:
            sys.stderr.write(f"{problem.detail}\n")
            return 1
        shutil.rmtree(PACKAGE / "dist", ignore_errors=True)
        shutil.copytree(built, PACKAGE / "dist")
    progress(f"built {PACKAGE / 'dist'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
