"""Node, npm and npx of this Python environment."""

import subprocess
from pathlib import Path

from connector_service.local.node_runtime import node_runtime


def test_node_npm_and_npx_run_from_the_path_of_its_environment(tmp_path: Path) -> None:
    environment = node_runtime(tmp_path).environment()
    for program in ("node", "npm", "npx"):
        ran = subprocess.run([program, "--version"], env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout.lstrip("v")[0].isdigit()


def test_the_headers_that_native_modules_are_compiled_against_exist(tmp_path: Path) -> None:
    runtime = node_runtime(tmp_path)
    assert runtime.environment({})["npm_config_nodedir"] == str(runtime.headers)
    assert (runtime.headers / "include" / "node" / "node.h").is_file()


def test_a_damaged_script_is_written_again(tmp_path: Path) -> None:
    npm = node_runtime(tmp_path).bin / "npm"
    right = npm.read_text()
    npm.write_text("#!/bin/sh\nexit 1\n")
    node_runtime(tmp_path)
    assert npm.read_text() == right
