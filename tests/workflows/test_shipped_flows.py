"""Every shipped flow uses only what exists, names no credential, and keeps the rules that its safety rests on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector_service.events import EVENT_TYPES
from connector_service.local.flows import read_workflows
from connector_service.local.flows_page import FLOWS, flows_page
from nodes import n8n_descriptions
from nodes.n8n_properties import RESERVED, resource_properties, resources
from nodes.registry import ALL_NODES

Json = dict[str, Any]
DOCKLINE = "n8n-nodes-dockline.dockline"
TRIGGER = "n8n-nodes-dockline.docklineTrigger"
STOP = "n8n-nodes-base.stopAndError"
NOTE = "n8n-nodes-base.stickyNote"
ERROR_FLOW = "docklineErrors"
LONGEST_ID = 21
"""n8n keeps no static data for a workflow with a longer id, and so would lose the secrets of its subscriptions."""

SHIPPED = {path.stem: workflow for path, workflow in read_workflows(FLOWS)}
PROPERTIES = {resource: resource_properties(resource, nodes) for resource, nodes in resources(ALL_NODES).items()}


@pytest.fixture(params=SHIPPED)
def flow(request: pytest.FixtureRequest) -> Json:
    return SHIPPED[request.param]


def of_type(flow: Json, kind: str) -> list[Json]:
    return [node for node in flow["nodes"] if node["type"] == kind]


def wires(flow: Json) -> Iterator[tuple[str, int, str]]:
    """From which node, by which output, to which node."""
    for source, kinds in flow["connections"].items():
        for output, targets in enumerate(kinds["main"]):
            for target in targets:
                yield source, output, target["node"]


def outputs(node: Json) -> int:
    if node["type"] == DOCKLINE:
        return 3 if node.get("onError") == "continueErrorOutput" else 2
    if node["type"] == "n8n-nodes-base.switch":
        return len(node["parameters"]["rules"]["values"]) + 1
    return {"n8n-nodes-base.if": 2, STOP: 0, NOTE: 0}.get(node["type"], 1)


def inputs_of(resource: str, operation: str) -> tuple[set[str], set[str]]:
    """The parameters that an operation has, and those in its collection."""
    shown = [
        made
        for made in PROPERTIES[resource]
        if operation in made["displayOptions"]["show"].get("operation", [operation])
    ]
    collected = {field["name"] for made in shown if made["type"] == "collection" for field in made["options"]}
    return {made["name"] for made in shown} | RESERVED - {"additionalFields"}, collected


def test_the_ten_flows_are_there() -> None:
    assert {flow["name"] for flow in SHIPPED.values()} == {
        "Order intake",
        "Warehouse updates",
        "Carrier updates",
        "Exception handling",
        "SLA escalation",
        "Customer notifications",
        "Rate and label",
        "Shop order to Dockline",
        "End of day",
        "Error workflow",
    }


def test_every_dockline_step_is_an_operation_with_parameters_it_has(flow: Json) -> None:
    declared = {node.name for node in ALL_NODES}
    for node in of_type(flow, DOCKLINE):
        given = node["parameters"]
        assert f"{given['resource']}.{given['operation']}" in declared, node["name"]
        known, collected = inputs_of(given["resource"], given["operation"])
        assert given.keys() <= known, node["name"]
        assert given.get("additionalFields", {}).keys() <= collected, node["name"]


def test_every_trigger_has_its_parameters_and_waits_for_events_that_exist(flow: Json) -> None:
    properties: Any = n8n_descriptions.TRIGGER["properties"]
    for node in of_type(flow, TRIGGER):
        assert node["parameters"].keys() <= {made["name"] for made in properties}, node["name"]
        assert set(node["parameters"]["eventTypes"]) <= EVENT_TYPES.keys(), node["name"]
        assert node["webhookId"], node["name"]


def test_every_wire_leaves_by_an_output_that_exists_and_ends_at_a_node(flow: Json) -> None:
    nodes = {node["name"]: node for node in flow["nodes"]}
    assert len(nodes) == len(flow["nodes"])
    for source, output, target in wires(flow):
        assert output < outputs(nodes[source]), (source, output)
        assert target in nodes, (source, target)


def test_every_step_is_reached(flow: Json) -> None:
    reached = {target for _, _, target in wires(flow)}
    starts = {node["name"] for node in flow["nodes"] if "rigger" in node["type"] or node["type"].endswith(".webhook")}
    for node in flow["nodes"]:
        assert node["type"] == NOTE or node["name"] in reached | starts, node["name"]


def test_no_flow_names_a_credential_or_keeps_data(flow: Json) -> None:
    assert flow.keys() == {"id", "name", "nodes", "connections", "settings"}
    assert not [node["name"] for node in flow["nodes"] if "credentials" in node]


def test_every_other_flow_names_the_error_workflow(flow: Json) -> None:
    expected = None if flow["id"] == ERROR_FLOW else ERROR_FLOW
    assert flow["settings"].get("errorWorkflow") == expected
    assert flow["settings"]["executionOrder"] == "v1"
    assert flow["settings"]["timezone"] == "UTC"


def test_ids_are_short_enough_for_n8n_to_keep_subscriptions(flow: Json) -> None:
    assert len(flow["id"]) <= LONGEST_ID


def test_no_two_nodes_of_all_flows_share_a_webhook_or_an_id() -> None:
    nodes = [node for flow in SHIPPED.values() for node in flow["nodes"]]
    hooks = [node["webhookId"] for node in nodes if "webhookId" in node]
    assert len(set(hooks)) == len(hooks)
    assert len({node["id"] for node in nodes}) == len(nodes)


def test_a_technical_failure_of_one_item_holds_up_no_other(flow: Json) -> None:
    for node in of_type(flow, DOCKLINE):
        assert node["onError"] == "continueErrorOutput", node["name"]
        assert 2 in {output for source, output, _ in wires(flow) if source == node["name"]}, node["name"]


def test_steps_that_a_trigger_starts_are_tried_again(flow: Json) -> None:
    for node in of_type(flow, DOCKLINE):
        assert node.get("retryOnFail", False) or flow["id"] == "docklineShopOrder", node["name"]


def test_a_run_stops_only_after_all_else_is_done(flow: Json) -> None:
    """n8n runs the targets of a node from the highest to the lowest, and a stop ends the run."""
    nodes = {node["name"]: node for node in flow["nodes"]}
    for name in nodes:
        targets = [nodes[target] for source, _, target in wires(flow) if source == name]
        others = [node["position"][1] for node in targets if node["type"] != STOP]
        for stop in (node for node in targets if node["type"] == STOP):
            assert all(stop["position"][1] > height for height in others), (name, stop["name"])


def test_notes_say_what_a_flow_does_and_what_may_be_changed(flow: Json) -> None:
    notes = {node["name"]: node["parameters"]["content"] for node in of_type(flow, NOTE)}
    assert notes["What it does"].startswith(f"## {flow['name']}\n")
    assert "### You may" in notes["What you may change"]


def test_every_flow_is_pictured() -> None:
    pictures = Path(FLOWS.parent / "docs" / "flows").glob("*.png")
    assert {picture.stem for picture in pictures} == SHIPPED.keys()


def test_the_table_of_flows_is_what_the_files_say() -> None:
    assert (FLOWS / "README.md").read_text() == flows_page()
