"""Which rule files run, and reading them again."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from connector_service.app.problems import StrictRoute
from connector_service.app.services import KnownCaller, UsedServices
from connector_service.errors import RulesInvalid

router = APIRouter(tags=["rules"], route_class=StrictRoute)


@router.get("/v1/rules", summary="List rule files")
async def list_rules(caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """The running rule files with version and content hash."""
    return {
        "files": [
            {
                "id": info.id,
                "version": info.version,
                "status": info.status,
                "hash": info.content_hash,
                "rules": info.rule_count,
                "description": info.description,
            }
            for info in services.rules.files()
        ]
    }


@router.post("/v1/rules/reload", summary="Read the rule files again")
async def reload_rules(caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Put changed rule files into force; with a mistake in any of them the running version stays."""
    findings = services.rules.reload()
    if findings:
        raise RulesInvalid("The running rules stay. " + "\n".join(str(finding) for finding in findings))
    return await list_rules(caller, services)
