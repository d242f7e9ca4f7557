"""A picture of every shipped flow, taken from n8n's own editor with Chromium."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import orjson

from connector_service.errors import InstallationProblem
from connector_service.local.cache import cache_folder
from connector_service.local.flows import read_workflows
from connector_service.local.install_once import install_once
from connector_service.local.n8n_server import N8nServer
from connector_service.local.node_runtime import NodeRuntime
from connector_service.local.progress import Progress

SCRIPT = Path(__file__).with_name("pictures.cjs")
PLAYWRIGHT = "playwright-core@1.65.1"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SECONDS_PER_PICTURE = 60


def take_pictures(workflows: Path, server: N8nServer, out: Path, progress: Progress) -> list[Path]:
    """Picture every workflow file of the folder `workflows`, which must be loaded into `server`, as
    `<out>/<file name>.png`; returns the pictures.

    Raises:
        InstallationProblem: Chromium is missing, or the editor did not show a flow.
    """
    browser = find_browser()
    playwright = _playwright(server.installation.runtime, progress)
    out.mkdir(parents=True, exist_ok=True)
    flows = {workflow["id"]: path for path, workflow in read_workflows(workflows)}
    pictures = {identity: (out / f"{path.stem}.png").absolute() for identity, path in flows.items()}
    progress(f"taking {len(pictures)} pictures with {browser}")
    order = {
        "browser": browser,
        "url": server.base_url,
        "email": server.settings.owner_email,
        "password": server.secrets.password,
        "pictures": [{"id": identity, "file": str(file)} for identity, file in pictures.items()],
    }
    environment = {**server.installation.environment(), "NODE_PATH": str(playwright / "node_modules")}
    _run([str(server.installation.node), str(SCRIPT)], order, environment, SECONDS_PER_PICTURE * (len(pictures) + 1))
    return list(pictures.values())


def find_browser(environment: Mapping[str, str] = os.environ) -> str:
    """The Chromium or Chrome on PATH.

    Raises:
        InstallationProblem: there is none.
    """
    for name in BROWSERS:
        if found := shutil.which(name, path=environment.get("PATH")):
            return found
    raise InstallationProblem(
        f"pictures of flows are taken with Chromium, and none of {', '.join(BROWSERS)} is on PATH. "
        "Install it (Debian, Ubuntu: apt-get install chromium); everything else works without it"
    )


def _playwright(runtime: NodeRuntime, progress: Progress) -> Path:
    folder = cache_folder() / PLAYWRIGHT.replace("@", "-")
    command = ["npm", "install", "--no-audit", "--no-fund", "--no-save", PLAYWRIGHT]
    advice = "Only pictures of flows need it; everything else works without it."
    install_once(folder, runtime, advice, progress, lambda work: work.run(f"installing {PLAYWRIGHT}", command))
    return folder


def _run(command: list[str], order: object, environment: Mapping[str, str], seconds: float) -> None:
    try:
        ran = subprocess.run(
            command, input=orjson.dumps(order), env=environment, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise InstallationProblem(f"the editor did not show every flow within {seconds:.0f} seconds") from late
    if ran.returncode != 0:
        said = ran.stderr.decode(errors="replace").strip()[-800:]
        raise InstallationProblem(f"the pictures of the flows could not be taken:\n{said}")
