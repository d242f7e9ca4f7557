"""The route of all nodes, and the OpenAPI entry of each, from its declaration."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from connector_service.app.problems import read_json
from connector_service.app.services import KnownCaller, UsedServices
from connector_service.errors import InvalidInput, NotFound
from connector_service.rules_engine.findings import did_you_mean
from nodes.contract import MAX_ITEMS, Node
from nodes.registry import ALL_NODES, NODES_BY_NAME
from nodes.runner import dumps

router = APIRouter()


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


@router.post("/v1/nodes/{name}", include_in_schema=False)
async def call(name: str, request: Request, caller: KnownCaller, services: UsedServices) -> Response:
    """Run a node on the items of the body; `node_paths` documents each."""
    node = NODES_BY_NAME.get(name)
    if node is None:
        raise NotFound(f"There is no node {name!r}. {did_you_mean(name, NODES_BY_NAME)}")
    items = items_of(await request.body())
    return Response(dumps(await services.runner.run(node, caller, items)), media_type="application/json")


def node_paths() -> dict[str, Any]:
    """The nodes' OpenAPI entries, by path."""
    return {f"/v1/nodes/{node.name}": {"post": _entry(node)} for node in ALL_NODES}


def _entry(node: Node) -> dict[str, Any]:
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
        "tags": ["nodes"],
        "summary": node.action,
        "description": node.description,
        "operationId": node.name,
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object", "properties": {"items": items}}}},
        },
        "responses": {
            "200": {"description": "One result per item", "content": {"application/json": {"schema": results}}}
        },
    }


def node_definitions() -> dict[str, Any]:
    """The schemas that the nodes' OpenAPI entries refer to."""
    definitions: dict[str, Any] = {}
    for node in ALL_NODES:
        for model in (node.input, node.output):
            schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
            definitions |= schema.get("$defs", {})
    return definitions
