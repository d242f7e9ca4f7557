"""Programs written for a test and run as real processes: an npm and a node of a few shell lines."""

from collections.abc import Callable
from pathlib import Path

import pytest

from connector_service.local.node_runtime import NodeRuntime

INSTALLS_A_LITTLE = """
case "$1" in
  install)
    echo installed >> "$(dirname "$0")/installs"
    mkdir -p node_modules/n8n/bin node_modules/n8n/dist node_modules/element-plus
    touch node_modules/n8n/bin/n8n node_modules/n8n/dist/index.js node_modules/n8n/dist/index.js.map
    touch node_modules/n8n/README.md node_modules/element-plus/index.js;;
esac
"""

RuntimeWith = Callable[..., NodeRuntime]


@pytest.fixture
def runtime_with(tmp_path: Path) -> RuntimeWith:
    """Makes a runtime whose `npm` and `node` are the given shell lines."""

    def make(*, npm: str = INSTALLS_A_LITTLE, node: str = "echo 2.41.1") -> NodeRuntime:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        for name, lines in {"npm": npm, "node": node}.items():
            script = folder / name
            script.write_text(f"#!/bin/sh\n{lines}\n")
            script.chmod(0o755)
        return NodeRuntime("24.19.0", folder, tmp_path / "headers")

    return make
