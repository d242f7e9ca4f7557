"""n8n's two HTTP interfaces, as far as this product needs them.

`/api/v1` is n8n's public API and takes an API key. `/rest` is what its editor uses, takes the owner's login cookie,
and is needed for what the public API cannot do: making the first API key, creating a workflow under a given id, and
running one by hand. Both are those of the pinned version, `n8n_install.N8N_VERSION`.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import Any, Literal

import httpx

from connector_service.errors import Conflict, InstallationProblem, NotFound
from connector_service.local.n8n_http import Json, call
from connector_service.local.n8n_secrets import write_private
from connector_service.local.n8n_server import N8nServer
from connector_service.local.n8n_session import N8nSession
from connector_service.local.processes import wait_until

ExecutionStatus = Literal["canceled", "crashed", "error", "new", "running", "success", "unknown", "waiting"]

WRITABLE = ("name", "nodes", "connections", "settings", "nodeGroups", "staticData", "pinData")
PAGE = 250


class N8nApi:
    """A client of one running n8n. Every call raises InstallationProblem when n8n does not answer, NotFound for an
    unknown id, and Conflict with n8n's own words when it refuses."""

    def __init__(self, http: httpx.Client, base_url: str, api_key: str, log_in: Callable[[], N8nSession]) -> None:
        self._http = http
        self._base_url = base_url
        self._key = {"X-N8N-API-KEY": api_key}
        self._log_in = log_in

    @cached_property
    def _session(self) -> N8nSession:
        # Logging in five times a minute is refused, so one login serves all calls.
        return self._log_in()

    def accepts_key(self) -> bool:
        """Whether n8n accepts the API key."""
        try:
            self._public("GET", "workflows", params={"limit": 1})
        except Conflict:
            return False
        return True

    def credential_ids(self) -> set[str]:
        """The ids of all stored credentials."""
        return {entry["id"] for entry in self._pages("credentials", {})}

    def create_credential(self, identity: str, name: str, type_name: str, data: Mapping[str, Any]) -> None:
        """Store a credential under an id of at most 16 characters; its type must be loaded."""
        fields = {"id": identity, "name": name, "type": type_name, "data": dict(data)}
        self._public("POST", "credentials", json=fields)

    def replace_credential(self, identity: str, name: str, type_name: str, data: Mapping[str, Any]) -> None:
        """Replace what is stored under an id."""
        fields = {"name": name, "type": type_name, "data": dict(data)}
        self._public("PATCH", f"credentials/{identity}", json=fields)

    def put_workflow(self, workflow: Mapping[str, Any]) -> str:
        """Create or replace a workflow under its own `id`; returns the id of the new version, which n8n does not run
        before `publish`."""
        written = {name: workflow[name] for name in WRITABLE if workflow.get(name) is not None}
        written.setdefault("settings", {})
        try:
            stored = self._public("PUT", f"workflows/{workflow['id']}", json=written)
        except NotFound:
            stored = self._session.create_workflow({"id": workflow["id"], **written})
        version: str = stored["versionId"]
        return version

    def publish(self, workflow_id: str) -> None:
        """Make the newest version of a workflow the running one; returns when its triggers are registered."""
        self._public("POST", f"workflows/{workflow_id}/publish", json={})

    def unpublish(self, workflow_id: str) -> None:
        """Stop a workflow's triggers; its webhooks may answer for a few seconds more."""
        self._public("POST", f"workflows/{workflow_id}/unpublish")

    def delete_workflow(self, workflow_id: str) -> None:
        """Delete a workflow and its executions."""
        self._public("DELETE", f"workflows/{workflow_id}")

    def workflows(self) -> list[Json]:
        """Every workflow, whole."""
        return list(self._pages("workflows", {"excludePinnedData": "true"}))

    def run_workflow(self, workflow_id: str, trigger: str) -> str:
        """Run a workflow from one of its triggers, as the editor's button does; the id of an execution that may not
        have ended yet."""
        return self._session.run_workflow(workflow_id, trigger)

    def export_workflow(self, workflow_id: str) -> Json:
        """The workflow as it belongs into `workflows_export/`: portable fields only, credentials stripped."""
        return portable(self._public("GET", f"workflows/{workflow_id}"))

    def executions(
        self, workflow_id: str | None = None, status: ExecutionStatus | None = None, limit: int = PAGE
    ) -> list[Json]:
        """The newest executions first, without their data. n8n leaves out `new` and `running` ones unless asked by
        status; successful ones exist only where `save_successful` is `all`."""
        asked = {"workflowId": workflow_id, "status": status}
        pages = self._pages("executions", {name: value for name, value in asked.items() if value})
        return list(islice(pages, limit))

    def execution(self, execution_id: str) -> Json:
        """One execution with its data: what every node received and returned."""
        return self._public("GET", f"executions/{execution_id}", params={"includeData": "true"})

    def wait_for_webhook(self, path: str, method: str = "POST", seconds: float = 60.0) -> None:
        """Wait until the production webhook `path` is registered, without running its flow.

        A preflight request is answered with the registered methods and starts nothing.

        Raises:
            InstallationProblem: it is not registered after `seconds`.
        """
        if not wait_until(lambda: method in self._registered_methods(path), seconds):
            raise InstallationProblem(
                f"no published flow answers {method} {self._base_url}/webhook/{path} after {seconds:.0f} seconds; "
                "look for its error in n8n's log and whether it is published in the editor"
            )

    def _registered_methods(self, path: str) -> set[str]:
        try:
            answer = self._http.options(
                f"{self._base_url}/webhook/{path}", headers={"Origin": self._base_url}, timeout=5.0
            )
        except httpx.TransportError:
            return set()
        return set(answer.headers.get("Access-Control-Allow-Methods", "").split(", "))

    def _pages(self, path: str, params: Mapping[str, str]) -> Iterator[Json]:
        cursor: str | None = None
        while True:
            page = self._public("GET", path, params={**params, "limit": PAGE, **({"cursor": cursor} if cursor else {})})
            yield from page["data"]
            cursor = page.get("nextCursor")
            if not cursor:
                return

    def _public(self, method: str, path: str, **request: Any) -> Json:
        return call(self._http, method, f"{self._base_url}/api/v1/{path}", headers=self._key, **request)


def connect(server: N8nServer, http: httpx.Client) -> N8nApi:
    """A client for `server`, with the API key kept in `<user folder>/api-key`; a missing or refused key is made anew.

    `http` must serve this n8n alone: it keeps the owner's login cookie.
    """

    def log_in() -> N8nSession:
        return N8nSession(http, server.base_url, server.settings.owner_email, server.secrets.password)

    path = server.settings.user_folder / "api-key"
    api = N8nApi(http, server.base_url, path.read_text() if path.exists() else "", log_in)
    if api.accepts_key():
        return api
    session = log_in()
    key = session.create_api_key()
    write_private(path, key)
    return N8nApi(http, server.base_url, key, lambda: session)


def portable(workflow: Mapping[str, Any]) -> Json:
    """The fields of a workflow that mean the same in every n8n; nodes without the credentials they used here."""
    kept = {name: workflow[name] for name in ("id", "name", "nodes", "connections", "settings")}
    kept["nodes"] = [without_credentials(node) for node in workflow["nodes"]]
    return kept


def without_credentials(node: Mapping[str, Any]) -> Json:
    """A node without the ids and names of this installation's credentials."""
    return {name: value for name, value in node.items() if name != "credentials"}
