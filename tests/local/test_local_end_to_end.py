"""A real n8n: booted, given a node package, a credential and a flow, killed, started again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from connector_service.errors import Conflict, NotFound
from connector_service.local.flows import Credential, Deployment, deploy_flows
from connector_service.local.n8n_api import N8nApi, connect
from connector_service.local.n8n_http import loopback_client
from connector_service.local.n8n_install import ensure_n8n
from connector_service.local.n8n_package import PACKAGE, install_package
from connector_service.local.n8n_server import N8nServer, N8nSettings
from connector_service.local.processes import Processes, pick_port

pytestmark = pytest.mark.end_to_end

ECHO_NODE = """
class Echo {
  description = { displayName: 'Echo', name: 'echo', group: ['transform'], version: 1, description: 'Says it again',
    defaults: { name: 'Echo' }, inputs: ['main'], outputs: ['main'], properties: [],
    credentials: [{ name: 'echoApi', required: true }] };
  async execute() {
    const { word } = await this.getCredentials('echoApi');
    return [this.getInputData().map((item, index) => ({ json: { word, heard: item.json.body }, pairedItem: index }))];
  }
}
module.exports = { Echo };
"""
ECHO_CREDENTIAL = """
class EchoApi {
  name = 'echoApi'; displayName = 'Echo';
  properties = [{ displayName: 'Word', name: 'word', type: 'string', default: '' }];
}
module.exports = { EchoApi };
"""
SHIPPED = {"nodes": ["dist/Echo.node.js"], "credentials": ["dist/EchoApi.credentials.js"]}
HELLO = Credential("echoword", "Echo word", "echoApi", {"word": "hello"}, f"{PACKAGE}.")


def echo_flow(path: str, identity: str = "docklineecho", node: str = "echo") -> dict[str, object]:
    hook = {"path": path, "httpMethod": "POST", "responseMode": "lastNode"}
    nodes = [
        {"id": "1", "name": "In", "type": "n8n-nodes-base.webhook", "typeVersion": 2, "webhookId": "echo"},
        {"id": "2", "name": "Echo", "type": f"{PACKAGE}.{node}", "typeVersion": 1, "parameters": {}},
    ]
    nodes = [{**entry, "position": [200 * place, 0]} for place, entry in enumerate(nodes)]
    nodes[0]["parameters"] = hook
    connections = {"In": {"main": [[{"node": "Echo", "type": "main", "index": 0}]]}}
    return {"id": identity, "name": "Echo", "nodes": nodes, "connections": connections, "settings": {}}


@dataclass
class Stack:
    """One running n8n and the folder of its flows."""

    server: N8nServer
    http: httpx.Client
    folder: Path

    @property
    def api(self) -> N8nApi:
        return connect(self.server, self.http)

    def write(self, flow: dict[str, object]) -> None:
        (self.folder / "flows" / "echo.json").write_text(json.dumps(flow))

    def deploy(self, credential: Credential = HELLO) -> Deployment:
        return deploy_flows(self.folder / "flows", [credential], self.api, self.folder / "deployed.json", print)

    def ask(self, path: str, body: object) -> object:
        self.api.wait_for_webhook(path)
        return self.http.post(f"{self.server.base_url}/webhook/{path}", json=body).json()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("stack")
    (folder / "flows").mkdir()
    (folder / "package" / "dist").mkdir(parents=True)
    (folder / "package" / "package.json").write_text(json.dumps({"name": PACKAGE, "version": "0.1.0", "n8n": SHIPPED}))
    (folder / "package" / "dist" / "Echo.node.js").write_text(ECHO_NODE)
    (folder / "package" / "dist" / "EchoApi.credentials.js").write_text(ECHO_CREDENTIAL)
    install_package(folder / "package", folder / "n8n")
    settings = N8nSettings(folder / "n8n", pick_port(5678), pick_port(5679))
    server = N8nServer(ensure_n8n(print), settings, Processes(folder))
    with loopback_client() as http:
        server.start()
        try:
            server.wait_until_ready(http)
            yield Stack(server, http, folder)
        finally:
            server.stop()


def test_a_deployed_flow_answers_and_its_execution_can_be_read(stack: Stack) -> None:
    stack.write(echo_flow("echo"))
    assert stack.deploy().loaded == ["Echo"]
    assert stack.ask("echo", {"order": 7}) == {"word": "hello", "heard": {"order": 7}}
    newest = stack.api.executions("docklineecho", "success")[0]
    assert "hello" in json.dumps(stack.api.execution(newest["id"]))


def test_deploying_again_changes_nothing_and_a_rotated_credential_is_used_at_once(stack: Stack) -> None:
    stack.write(echo_flow("echo"))
    stack.deploy()
    assert stack.deploy() == Deployment(unchanged=["Echo"])
    rotated = Credential(HELLO.id, HELLO.name, HELLO.type, {"word": "rotated"}, HELLO.used_by)
    stack.deploy(rotated)
    assert stack.ask("echo", {}) == {"word": "rotated", "heard": {}}


def test_a_changed_file_replaces_the_running_flow_under_the_same_id(stack: Stack) -> None:
    stack.write(echo_flow("renamed"))
    stack.deploy()
    assert stack.ask("renamed", {"a": 1}) == {"word": "hello", "heard": {"a": 1}}
    assert [flow["id"] for flow in stack.api.workflows()] == ["docklineecho"]


def test_an_exported_flow_names_no_credential_of_this_installation(stack: Stack) -> None:
    stack.write(echo_flow("echo"))
    stack.deploy()
    exported = stack.api.export_workflow("docklineecho")
    assert HELLO.id not in json.dumps(exported)
    assert exported["connections"] == echo_flow("echo")["connections"]


def test_n8ns_own_words_say_why_a_flow_is_refused(stack: Stack) -> None:
    flow = echo_flow("unknown", identity="docklinebad", node="gone")
    stack.api.put_workflow(flow)
    with pytest.raises(Conflict, match=f"Unrecognized node type: {PACKAGE}.gone"):
        stack.api.publish("docklinebad")
    stack.api.delete_workflow("docklinebad")
    with pytest.raises(NotFound):
        stack.api.publish("docklinebad")


def test_a_killed_n8n_comes_back_with_its_flows_and_needs_nothing_loaded(stack: Stack) -> None:
    stack.write(echo_flow("echo"))
    stack.deploy()
    assert stack.server.kill()
    assert not stack.server.is_running()
    stack.server.start()
    stack.server.wait_until_ready(stack.http)
    assert stack.deploy() == Deployment(unchanged=["Echo"])
    assert stack.ask("echo", {"b": 2}) == {"word": "hello", "heard": {"b": 2}}
