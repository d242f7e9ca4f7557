"""The published JSON Schemas."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Response

import canonical_models
from connector_service.errors import NotFound

router = APIRouter(tags=["schemas"])
SCHEMAS = Path(canonical_models.__file__).parent / "schemas"


@router.get("/v1/schemas", summary="List JSON Schemas")
async def list_schemas() -> dict[str, list[str]]:
    """The names of all published schemas."""
    return {"schemas": sorted(path.name for path in SCHEMAS.glob("*.json"))}


@router.get("/v1/schemas/{name}", summary="Get a JSON Schema")
async def get_schema(name: str) -> Response:
    """One schema, such as `order.v1.json`."""
    if name not in (await list_schemas())["schemas"]:
        raise NotFound(f"There is no schema {name!r}; GET /v1/schemas lists them.")
    return Response((SCHEMAS / name).read_bytes(), media_type="application/schema+json")
