"""Bring the shipped workflows and their credentials into a running n8n, loading only what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ValidationError

from connector_service.errors import Conflict, InvalidInput
from connector_service.local.cache import short_hash
from connector_service.local.n8n_api import N8nApi
from connector_service.local.n8n_http import Json
from connector_service.local.n8n_secrets import write_private
from connector_service.local.progress import Progress

LONGEST_ID = 21
"""Under a longer id n8n 2.41 keeps no data for a workflow's triggers: they forget their subscription's secret."""
REQUIRED = {"id": str, "name": str, "nodes": list, "connections": dict}


@dataclass(frozen=True)
class Credential:
    """A credential to store under a fixed `id` (at most 16 characters) and to give to every node whose type starts
    with `used_by`; shipped workflows name no credentials of their own."""

    id: str
    name: str
    type: str
    data: Mapping[str, Any]
    used_by: str


@dataclass
class Deployment:
    """What `deploy_flows` did, by workflow name. `kept` are those that a person edited or archived in n8n."""

    loaded: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)


class Deployed(BaseModel):
    """One workflow as we last loaded it: the hash of its file with credentials, and n8n's id of that version."""

    content: str
    version: str


class Ledger(BaseModel):
    """What was loaded into one n8n, kept in `<user folder>/deployed.json`."""

    credentials: dict[str, str] = {}
    workflows: dict[str, Deployed] = {}


def deploy_flows(
    folder: Path, credentials: Sequence[Credential], api: N8nApi, ledger: Path, progress: Progress
) -> Deployment:
    """Make n8n run every workflow file of `folder`; calling it again does only what is still missing.

    A workflow whose file changed is replaced and published, unless someone edited it in n8n's editor since: that
    edit is kept and reported. One whose file disappeared is unpublished. `ledger` remembers what was loaded.

    Raises:
        InvalidInput: a file is no workflow, or two files share an id; nothing was loaded.
        Conflict: n8n refuses a workflow or a credential, with its own words.
        InstallationProblem: n8n does not answer.
    """
    workflows = [with_credentials(workflow, credentials) for _, workflow in read_workflows(folder)]
    known = _read_ledger(ledger)
    try:
        _load_credentials(credentials, api, known)
        return _load_workflows(workflows, api, known, progress)
    finally:
        write_private(ledger, known.model_dump_json())


def read_workflows(folder: Path) -> list[tuple[Path, Json]]:
    """Every `*.json` file of `folder` with its workflow, checked to have an id of its own.

    Raises:
        InvalidInput: names the file and what is wrong with it.
    """
    found: dict[str, Path] = {}
    workflows = []
    for path in sorted(folder.glob("*.json")):
        workflow = _read_workflow(path)
        if other := found.get(workflow["id"]):
            raise InvalidInput(
                f"{path} and {other} have the same id {workflow['id']!r}; ids must differ", pointer="/id"
            )
        found[workflow["id"]] = path
        workflows.append((path, workflow))
    return workflows


def with_credentials(workflow: Json, credentials: Sequence[Credential]) -> Json:
    """The workflow with each credential given to the nodes that use it."""
    return {**workflow, "nodes": [_node_with_credentials(node, credentials) for node in workflow["nodes"]]}


def _node_with_credentials(node: Json, credentials: Sequence[Credential]) -> Json:
    given = {c.type: {"id": c.id, "name": c.name} for c in credentials if node["type"].startswith(c.used_by)}
    return {**node, "credentials": given} if given else node


def _read_workflow(path: Path) -> Json:
    try:
        workflow = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as problem:
        raise InvalidInput(f"{path} is not JSON: {problem}") from problem
    if not isinstance(workflow, dict):
        raise InvalidInput(f"{path} must hold one workflow, a JSON object")
    for name, kind in REQUIRED.items():
        if not isinstance(workflow.get(name), kind):
            raise InvalidInput(f"{path} must have {name!r} as {kind.__name__}", pointer=f"/{name}")
    if len(workflow["id"]) > LONGEST_ID:
        raise InvalidInput(f"{path}: the id {workflow['id']!r} has more than {LONGEST_ID} characters", pointer="/id")
    return workflow


def _read_ledger(path: Path) -> Ledger:
    try:
        return Ledger.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return Ledger()  # loading everything again is always right, only slower


def _load_credentials(credentials: Sequence[Credential], api: N8nApi, known: Ledger) -> None:
    stored = api.credential_ids()
    for credential in credentials:
        content = short_hash([credential.name, credential.type, dict(credential.data)])
        fields = (credential.id, credential.name, credential.type, credential.data)
        if credential.id not in stored:
            api.create_credential(*fields)
        elif known.credentials.get(credential.id) != content:
            api.replace_credential(*fields)
        known.credentials[credential.id] = content


def _load_workflows(workflows: list[Json], api: N8nApi, known: Ledger, progress: Progress) -> Deployment:
    stored = {entry["id"]: entry for entry in api.workflows()}
    done = Deployment()
    to_publish = []
    for workflow in workflows:
        identity, name, content = workflow["id"], workflow["name"], short_hash(workflow)
        present = stored.get(identity)
        if present and (reason := _kept_because(present, known.workflows.get(identity), content)):
            done.kept.append(name)
            progress(f"{name}: {reason} in n8n, left so; delete it there to get the shipped version")
            continue
        if present and identity in known.workflows and known.workflows[identity].content == content:
            done.unchanged.append(name)
        else:
            known.workflows[identity] = Deployed(content=content, version=api.put_workflow(workflow))
            done.loaded.append(name)
        if name in done.loaded or not (present and present["active"]):
            to_publish.append(workflow)
    _publish(to_publish, api, progress)
    _retire({workflow["id"] for workflow in workflows}, stored, api, known, done)
    return done


def _kept_because(present: Json, last: Deployed | None, content: str) -> str | None:
    """Why a stored workflow stays as a person left it; None when it may be replaced or needs no change."""
    if present["isArchived"]:
        return "was archived"
    if last and last.content != content and present["versionId"] != last.version:
        return "was edited"
    return None


def _publish(workflows: list[Json], api: N8nApi, progress: Progress) -> None:
    """Publish in rounds: n8n refuses a workflow that calls one which is not yet published."""
    while workflows:
        refusals = {workflow["id"]: _refusal(workflow, api, progress) for workflow in workflows}
        refused = [workflow for workflow in workflows if refusals[workflow["id"]]]
        if len(refused) == len(workflows):
            name, why = refused[0]["name"], refusals[refused[0]["id"]]
            raise Conflict(f"n8n cannot run the flow {name!r}: {why}")
        workflows = refused


def _refusal(workflow: Json, api: N8nApi, progress: Progress) -> str | None:
    try:
        api.publish(workflow["id"])
    except Conflict as refusal:
        return refusal.detail
    progress(f"published {workflow['name']}")
    return None


def _retire(shipped: set[str], stored: Mapping[str, Json], api: N8nApi, known: Ledger, done: Deployment) -> None:
    for identity in known.workflows.keys() - shipped:
        if identity in stored:
            api.unpublish(identity)
            done.retired.append(stored[identity]["name"])
        del known.workflows[identity]
