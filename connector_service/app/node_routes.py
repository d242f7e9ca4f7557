"""One route per node, with its OpenAPI entry, from the node's declaration."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from connector_service.app.problems import read_json
from connector_service.app.services import KnownCaller, UsedServices
from connector_service.errors import InvalidInput
from nodes.contract import MAX_ITEMS, Node
from nodes.registry import ALL_NODES
from nodes.runner import dumps


def items_of(body: bytes) -> list[Any]:
    """The items of a node call's body.

    Raises:
        InvalidInput: it is no JSON object with a list `items` of 1 to MAX_ITEMS objects.
    """
    said = read_json(body)
    if not isinstance(said, dict) or not isinstance(said.get("items"), list):
        raise InvalidInput('The body must be an object such as {"items": [{...}]}.', pointer="/items")
    unknown = sorted(said.keys() - {"items"})
    if unknown:
        raise InvalidInput(f"Unknown field {unknown[0]!r}; a node call has only `items`.", pointer=f"/{unknown[0]}")
    if not 1 <= len(said["items"]) <= MAX_ITEMS:
        raise InvalidInput(f"`items` must hold 1 to {MAX_ITEMS} items, not {len(said['items'])}.", pointer="/items")
    return list(said["items"])


def _schema(node: Node) -> dict[str, Any]:
    item = node.input.model_json_schema(ref_template="#/components/schemas/{model}")
    output = node.output.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    item.pop("$defs", None)
    output.pop("$defs", None)
    result = {
        "type": "object",
        "required": ["status", "replayed"],
        "properties": {
            "status": {"enum": ["done", "exception", "failed"]},
            "output": {"anyOf": [output, {"type": "null"}]},
            "exception": {"type": ["object", "null"]},
            "error": {"type": ["object", "null"]},
            "replayed": {"type": "boolean"},
        },
    }
    items = {"type": "array", "minItems": 1, "maxItems": MAX_ITEMS, "items": item}
    results = {"type": "object", "properties": {"results": {"type": "array", "items": result}}}
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object", "properties": {"items": items}}}},
        },
        "responses": {
            "200": {"description": "One result per item", "content": {"application/json": {"schema": results}}}
        },
    }


def _add_route(router: APIRouter, node: Node) -> None:
    async def call(request: Request, caller: KnownCaller, services: UsedServices) -> Response:
        items = items_of(await request.body())
        return Response(dumps(await services.runner.run(node, caller, items)), media_type="application/json")

    router.add_api_route(
        f"/v1/nodes/{node.name}",
        call,
        methods=["POST"],
        operation_id=node.name,
        summary=node.action,
        description=node.description,
        tags=["nodes"],
        openapi_extra=_schema(node),
    )


def node_router() -> APIRouter:
    """The routes of all nodes."""
    router = APIRouter()
    for node in ALL_NODES:
        _add_route(router, node)
    return router


def node_definitions() -> dict[str, Any]:
    """The schemas that the nodes' OpenAPI entries refer to."""
    definitions: dict[str, Any] = {}
    for node in ALL_NODES:
        for model in (node.input, node.output):
            schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
            definitions |= schema.get("$defs", {})
    return definitions
