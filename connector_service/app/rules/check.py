"""Check a rule file before it is published, fit for every keystroke of an editor."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from connector_service.app.problems import StrictRoute
from connector_service.app.rules.workbench import WORKBENCH
from connector_service.app.services import KnownCaller, Services, UsedServices
from connector_service.rules_authoring import jobs

router = APIRouter(tags=["rules"], route_class=StrictRoute)


class CheckBody(BaseModel):
    """A rule file or a tenant's layer: its text as an author wrote it, or the document."""

    model_config = ConfigDict(extra="forbid")

    text: str | None = Field(default=None, description="the file as it stands in an editor; findings name lines of it")
    document: dict[str, JsonValue] | None = Field(default=None, description="the file as JSON")
    notes: bool = Field(default=False, description="also tell what only the order of the rules decides")

    @model_validator(mode="after")
    def _one_of_both(self) -> CheckBody:
        if (self.text is None) == (self.document is None):
            raise ValueError('Send either "text" or "document"')
        return self


@router.post("/v1/rules/check", summary="Check a rule file")
async def check_rules(body: CheckBody, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Every finding with severity, rule, JSON pointer, line, what is wrong and how to mend it; changes nothing.

    The file's own tests are run. Past two seconds the check is given up.
    """
    text = orjson.dumps(body.document).decode() if body.text is None else body.text
    return await checked(services, caller.tenant_id, text, notes=body.notes)


async def checked(services: Services, tenant_id: str, text: str, *, notes: bool = False) -> dict[str, Any]:
    """What a check finds in a text, in a process of its own. Raises InvalidInput past two seconds."""
    base = services.rules
    bases = {info.id: base.compiled(info.id).file.document for info in base.files()} if '"extends"' in text else {}
    arguments = {
        "text": text,
        "folder": str(services.settings.rules.resolve()),
        "bases": bases,
        "today": base.of(tenant_id).clock.now().date().isoformat(),
        "notes": notes,
    }
    found: dict[str, Any] = await WORKBENCH.run(jobs.check, arguments)
    return found
