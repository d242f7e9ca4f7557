"""Ask the running connector of this checkout."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any

import httpx

from connector_service.errors import (
    Conflict,
    DocklineError,
    InstallationProblem,
    InvalidInput,
    NotFound,
    StoreUnavailable,
    Unauthorized,
)
from connector_service.local.home import Home

_BY_STATUS: dict[int, type[DocklineError]] = {
    401: Unauthorized,
    404: NotFound,
    409: Conflict,
    422: InvalidInput,
    503: StoreUnavailable,
}


class Connector:
    """A client with the key of this checkout, to be used in a `with` block.

    Every call raises InstallationProblem when nothing answers, and what the connector's problem document says when it
    refuses.
    """

    def __init__(self, home: Home) -> None:
        self.url = home.url("connector")
        key = home.access().api_key
        if self.url is None:
            raise InstallationProblem("The connector does not run. Start it: dockline up")
        self._http = httpx.Client(
            base_url=self.url, trust_env=False, timeout=60, headers={"authorization": f"Bearer {key}"}
        )

    def __enter__(self) -> Connector:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, **params: str | int) -> dict[str, Any]:
        """GET a JSON object."""
        return self._call("GET", path, params=params)

    def post(self, path: str, body: object) -> dict[str, Any]:
        """POST a JSON body."""
        return self._call("POST", path, json=body)

    def put(self, path: str, body: object) -> dict[str, Any]:
        """PUT a JSON body."""
        return self._call("PUT", path, json=body)

    def delete(self, path: str) -> dict[str, Any]:
        """DELETE what lies there."""
        return self._call("DELETE", path)

    def upload(self, path: str, pieces: Iterator[bytes], params: dict[str, str], content_type: str) -> dict[str, Any]:
        """POST a file piece by piece; an answer in which every line is refused is an answer too."""
        headers = {"content-type": content_type}
        answer = self._sent("POST", path, content=pieces, params=params, headers=headers)
        said: dict[str, Any] = answer.json() if answer.status_code == 422 else {}
        return said if "refusals" in said else self._said(answer)

    def _call(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        return self._said(self._sent(method, path, **request))

    def _sent(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **request)
        except httpx.TransportError as problem:
            raise InstallationProblem(
                f"The connector at {self.url} does not answer ({problem!r}). Look: dockline doctor"
            ) from problem

    def _said(self, answer: httpx.Response) -> dict[str, Any]:
        if answer.is_success:
            said: dict[str, Any] = answer.json()
            return said
        raise _refusal(answer)


def _refusal(answer: httpx.Response) -> DocklineError:
    try:
        said = answer.json()
    except ValueError:
        said = {"detail": answer.text[:500]}
    error = _BY_STATUS.get(answer.status_code, DocklineError)(
        str(said.get("detail") or f"HTTP {answer.status_code}"), pointer=said.get("pointer")
    )
    error.title = str(said.get("title") or error.title)
    return error
