"""The published JSON Schemas: of the canonical models, and of rule files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

import canonical_models
from connector_service.app.services import UsedServices
from connector_service.errors import NotFound
from connector_service.rules_engine.folder import Words
from connector_service.rules_engine.schemas.generate import texts

router = APIRouter(tags=["schemas"])
SCHEMAS = Path(canonical_models.__file__).parent / "schemas"


_made: dict[str, dict[str, str]] = {}


def _rule_schemas(words: Words) -> dict[str, str]:
    """The schemas of rule files as the organisation and the vocabularies in force make them; the last are kept."""
    found = _made.get(words.content_hash)
    if found is None:
        found = texts(words)
        _made.clear()
        _made[words.content_hash] = found
    return found


@cache
def _model_schemas() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in SCHEMAS.glob("*.json")}


async def _published(services: UsedServices) -> dict[str, str]:
    rules = await run_in_threadpool(_rule_schemas, services.rules.base.words)
    return {**_model_schemas(), **rules}


@router.get("/v1/schemas", summary="List JSON Schemas")
async def list_schemas(services: UsedServices) -> dict[str, list[str]]:
    """The names of all published schemas: one for each canonical model, and for rule files `ruleset.schema.json` and
    one for each vocabulary, in which an editor completes every name that exists."""
    return {"schemas": sorted(await _published(services))}


@router.get("/v1/schemas/{name}", summary="Get a JSON Schema")
async def get_schema(name: str, services: UsedServices) -> Response:
    """One schema, such as `order.v1.json` or `order@1.ruleset.schema.json`."""
    found = (await _published(services)).get(name)
    if found is None:
        raise NotFound(f"There is no schema {name!r}; GET /v1/schemas lists them.")
    return Response(found, media_type="application/schema+json")
