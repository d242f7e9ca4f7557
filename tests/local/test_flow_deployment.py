"""Which workflows a deployment loads, leaves alone or retires, against n8n's interface kept in memory."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from connector_service.errors import Conflict, InvalidInput
from connector_service.local.flows import Credential, Deployment, deploy_flows, read_workflows, with_credentials
from connector_service.local.n8n_api import N8nApi
from connector_service.local.n8n_session import N8nSession

URL = "http://127.0.0.1:5678"
CREDENTIAL = Credential("docklinedemo", "Dockline demo", "docklineApi", {"key": "k"}, "n8n-nodes-dockline.")


class Memory:
    """Answers the calls a deployment makes as n8n 2.41.1 does, and counts what was written."""

    def __init__(self) -> None:
        self.workflows: dict[str, dict[str, Any]] = {}
        self.credentials: dict[str, dict[str, Any]] = {}
        self.writes: list[str] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content or b"{}")
        match [request.method, *request.url.path.strip("/").split("/")]:
            case ["POST", "rest", "login"]:
                return httpx.Response(200, json={})
            case ["GET", "api", "v1", kind]:
                stored = self.workflows if kind == "workflows" else self.credentials
                return httpx.Response(200, json={"data": list(stored.values()), "nextCursor": None})
            case ["POST", "rest", "workflows"]:
                return httpx.Response(200, json={"data": self.store(body["id"], body)})
            case ["PUT", "api", "v1", "workflows", identity] if identity in self.workflows:
                return httpx.Response(200, json=self.store(identity, body))
            case ["POST", "api", "v1", "workflows", identity, action]:
                return self.publish(identity, action)
            case ["POST" | "PATCH", "api", "v1", "credentials", *_]:
                self.writes.append("credential")
                self.credentials[CREDENTIAL.id] = {"id": CREDENTIAL.id}
                return httpx.Response(200, json={})
        return httpx.Response(404, json={"message": "Not Found"})

    def store(self, identity: str, body: dict[str, Any]) -> dict[str, Any]:
        self.writes.append(f"put {identity}")
        before = self.workflows.get(identity, {"active": False, "isArchived": False})
        self.workflows[identity] = {**before, **body, "id": identity, "versionId": f"v{len(self.writes)}"}
        return self.workflows[identity]

    def publish(self, identity: str, action: str) -> httpx.Response:
        called = self.workflows[identity]["settings"].get("calls")
        if action == "publish" and called and not self.workflows.get(called, {}).get("active"):
            return httpx.Response(400, json={"message": f"references {called} which is not published"})
        self.writes.append(f"{action} {identity}")
        self.workflows[identity]["active"] = action == "publish"
        return httpx.Response(200, json=self.workflows[identity])


@pytest.fixture
def n8n() -> Memory:
    return Memory()


def write_workflow(tmp_path: Path, identity: str, **settings: str) -> Path:
    folder = tmp_path / "flows"
    folder.mkdir(exist_ok=True)
    node = {"name": "Plan", "type": "n8n-nodes-dockline.dockline", "parameters": {}}
    workflow = {"id": identity, "name": identity, "nodes": [node], "connections": {}, "settings": settings}
    (folder / f"{identity}.json").write_text(json.dumps(workflow))
    return folder


def deploy(tmp_path: Path, n8n: Memory, credential: Credential = CREDENTIAL) -> Deployment:
    n8n.writes.clear()
    with httpx.Client(transport=httpx.MockTransport(n8n.answer)) as http:
        api = N8nApi(http, URL, "key", lambda: N8nSession(http, URL, "owner", "password"))
        return deploy_flows(tmp_path / "flows", [credential], api, tmp_path / "deployed.json", lambda line: None)


def test_the_first_deployment_loads_and_publishes_everything(tmp_path: Path, n8n: Memory) -> None:
    write_workflow(tmp_path, "intake")
    assert deploy(tmp_path, n8n).loaded == ["intake"]
    assert n8n.writes == ["credential", "put intake", "publish intake"]
    given = n8n.workflows["intake"]["nodes"][0]["credentials"]
    assert given == {"docklineApi": {"id": "docklinedemo", "name": "Dockline demo"}}


def test_a_second_deployment_writes_nothing(tmp_path: Path, n8n: Memory) -> None:
    write_workflow(tmp_path, "intake")
    deploy(tmp_path, n8n)
    assert deploy(tmp_path, n8n) == Deployment(unchanged=["intake"])
    assert n8n.writes == []


def test_only_the_workflow_whose_file_changed_is_loaded_again(tmp_path: Path, n8n: Memory) -> None:
    write_workflow(tmp_path, "intake")
    write_workflow(tmp_path, "returns")
    deploy(tmp_path, n8n)
    write_workflow(tmp_path, "intake", timezone="UTC")
    done = deploy(tmp_path, n8n)
    assert (done.loaded, done.unchanged) == (["intake"], ["returns"])
    assert n8n.writes == ["put intake", "publish intake"]


def test_a_flow_edited_in_n8n_is_not_overwritten_by_a_newer_file(tmp_path: Path, n8n: Memory) -> None:
    write_workflow(tmp_path, "intake")
    deploy(tmp_path, n8n)
    n8n.workflows["intake"]["versionId"] = "edited by a partner"
    write_workflow(tmp_path, "intake", timezone="UTC")
    assert deploy(tmp_path, n8n).kept == ["intake"]
    assert n8n.writes == []


def test_an_archived_flow_stays_archived(tmp_path: Path, n8n: Memory) -> None:
    write_workflow(tmp_path, "intake")
    deploy(tmp_path, n8n)
    n8n.workflows["intake"] |= {"isArchived": True, "active": False}
    assert deploy(tmp_path, n8n).kept == ["intake"]


def test_an_unpublished_flow_is_published_and_a_deleted_one_is_loaded_again(tmp_path: Path, n8n: Memory) -> None:
    write_workflow(tmp_path, "intake")
    write_workflow(tmp_path, "returns")
    deploy(tmp_path, n8n)
    n8n.workflows["intake"]["active"] = False
    del n8n.workflows["returns"]
    done = deploy(tmp_path, n8n)
    assert (done.loaded, done.unchanged) == (["returns"], ["intake"])
    assert n8n.writes == ["put returns", "publish intake", "publish returns"]


def test_a_flow_that_is_no_longer_shipped_is_unpublished_once(tmp_path: Path, n8n: Memory) -> None:
    write_workflow(tmp_path, "intake")
    deploy(tmp_path, n8n)
    (tmp_path / "flows" / "intake.json").unlink()
    assert deploy(tmp_path, n8n).retired == ["intake"]
    assert deploy(tmp_path, n8n).retired == []
    assert not n8n.workflows["intake"]["active"]


def test_a_flow_that_calls_another_is_published_after_it(tmp_path: Path, n8n: Memory) -> None:
    write_workflow(tmp_path, "a-caller", calls="z-called")
    write_workflow(tmp_path, "z-called")
    deploy(tmp_path, n8n)
    assert n8n.writes[-2:] == ["publish z-called", "publish a-caller"]


def test_a_refused_flow_is_named_with_n8ns_words_and_tried_again_next_time(tmp_path: Path, n8n: Memory) -> None:
    write_workflow(tmp_path, "intake", calls="nowhere")
    for _ in range(2):
        with pytest.raises(Conflict, match=r"the flow 'intake'.*references nowhere which is not published"):
            deploy(tmp_path, n8n)


def test_a_changed_credential_is_replaced(tmp_path: Path, n8n: Memory) -> None:
    write_workflow(tmp_path, "intake")
    deploy(tmp_path, n8n)
    rotated = Credential("docklinedemo", "Dockline demo", "docklineApi", {"key": "new"}, "n8n-nodes-dockline.")
    deploy(tmp_path, n8n, rotated)
    assert n8n.writes == ["credential"]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("{", "is not JSON"), ("[]", "must hold one workflow"), ('{"id": 1}', "must have 'id' as str")],
)
def test_a_file_that_is_no_workflow_is_named(tmp_path: Path, text: str, wrong: str) -> None:
    (tmp_path / "broken.json").write_text(text)
    with pytest.raises(InvalidInput, match=f"broken.json {wrong}"):
        read_workflows(tmp_path)


def test_two_files_with_one_id_are_refused(tmp_path: Path) -> None:
    folder = write_workflow(tmp_path, "intake")
    (folder / "copy.json").write_bytes((folder / "intake.json").read_bytes())
    with pytest.raises(InvalidInput, match="have the same id 'intake'"):
        read_workflows(folder)


def test_an_id_under_which_n8n_keeps_no_data_is_refused(tmp_path: Path) -> None:
    folder = write_workflow(tmp_path, "dockline-order-intake-flow")
    with pytest.raises(InvalidInput, match="more than 21 characters"):
        read_workflows(folder)


def test_nodes_of_other_packages_get_no_credential() -> None:
    node = {"type": "n8n-nodes-base.webhook"}
    assert with_credentials({"nodes": [node]}, [CREDENTIAL])["nodes"] == [node]
