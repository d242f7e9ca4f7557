"""Which rule files run, and reading them again."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter

from connector_service.app.problems import StrictRoute
from connector_service.app.services import KnownCaller, UsedServices
from connector_service.errors import RulesInvalid
from connector_service.rules_publishing import views
from connector_service.store.rule_versions import EVERYONE

router = APIRouter(tags=["rules"], route_class=StrictRoute)


@router.get("/v1/rules", summary="List rule files")
async def list_rules(caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """The rule files in force for the caller's tenant, with version and content hash, and what is tried beside them."""
    return {"files": views.files_as_json(services.rules.of(caller.tenant_id), services.rules.of(EVERYONE))}


@router.post("/v1/rules/reload", summary="Read the rule files again")
async def reload_rules(caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Put changed rule files into force; with a mistake in any of them the running version stays."""
    findings = await asyncio.to_thread(services.rules.reload)
    if findings:
        raise RulesInvalid("The running rules stay. " + "\n".join(str(finding) for finding in findings))
    return await list_rules(caller, services)
