"""What n8n is told of the trigger and the credential is what the connector takes."""

from typing import Any

from connector_service.app.subscription_routes import NewSubscription
from connector_service.settings import Settings
from nodes.n8n_descriptions import CREDENTIAL, NODE, NODE_CODEX, TRIGGER, TRIGGER_CODEX
from nodes.n8n_fields import Parameter

TAKEN = NewSubscription.model_json_schema()["properties"]


def fields(described: Parameter) -> dict[str, Any]:
    properties: Any = described["properties"]
    return {field["name"]: field for field in properties}


def test_the_trigger_offers_the_batch_sizes_that_a_subscription_takes() -> None:
    offered, taken = fields(TRIGGER)["batchSize"], TAKEN["batch_size"]
    assert offered["typeOptions"] == {"minValue": taken["minimum"], "maxValue": taken["maximum"]}
    assert offered["default"] == taken["default"]


def test_the_trigger_offers_every_way_of_acknowledging() -> None:
    offered, taken = fields(TRIGGER)["acknowledge"], TAKEN["acknowledge"]
    assert [choice["value"] for choice in offered["options"]] == taken["enum"]
    assert offered["default"] == taken["default"]


def test_the_credential_is_the_one_that_both_nodes_ask_for_and_begins_where_a_connector_listens() -> None:
    assert NODE["credentials"] == TRIGGER["credentials"] == [{"name": CREDENTIAL["name"], "required": True}]
    assert fields(CREDENTIAL)["baseUrl"]["default"] == f"http://127.0.0.1:{Settings().port}"


def test_each_codex_is_of_its_node() -> None:
    assert NODE_CODEX["node"] == f"n8n-nodes-dockline.{NODE['name']}"
    assert TRIGGER_CODEX["node"] == f"n8n-nodes-dockline.{TRIGGER['name']}"
