"""What n8n is told of *Dockline*, *Dockline Trigger* and their credential, apart from the operations.

Workflows keep the names and values: in what is published, only what is shown may change.
"""

from collections.abc import Sequence

from nodes.n8n_fields import Parameter
from nodes.typescript import Code

DOCS = "https://dockline.example/docs/n8n"
CREDENTIAL_NAME = "docklineApi"
MAIN = Code("NodeConnectionTypes.Main")


def _icon(folder: str) -> Parameter:
    return {"light": f"file:{folder}/dockline.svg", "dark": f"file:{folder}/dockline.dark.svg"}


def _codex(node: str, docs: str, alias: Sequence[str]) -> Parameter:
    return {
        "node": f"n8n-nodes-dockline.{node}",
        "nodeVersion": "1.0",
        "codexVersion": "1.0",
        "categories": ["Sales", "Data & Storage"],
        "alias": alias,
        "resources": {
            "credentialDocumentation": [{"url": f"{DOCS}#credential"}],
            "primaryDocumentation": [{"url": docs}],
        },
    }


CREDENTIAL: Parameter = {
    "name": CREDENTIAL_NAME,
    "displayName": "Dockline API",
    "icon": _icon("../icons"),
    "documentationUrl": DOCS,
    "properties": [
        {
            "displayName": "Base URL",
            "name": "baseUrl",
            "type": "string",
            "default": "http://127.0.0.1:8642",
            "description": "Where the connector listens, without a path",
            "required": True,
        },
        {
            "displayName": "API Key",
            "name": "apiKey",
            "type": "string",
            "typeOptions": {"password": True},
            "default": "",
            "description": "A key of the tenant these workflows work for",
            "required": True,
        },
    ],
    "authenticate": {
        "type": "generic",
        "properties": {"headers": {"Authorization": "=Bearer {{$credentials.apiKey}}"}},
    },
    "test": {"request": {"baseURL": "={{$credentials.baseUrl}}", "url": "/v1/tenant"}},
}

NODE: Parameter = {
    "displayName": "Dockline",
    "name": "dockline",
    "icon": _icon("../../icons"),
    "group": ["transform"],
    "version": 1,
    "subtitle": '={{ $parameter["resource"] + ": " + $parameter["operation"].replaceAll("_", " ") }}',
    "description": "Take orders from received to delivered: validate, allocate, release, ship, and handle exceptions",
    "defaults": {"name": "Dockline"},
    "usableAsTool": True,
    "inputs": [MAIN],
    "outputs": [MAIN, MAIN],
    "outputNames": ["Done", "Exception"],
    "credentials": [{"name": CREDENTIAL_NAME, "required": True}],
    "properties": Code("properties"),
}

TRIGGER: Parameter = {
    "displayName": "Dockline Trigger",
    "name": "docklineTrigger",
    "icon": _icon("../../icons"),
    "group": ["trigger"],
    "version": 1,
    "subtitle": '={{ "Event types: " + $parameter["eventTypes"].length }}',
    "description": "Starts the workflow when something happened to an order, a shipment or an exception",
    "defaults": {"name": "Dockline Trigger"},
    "inputs": [],
    "outputs": [MAIN],
    "credentials": [{"name": CREDENTIAL_NAME, "required": True}],
    "webhooks": [{"name": "default", "httpMethod": "POST", "responseMode": "onReceived", "path": "webhook"}],
    "properties": [
        {
            "displayName": "Event Types",
            "name": "eventTypes",
            "type": "multiOptions",
            "options": Code("eventTypes"),
            "default": [],
            "required": True,
            "description": "What starts the workflow",
        },
        {
            "displayName": "Batch Size",
            "name": "batchSize",
            "type": "number",
            "typeOptions": {"minValue": 1, "maxValue": 500},
            "default": 100,
            "description": "How many events one run of the workflow takes at most; each event is one item",
        },
        {
            "displayName": "An Event Is Handled",
            "name": "acknowledge",
            "type": "options",
            "options": [
                {
                    "name": "When a Node Moved Its Object On",
                    "value": "on_progress",
                    "description": "For workflows that do the work: what nobody moved on in time is delivered again",
                },
                {
                    "name": "When the Workflow Has Received It",
                    "value": "on_receipt",
                    "description": "For workflows that only listen: nothing is delivered again",
                },
            ],
            "default": "on_progress",
        },
    ],
}

# The codex: under which categories and search words n8n's node picker finds a node.
FOUND_BY = (
    "Fulfilment",
    "Fulfillment",
    "Order",
    "Shipment",
    "Warehouse",
    "WMS",
    "3PL",
    "Carrier",
    "Tracking",
    "Parcel",
)
CARRIERS = ("UPS", "FedEx", "DHL", "USPS", "Canada Post")
NODE_CODEX = _codex(
    "dockline",
    DOCS,
    [*FOUND_BY, "Label", "Inventory", "Rate", "Shipping", "Pickup", "Manifest", *CARRIERS],
)
TRIGGER_CODEX = _codex(
    "docklineTrigger",
    f"{DOCS}#trigger",
    [*FOUND_BY, "Event", "Webhook", "Delivery", "Scan", *CARRIERS],
)
