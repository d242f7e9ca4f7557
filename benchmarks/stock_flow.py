"""The shipped flows' steps built from n8n's own Webhook and HTTP Request nodes, one order per execution."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from benchmarks.bench_stack import Stack
from benchmarks.direct_flow import INTAKE, PACKED


def stock_workflows(stack: Stack) -> list[dict[str, Any]]:
    """Two workflows, from received to released and from packed to labelled; `meta.event` names what starts each."""
    return [
        _workflow(stack, "benchstockintake", "dockline.order.received.v1", "order_id", INTAKE),
        _workflow(stack, "benchstockpacked", "dockline.shipment.packed.v1", "shipment_id", PACKED),
    ]


def _workflow(stack: Stack, key: str, event: str, subject: str, steps: tuple[str, ...]) -> dict[str, Any]:
    webhook = {
        "id": "webhook",
        "name": "Webhook",
        "type": "n8n-nodes-base.webhook",
        "typeVersion": 2,
        "webhookId": key,
        "position": [0, 0],
        "parameters": {"httpMethod": "POST", "path": key, "responseMode": "onReceived", "options": {}},
    }
    nodes = [webhook, *(_request(stack, subject, step, index) for index, step in enumerate(steps, start=1))]
    links = {
        before["name"]: {"main": [[{"node": after["name"], "type": "main", "index": 0}]]}
        for before, after in pairwise(nodes)
    }
    settings = {"executionOrder": "v1"}
    return {
        "id": key,
        "name": key,
        "nodes": nodes,
        "connections": links,
        "settings": settings,
        "meta": {"event": event},
    }


def _request(stack: Stack, subject: str, step: str, index: int) -> dict[str, Any]:
    event = "$('Webhook').item.json.body.events[0].object"
    body = f'={{{{ {{"items": [{{"{subject}": {event}.{subject}, "delivery_id": {event}.delivery_id}}]}} }}}}'
    header = {"name": "Authorization", "value": f"Bearer {stack.api_key}"}
    return {
        "id": f"step{index}",
        "name": step,
        "type": "n8n-nodes-base.httpRequest",
        "typeVersion": 4.2,
        "position": [220 * index, 0],
        "parameters": {
            "method": "POST",
            "url": f"{stack.url}/v1/nodes/{step}",
            "sendHeaders": True,
            "headerParameters": {"parameters": [header]},
            "sendBody": True,
            "specifyBody": "json",
            "jsonBody": body,
            "options": {},
        },
    }
