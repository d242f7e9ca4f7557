"""One request to a local n8n, and what its refusals become."""

from collections.abc import Sequence
from typing import Any

import httpx

from connector_service.errors import Conflict, InstallationProblem, NotFound

Json = dict[str, Any]


def loopback_client() -> httpx.Client:
    """An HTTP client for one program on this machine: never through a proxy, patient with a busy n8n."""
    return httpx.Client(trust_env=False, timeout=60.0)


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
