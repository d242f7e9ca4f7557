"""n8n as part of the stack: started with the node package, the flows deployed, their triggers subscribed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import httpx

from connector_service.local.flows import Credential, deploy_flows
from connector_service.local.home import CHECKOUT, Access, Home
from connector_service.local.n8n_api import N8nApi, connect
from connector_service.local.n8n_http import Json, call
from connector_service.local.n8n_install import N8nInstallation
from connector_service.local.n8n_package import PACKAGE as PACKAGE_NAME
from connector_service.local.n8n_package import install_package
from connector_service.local.n8n_server import N8nServer, N8nSettings
from connector_service.local.processes import PREFERRED_PORTS
from connector_service.local.progress import Progress
from nodes.n8n_package import PACKAGE

NAME = "n8n"
FLOWS = CHECKOUT / "workflows_export"
CREDENTIAL_ID = "dockline"
TRIGGER = f"{PACKAGE_NAME}.docklineTrigger"


@dataclass(frozen=True)
class Trigger:
    """A trigger node of a flow, and the address at which n8n takes its events."""

    workflow_id: str
    workflow: str
    node: str
    url: str


def n8n_server(home: Home, installation: N8nInstallation) -> N8nServer:
    """The n8n of a checkout, running or not."""
    processes = home.processes
    running = processes.find(NAME)
    ports = running.ports if running else processes.choose_ports(NAME, PREFERRED_PORTS[NAME])
    return N8nServer(installation, N8nSettings(home.n8n_folder, ports["http"], ports["broker"]), processes)


def ensure_started(server: N8nServer, progress: Progress) -> None:
    """Have n8n started with the present node package; `wait_until_ready` follows."""
    changed = install_package(PACKAGE, server.settings.user_folder)
    if changed and server.is_running():
        progress("stopping n8n, because the node package has changed")
        server.stop()
    if not server.is_running():
        progress("starting n8n")
        server.start()


def deploy(home: Home, server: N8nServer, access: Access, connector_url: str, http: httpx.Client, say: Progress) -> int:
    """Bring the shipped flows into n8n and have each trigger subscribed to the connector; returns how many flows."""
    api = connect(server, http)
    data = {"baseUrl": connector_url, "apiKey": access.api_key}
    credential = Credential(CREDENTIAL_ID, "Dockline", "docklineApi", data, f"{PACKAGE_NAME}.")
    deploy_flows(FLOWS, [credential], api, home.n8n_folder / "deployed.json", say)
    _subscribe(api, server.base_url, Subscriptions(connector_url, access.api_key), say)
    return len(list(FLOWS.glob("*.json")))


def triggers(workflows: Iterable[Json], base_url: str) -> list[Trigger]:
    """The Dockline triggers of the published workflows among `workflows`."""
    return [
        Trigger(workflow["id"], workflow["name"], node["name"], f"{base_url}/webhook/{node['webhookId']}/webhook")
        for workflow in workflows
        if workflow["active"]
        for node in workflow["nodes"]
        if node["type"] == TRIGGER and not node.get("disabled")
    ]


@dataclass(frozen=True)
class Subscriptions:
    """The subscriptions that the connector has for one tenant."""

    connector_url: str
    api_key: str

    def urls(self) -> dict[str, str]:
        """Subscription id to the address it delivers to."""
        return {entry["id"]: entry["url"] for entry in self._call("GET", "")["subscriptions"]}

    def end(self, subscription_id: str) -> None:
        """Remove one."""
        self._call("DELETE", f"/{subscription_id}")

    def _call(self, method: str, path: str) -> Json:
        with httpx.Client(trust_env=False, timeout=30, headers={"authorization": f"Bearer {self.api_key}"}) as http:
            return call(http, method, f"{self.connector_url}/v1/subscriptions{path}")


def _subscribe(api: N8nApi, base_url: str, subscriptions: Subscriptions, say: Progress) -> None:
    """Publish again what lost its subscription, and end those to addresses where this n8n listened before."""
    wanted = triggers(api.workflows(), base_url)
    known = subscriptions.urls()
    paths = {trigger.url.removeprefix(base_url) for trigger in wanted}
    for subscription_id, url in known.items():
        if not url.startswith(base_url) and any(url.endswith(path) for path in paths):
            subscriptions.end(subscription_id)
    for workflow_id, name in {t.workflow_id: t.workflow for t in wanted if t.url not in known.values()}.items():
        say(f"publishing {name} again: its trigger was not subscribed")
        api.unpublish(workflow_id)
        api.publish(workflow_id)
