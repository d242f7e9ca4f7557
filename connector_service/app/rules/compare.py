"""What a new version of a rule file would change: counted over all kinds of facts, and over recorded decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from connector_service.app.problems import StrictRoute
from connector_service.app.rules.workbench import WORKBENCH
from connector_service.app.services import KnownCaller, Services, UsedServices
from connector_service.errors import InvalidInput
from connector_service.rules_authoring.diff import comparing
from connector_service.rules_publishing.kept import kept_document
from connector_service.store import decisions
from nodes.runner import Caller

router = APIRouter(tags=["rules"], route_class=StrictRoute)
DIFF_SECONDS = 10.0
REPLAY_SECONDS = 30.0


class NewVersion(BaseModel):
    """A new version: a whole rule file, or a tenant's layer over one."""

    model_config = ConfigDict(extra="forbid")

    document: dict[str, JsonValue] = Field(description="the new version")


class DiffBody(NewVersion):
    """A new version, and what to compare it with: an older document, a published version, or what is in force."""

    against: dict[str, JsonValue] | None = Field(default=None, description="the older version as a document")
    version: str | None = Field(default=None, max_length=100, description="a version that was published")


class ReplayBody(NewVersion):
    """A new version, and how many of the latest decisions to ask it about."""

    last: int = Field(default=1_000, ge=1, le=5_000, description="at most so many decisions")


@router.post("/v1/rules/diff", summary="Compare two versions of a rule file")
async def diff_rules(body: DiffBody, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """How many kinds of facts change their answer and how, each with an example, and what was written differently."""
    if body.against is not None and body.version is not None:
        raise InvalidInput('Compare with one thing: send "against" or "version".', pointer="/version")
    rules, file_id = services.rules.of(caller.tenant_id), _file_id(body.document)
    old: Mapping[str, Any]
    if body.against is not None:
        old = body.against
    elif body.version is not None:
        old = kept_document(services.store.reader, caller.tenant_id, file_id, body.version)
    else:
        old = rules.compiled(file_id).file.document
    today = rules.clock.now().date().isoformat()
    arguments = {"old": old, "new": body.document, "today": today, **_words(services)}
    found: dict[str, Any] = await WORKBENCH.run(comparing.compare, arguments, DIFF_SECONDS)
    return found


@router.post("/v1/rules/replay", summary="Ask a new version about recorded decisions")
async def replay_rules(body: ReplayBody, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """How many of the latest decisions of the file would be others, from what to what, each listed; decides nothing."""
    file_id = _file_id(body.document)
    arguments = {
        "new": body.document,
        "decisions": _recorded(services, caller, file_id, body.last),
        "derived": _derived(services, caller, file_id),
        **_words(services),
    }
    found: dict[str, Any] = await WORKBENCH.run(comparing.ask_again, arguments, REPLAY_SECONDS)
    return found


def _file_id(document: Mapping[str, Any]) -> str:
    """The file that a document is a version of, or that a layer extends.

    Raises:
        InvalidInput: it names none.
    """
    name = document.get("id") or str(document.get("extends", "")).partition("@")[0]
    if not isinstance(name, str) or not name:
        raise InvalidInput("A rule file has an id, and a layer extends one.", pointer="/document/id")
    return name


def _words(services: Services) -> dict[str, Any]:
    """What documents may use: the files that a layer may extend, and the folder with vocabularies and organisation."""
    base = services.rules
    bases = {info.id: base.compiled(info.id).file.document for info in base.files()}
    return {"bases": bases, "folder": str(services.settings.rules.resolve())}


def _recorded(services: Services, caller: Caller, file_id: str, last: int) -> list[dict[str, Any]]:
    found = decisions.latest_of_file(services.store.reader, caller.tenant_id, file_id, last)
    return [decision.model_dump(mode="json") for decision in found]


def _derived(services: Services, caller: Caller, file_id: str) -> list[str]:
    """What the version in force derives: such names stand among recorded facts."""
    found = services.rules.of(caller.tenant_id).in_force.get(file_id)
    return [each.name for each in found.live.file.derived] if found is not None else []
