"""The settings n8n is started with, its secrets, and what is said when it does not start."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from connector_service.errors import InstallationProblem
from connector_service.local.n8n_http import loopback_client
from connector_service.local.n8n_install import N8nInstallation
from connector_service.local.n8n_secrets import n8n_secrets
from connector_service.local.n8n_server import N8nServer, N8nSettings
from connector_service.local.node_runtime import NodeRuntime
from connector_service.local.processes import Processes, pick_port

HASHES = """case "$1" in -e) printf 'hash of '; cat;; *) echo 'Error: no such table'; exit 3;; esac"""


@pytest.fixture
def server(tmp_path: Path, runtime_with: Callable[..., NodeRuntime]) -> N8nServer:
    settings = N8nSettings(tmp_path / "n8n", pick_port(5678), pick_port(5679))
    return N8nServer(N8nInstallation(tmp_path, runtime_with(node=HASHES)), settings, Processes(tmp_path))


def test_nothing_that_the_user_set_for_another_n8n_comes_through(server: N8nServer) -> None:
    theirs = {"N8N_PORT": "80", "DB_TYPE": "postgresdb", "EXECUTIONS_MODE": "queue", "LANG": "C.UTF-8", "PATH": "/bin"}
    environment = server.environment(theirs)
    assert environment["N8N_PORT"] == str(server.settings.port)
    assert environment["LANG"] == "C.UTF-8"
    assert not {"DB_TYPE", "EXECUTIONS_MODE"} & environment.keys()


def test_it_listens_on_loopback_only_and_speaks_to_it_past_any_proxy(server: N8nServer) -> None:
    environment = server.environment({"NO_PROXY": "intranet"})
    assert environment["N8N_LISTEN_ADDRESS"] == "127.0.0.1"
    assert environment["NO_PROXY"] == "intranet,127.0.0.1,localhost"
    assert server.base_url == f"http://127.0.0.1:{server.settings.port}"


def test_secrets_are_generated_once_for_this_user_alone(server: N8nServer) -> None:
    first = server.secrets
    assert first == server.secrets
    assert first.password_hash == f"hash of {first.password}"
    assert len({first.password, first.encryption_key}) == 2
    file = server.settings.user_folder / "secrets.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_damaged_secrets_are_reported_and_not_replaced(server: N8nServer) -> None:
    file = server.settings.user_folder / "secrets.json"
    file.parent.mkdir()
    file.write_text('{"password": "')
    with pytest.raises(InstallationProblem, match="credentials cannot be decrypted"):
        n8n_secrets(server.settings.user_folder, server.installation)
    assert file.read_text() == '{"password": "'


def test_an_n8n_that_ends_while_starting_is_reported_with_the_end_of_its_log(server: N8nServer) -> None:
    server.start()
    with loopback_client() as http, pytest.raises(InstallationProblem) as failure:
        server.wait_until_ready(http, seconds=30.0)
    assert "n8n ended while starting" in failure.value.detail
    assert "| Error: no such table" in failure.value.detail
    assert str(server.log_file) in failure.value.detail
