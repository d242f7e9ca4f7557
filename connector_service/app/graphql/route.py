"""GraphQL over HTTP."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from connector_service.app.problems import StrictRoute
from connector_service.app.services import KnownCaller, UsedServices

router = APIRouter(tags=["queries"], route_class=StrictRoute)


class _Camel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class PersistedQuery(_Camel):
    """Which kept query is meant."""

    version: int = Field(ge=1, le=1)
    sha256_hash: str = Field(alias="sha256Hash", pattern=r"^[0-9a-f]{64}$")


class Extensions(_Camel):
    """What else may be said of a query; what is not known is ignored, as GraphQL demands."""

    persisted_query: PersistedQuery | None = None


class GraphQLRequest(_Camel):
    """A query, or the hash of one that was sent before."""

    query: str | None = Field(default=None, examples=["{ orders(first: 5) { nodes { number status } } }"])
    operation_name: str | None = None
    variables: dict[str, Any] | None = None
    extensions: Extensions | None = None


@router.post("/v1/graphql", summary="Ask about stock, orders and shipments in GraphQL")
async def graphql(said: GraphQLRequest, caller: KnownCaller, services: UsedServices) -> Response:
    """Inventory, locations, orders, shipments and exceptions of the caller's tenant, read only.

    A query that is refused or fails in parts is answered with 200 and `errors`, each with a code in its `extensions`.
    """
    from connector_service.app.graphql.engine import Asked
    from connector_service.app.graphql.reads import Sources

    engine = await services.graphql.get()
    persisted = said.extensions.persisted_query if said.extensions else None
    asked = Asked(said.query, said.operation_name, said.variables or {}, persisted.sha256_hash if persisted else None)
    sources = Sources(services.store, services.availability, caller.tenant_id, services.store.clock.now())
    return Response(orjson.dumps(await engine.answer(sources, asked)), media_type="application/json")
