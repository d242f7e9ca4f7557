"""Build, run and read small flows in a running n8n."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import httpx

from connector_service.local.n8n_api import N8nApi
from connector_service.local.n8n_server import N8nServer
from connector_service.local.processes import wait_until

Json = dict[str, Any]

CREDENTIAL = {"id": "testDocklineKey", "name": "Dockline of the test tenant"}
FINISHED = ("success", "error", "crashed")


def node(name: str, kind: str, parameters: Mapping[str, Any], **settings: Any) -> Json:
    """One node of a workflow."""
    place = {"id": str(uuid.uuid4()), "typeVersion": 1, "position": [0, 0]}
    return {"name": name, "type": kind, "parameters": dict(parameters), **place, **settings}


def dockline(resource: str, operation: str, parameters: Mapping[str, Any] | None = None, **settings: Any) -> Json:
    """The Dockline node with one operation."""
    chosen = {"resource": resource, "operation": operation, **(parameters or {})}
    return with_credential(node("Dockline", "n8n-nodes-dockline.dockline", chosen, **settings))


def with_credential(step: Json) -> Json:
    """The node with the credential of the test tenant."""
    return {**step, "credentials": {"docklineApi": CREDENTIAL}}


@dataclass
class Run:
    """One finished execution: its status, its error, and the items of each output of each node."""

    status: str
    data: Json

    @property
    def error(self) -> Json:
        """What the execution ended with."""
        found: Json = self.data["resultData"]["error"]
        return found

    def items(self, name: str, output: int = 0) -> list[Json]:
        """The items, with `json` and `pairedItem`, that a node put on one of its outputs."""
        outputs = self.data["resultData"]["runData"][name][-1]["data"]["main"]
        return outputs[output] or [] if output < len(outputs) else []


@dataclass
class Workbench:
    """A running n8n, the client for it, and flows made of a few nodes in a row."""

    server: N8nServer
    api: N8nApi
    http: httpx.Client

    def publish(self, name: str, *nodes: Json) -> str:
        """Publish a workflow of nodes that follow each other, first output to next; its id."""
        following = pairwise(nodes)
        connections = {
            one["name"]: {"main": [[{"node": other["name"], "type": "main", "index": 0}]]} for one, other in following
        }
        return self.publish_connected(name, nodes, connections)

    def publish_connected(self, name: str, nodes: Sequence[Json], connections: Json) -> str:
        """Publish a workflow with the connections it states; its id."""
        identity = uuid.uuid4().hex[:16]
        self.api.put_workflow({"id": identity, "name": name, "nodes": list(nodes), "connections": connections})
        self.api.publish(identity)
        return identity

    def run(self, items: list[Json], step: Json) -> Run:
        """Run one node with these items, as a published workflow that a webhook starts."""
        path = uuid.uuid4().hex
        start = {"path": path, "httpMethod": "POST"}
        hook = node("Webhook", "n8n-nodes-base.webhook", start, typeVersion=2, webhookId=str(uuid.uuid4()))
        split = node("Items", "n8n-nodes-base.splitOut", {"fieldToSplitOut": "body.items", "options": {}})
        workflow = self.publish("One step", hook, split, step)
        self.api.wait_for_webhook(path)
        sent = self.http.post(f"{self.server.base_url}/webhook/{path}", json={"items": items})
        sent.raise_for_status()
        return self.finished_run(workflow)

    def finished_run(self, workflow: str) -> Run:
        """The newest run of the workflow, once it has finished."""
        assert wait_until(lambda: bool(self._finished(workflow)), 30.0), "no run of this workflow finished"
        execution = self.api.execution(self._finished(workflow)[0]["id"])
        return Run(execution["status"], execution["data"])

    def listen(self, workflow: str, trigger: str) -> None:
        """Listen for a test event, as the editor does when somebody clicks on the trigger."""
        rest = f"{self.server.base_url}/rest"
        owner = {"emailOrLdapLoginId": self.server.settings.owner_email, "password": self.server.secrets.password}
        self.http.post(f"{rest}/login", json=owner).raise_for_status()
        asked = {"triggerToStartFrom": {"name": trigger}, "destinationNode": {"nodeName": trigger, "mode": "inclusive"}}
        answer = self.http.post(f"{rest}/workflows/{workflow}/run", json=asked, headers={"push-ref": "test"})
        assert answer.json()["data"] == {"waitingForWebhook": True}, answer.text

    def credential_test(self, identity: str) -> Json:
        """What n8n says of a stored credential when somebody tests it."""
        address = f"{self.server.base_url}/api/v1/credentials/{identity}/test"
        key = (self.server.settings.user_folder / "api-key").read_text()
        found: Json = self.http.post(address, headers={"X-N8N-API-KEY": key}).json()
        return found

    def restart(self) -> None:
        """Stop n8n and start it again."""
        self.server.stop()
        self.server.start()
        self.server.wait_until_ready(self.http)

    def runs(self, workflow: str) -> int:
        """How often the workflow ran or is running."""
        return len(self.api.executions(workflow))

    def _finished(self, workflow: str) -> list[Json]:
        return [entry for entry in self.api.executions(workflow) if entry["status"] in FINISHED]
