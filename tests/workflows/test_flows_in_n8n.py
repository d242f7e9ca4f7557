"""The shipped flows against the list of node types that a real n8n loads, the Dockline package included."""

import json
import subprocess
from typing import Any

import pytest

from connector_service.local.flows import read_workflows
from connector_service.local.flows_page import FLOWS
from connector_service.local.n8n_install import ensure_n8n
from connector_service.local.n8n_package import install_package
from nodes.n8n_package import PACKAGE

pytestmark = pytest.mark.end_to_end

Json = dict[str, Any]
NODES = [(path.stem, node) for path, workflow in read_workflows(FLOWS) for node in workflow["nodes"]]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, float], Json]:
    """Every type and version that n8n loads, with its description."""
    folder = tmp_path_factory.mktemp("n8n")
    n8n = ensure_n8n(print)
    install_package(PACKAGE, folder)
    settings = {"N8N_USER_FOLDER": str(folder), "N8N_UNVERIFIED_PACKAGES_ENABLED": "true"}
    quiet = {"N8N_DIAGNOSTICS_ENABLED": "false"}
    listed = folder / "types.json"
    command = n8n.command("export:nodes", f"--output={listed}")
    subprocess.run(command, env={**n8n.environment(), **settings, **quiet}, check=True, capture_output=True)
    types = json.loads(listed.read_bytes())
    return {(each["name"], version): each for each in types for version in versions(each)}


def versions(kind: Json) -> list[float]:
    found = kind["version"]
    return found if isinstance(found, list) else [found]


def test_n8n_loads_every_node_type_in_the_version_used(known: dict[tuple[str, float], Json]) -> None:
    assert [(file, node["name"]) for file, node in NODES if (node["type"], node["typeVersion"]) not in known] == []


def test_n8n_knows_every_parameter_used(known: dict[tuple[str, float], Json]) -> None:
    for file, node in NODES:
        names = {each["name"] for each in known[node["type"], node["typeVersion"]]["properties"]}
        assert node["parameters"].keys() <= names, (file, node["name"])
