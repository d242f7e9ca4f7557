"""n8n's two HTTP interfaces, as far as this product needs them.

`/api/v1` is n8n's public API and takes an API key. `/rest` is what its editor uses, takes the owner's login cookie,
and is needed for two things the public API cannot do: making the first API key, and creating a workflow under a
given id. Both are those of the pinned version, `n8n_install.N8N_VERSION`.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import httpx

from connector_service.errors import Conflict, InstallationProblem, NotFound
from connector_service.local.n8n_secrets import write_private
from connector_service.local.n8n_server import N8nServer
from connector_service.local.processes import wait_until

Json = dict[str, Any]
ExecutionStatus = Literal["canceled", "crashed", "error", "new", "running", "success", "unknown", "waiting"]

KEY_LABEL = "dockline"
WRITABLE = ("name", "nodes", "connections", "settings", "nodeGroups", "staticData", "pinData")
PAGE = 250


class N8nApi:
    """A client of one running n8n. Every call raises InstallationProblem when n8n does not answer, NotFound for an
    unknown id, and Conflict with n8n's own words when it refuses."""

    def __init__(self, http: httpx.Client, base_url: str, api_key: str) -> None:
        self._http = http
        self._base_url = base_url
        self._key = {"X-N8N-API-KEY": api_key}

    def put_credential(self, credential: Mapping[str, Any]) -> None:
        """Create or replace a credential `{id, name, type, data}`; the id (at most 16 characters) stays as given."""
        known = {entry["id"] for entry in self._pages("credentials", {})}
        identity = credential["id"]
        if identity in known:
            changed = {name: credential[name] for name in ("name", "type", "data")}
            self._public("PATCH", f"credentials/{identity}", json=changed)
        else:
            self._public("POST", "credentials", json=dict(credential))

    def put_workflow(self, workflow: Mapping[str, Any], session: "N8nSession") -> None:
        """Create or replace a workflow under its own `id`. What runs stays as it was until `publish`."""
        written = {name: workflow[name] for name in WRITABLE if workflow.get(name) is not None}
        written.setdefault("settings", {})
        try:
            self._public("PUT", f"workflows/{workflow['id']}", json=written)
        except NotFound:
            session.create_workflow({"id": workflow["id"], **written})

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
        return [execution for _, execution in zip(range(limit), pages, strict=False)]

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


class N8nSession:
    """The owner's logged-in session; made by `logged_in`. Its cookies live in this session's own client."""

    def __init__(self, http: httpx.Client, base_url: str) -> None:
        self._http = http
        self._base_url = base_url

    def create_workflow(self, workflow: Json) -> None:
        """Create a workflow under the `id` it names."""
        self._rest("POST", "workflows", json=workflow)

    def create_api_key(self) -> str:
        """A new API key with every scope the owner has; an earlier one of ours is deleted first."""
        for entry in self._rest("GET", "api-keys")["data"]["items"]:
            if entry["label"] == KEY_LABEL:
                self._rest("DELETE", f"api-keys/{entry['id']}")
        scopes = self._rest("GET", "api-keys/scopes")["data"]
        wanted = {"label": KEY_LABEL, "expiresAt": None, "scopes": scopes}
        key: str = self._rest("POST", "api-keys", json=wanted)["data"]["rawApiKey"]
        return key

    def _rest(self, method: str, path: str, **request: Any) -> Json:
        return call(self._http, method, f"{self._base_url}/rest/{path}", **request)


@contextmanager
def logged_in(server: N8nServer) -> Iterator[N8nSession]:
    """The owner's session for one piece of work."""
    with loopback_client() as http:
        who = {"emailOrLdapLoginId": server.settings.owner_email, "password": server.secrets.password}
        call(http, "POST", f"{server.base_url}/rest/login", json=who)
        yield N8nSession(http, server.base_url)


def connect(server: N8nServer, http: httpx.Client) -> N8nApi:
    """A client with the API key kept in `<user folder>/api-key`; a missing or refused key is made anew."""
    path = server.settings.user_folder / "api-key"
    if path.exists():
        key = path.read_text()
        probe = http.get(f"{server.base_url}/api/v1/workflows", params={"limit": 1}, headers={"X-N8N-API-KEY": key})
        if probe.status_code != httpx.codes.UNAUTHORIZED:
            return N8nApi(http, server.base_url, key)
    with logged_in(server) as session:
        key = session.create_api_key()
    write_private(path, key)
    return N8nApi(http, server.base_url, key)


def loopback_client() -> httpx.Client:
    """An HTTP client for programs on this machine: never through a proxy, patient with a busy n8n."""
    return httpx.Client(trust_env=False, timeout=60.0)


def portable(workflow: Mapping[str, Any]) -> Json:
    """The fields of a workflow that mean the same in every n8n; nodes without the credentials they used here."""
    kept = {name: workflow[name] for name in ("id", "name", "nodes", "connections", "settings")}
    kept["nodes"] = [without_credentials(node) for node in workflow["nodes"]]
    return kept


def without_credentials(node: Mapping[str, Any]) -> Json:
    """A node without the ids and names of this installation's credentials."""
    return {name: value for name, value in node.items() if name != "credentials"}


def call(http: httpx.Client, method: str, url: str, **request: Any) -> Json:
    """One request to n8n; its JSON object, `{}` when the body is empty.

    Raises:
        InstallationProblem: no answer. NotFound: 404. Conflict: any other refusal, with n8n's words.
    """
    try:
        answer = http.request(method, url, **request)
    except httpx.TransportError as problem:
        raise InstallationProblem(f"n8n does not answer {method} {url}: {problem!r}. Is it running?") from problem
    if answer.is_success:
        body: Json = answer.json() if answer.content else {}
        return body
    said = f"n8n answered {method} {url} with {answer.status_code}: {_words(answer)}"
    raise NotFound(said) if answer.status_code == httpx.codes.NOT_FOUND else Conflict(said)


def _words(answer: httpx.Response) -> str:
    try:
        body = answer.json()
    except ValueError:
        return answer.text[:500]
    parts: Sequence[object] = (body.get("message"), body.get("description"), body.get("hint"))
    return ". ".join(str(part) for part in parts if part)
