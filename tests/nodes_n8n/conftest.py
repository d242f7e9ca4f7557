"""One real n8n with the node package for all end-to-end tests of this folder, and a connector for it to talk to."""

import sys
from collections.abc import Iterator

import httpx
import pytest

from connector_service.local.n8n_api import connect
from connector_service.local.n8n_install import ensure_n8n
from connector_service.local.n8n_package import install_package
from connector_service.local.n8n_server import N8nServer, N8nSettings
from connector_service.local.processes import PREFERRED_PORTS, Processes
from nodes.n8n_package import PACKAGE
from tests.nodes_n8n.connector import API_KEY, Connector, serving
from tests.nodes_n8n.workbench import CREDENTIAL, Workbench


@pytest.fixture(scope="session")
def served() -> Iterator[Connector]:
    with serving() as connector:
        yield connector


@pytest.fixture
def connector(served: Connector) -> Connector:
    """The connector, with nothing asked of it yet. Subscriptions stay, as those who made them do."""
    served.calls.clear()
    served.refusals = 0
    return served


@pytest.fixture(scope="session")
def workbench(tmp_path_factory: pytest.TempPathFactory, served: Connector) -> Iterator[Workbench]:
    """A running n8n with the package and a credential for the connector."""
    folder = tmp_path_factory.mktemp("n8n")
    processes = Processes(folder)
    ports = processes.choose_ports("n8n", PREFERRED_PORTS["n8n"])
    installation = ensure_n8n(lambda line: print(line, file=sys.stderr))
    server = N8nServer(installation, N8nSettings(folder / "n8n", ports["http"], ports["broker"]), processes)
    install_package(PACKAGE, server.settings.user_folder)
    with httpx.Client(timeout=60.0) as http:
        server.start()
        try:
            server.wait_until_ready(http)
            api = connect(server, http)
            data = {"baseUrl": served.url, "apiKey": API_KEY}
            api.create_credential(CREDENTIAL["id"], CREDENTIAL["name"], "docklineApi", data)
            yield Workbench(server, api, http)
        finally:
            server.stop()
