"""The owner's session with n8n's editor interface `/rest`: two things that its public API cannot do."""

from typing import Any

import httpx

from connector_service.local.n8n_http import Json, call

KEY_LABEL = "dockline"


class N8nSession:
    """A logged-in owner. The cookie lives in `http`, so one client serves one n8n: cookies do not tell ports apart.

    Raises, at the login and in every call: InstallationProblem when n8n does not answer, Conflict when it refuses.
    """

    def __init__(self, http: httpx.Client, base_url: str, email: str, password: str) -> None:
        self._http = http
        self._base_url = base_url
        self._rest("POST", "login", json={"emailOrLdapLoginId": email, "password": password})

    def create_workflow(self, workflow: Json) -> Json:
        """Create a workflow under the `id` it names; the stored workflow."""
        stored: Json = self._rest("POST", "workflows", json=workflow)["data"]
        return stored

    def run_workflow(self, workflow_id: str, trigger: str) -> str:
        """Run the stored version of a workflow from one of its triggers, as the editor's button does; the execution's
        id. It may not have ended yet."""
        ran = self._rest("POST", f"workflows/{workflow_id}/run", json={"triggerToStartFrom": {"name": trigger}})
        execution_id: str = ran["data"]["executionId"]
        return execution_id

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
