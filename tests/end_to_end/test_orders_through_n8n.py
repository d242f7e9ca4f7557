"""Orders through the shipped flows in a real n8n: in at one end, out at the other, with everything on record."""

import copy
from collections.abc import Iterator

import pytest

from connector_service.demo.orders import generate
from tests.end_to_end.installation import Installation, Json, installed, until
from tests.end_to_end.journey import Journey, order_body, send_order

pytestmark = pytest.mark.end_to_end

ORDINARY_WAY = [
    "order.received",
    "order.validated",
    "shipment.planned",
    "order.allocated",
    "shipment.checked",
    "shipment.released",
    "order.released",
    "shipment.picked",
    "shipment.packed",
    "shipment.rated",
    "shipment.labelled",
    "shipment.shipped",
    "order.shipped",
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("installation")) as made:
        yield made


def test_an_order_goes_from_received_to_shipped_and_every_step_says_who_and_why(site: Installation) -> None:
    order = send_order(site, "E2E-1")
    order.ships()
    told = [kind for kind in order.types if kind in ORDINARY_WAY]
    assert list(dict.fromkeys(told)) == ORDINARY_WAY
    for event in order.events:
        assert event["data"]["actor"], event["type"]
        assert event["data"]["because"], event["type"]
    assert [label["voided"] for label in site.labels("E2E-1")] == [False]


def test_the_customer_is_told_once_that_the_order_is_on_its_way(site: Installation) -> None:
    order = send_order(site, "E2E-2")
    order.ships()
    until("the customer told", lambda: "order.customer_notified" in order.types)
    assert order.types.count("order.customer_notified") == 1


def test_a_delivered_order_is_closed(site: Installation) -> None:
    site.control("timing", {"speed": 5, "webhook_ms": 5, "journey": "delivered"})
    send_order(site, "E2E-3").reaches("closed")
    site.control("timing", {"speed": 5, "webhook_ms": 5})


def test_a_shop_order_comes_in_by_a_webhook_of_n8n_and_is_answered(site: Installation) -> None:
    payload = dict(generate(1, seed=3)[0].payload)
    url = f"{site.n8n_url}/webhook/dockline-shop-order"
    first, again = site.http.post(url, json=payload), site.http.post(url, json=payload)
    assert (first.status_code, first.json()["status"]) == (201, "done")
    assert again.json()["order_id"] == first.json()["order_id"]
    Journey(site, payload["name"], first.json()["order_id"]).ships()


def test_a_shop_hears_what_is_wrong_with_its_order_and_nothing_of_n8n(site: Installation) -> None:
    payload = dict(generate(1, seed=3)[0].payload) | {"shipping_address": None}
    answer = site.http.post(f"{site.n8n_url}/webhook/dockline-shop-order", json=payload)
    assert answer.status_code == 422
    said = answer.json()
    assert said.keys() == {"status", "title", "detail", "pointer"}
    assert (said["status"], said["pointer"]) == ("failed", "/shipping_address")


def test_a_shop_is_asked_to_come_again_while_the_connector_is_down(site: Installation) -> None:
    site.stop("connector")
    answer = site.http.post(f"{site.n8n_url}/webhook/dockline-shop-order", json={})
    site.up()
    assert answer.status_code == 503
    assert "did not answer" in answer.json()["title"]


def test_a_batch_of_orders_runs_in_one_execution(site: Installation) -> None:
    """They also waited safely: the flow was taken down when they came."""
    before = {run["id"] for run in site.n8n.executions("docklineOrderIntake")}
    site.n8n.unpublish("docklineOrderIntake")
    items = [{"order": order_body(f"BATCH-{each}")} for each in range(30)]
    results = site.ask("POST", "/v1/nodes/order.receive", json={"items": items})["results"]
    orders = [Journey(site, result["output"]["number"], result["output"]["order_id"]) for result in results]
    assert {order.status for order in orders} == {"received"}
    site.n8n.publish("docklineOrderIntake")
    for order in orders:
        order.ships()
    runs = [run for run in site.n8n.executions("docklineOrderIntake", "success") if run["id"] not in before]
    assert len(runs) == 1
    data = site.n8n.execution(runs[0]["id"])["data"]["resultData"]["runData"]
    assert len(data["Release to warehouse"][0]["data"]["main"][0]) == 30


def test_a_partner_puts_a_node_of_n8ns_own_between_two_steps(site: Installation) -> None:
    shipped = next(flow for flow in site.n8n.workflows() if flow["id"] == "docklineOrderIntake")
    site.n8n.put_workflow(with_edit_fields_between(shipped, "Validate", "Choose warehouse and reserve"))
    site.n8n.publish("docklineOrderIntake")
    send_order(site, "EDITED-1").ships()
    run = next(iter(site.n8n.executions("docklineOrderIntake", "success")))
    passed = site.n8n.execution(run["id"])["data"]["resultData"]["runData"]["Mark it"][0]["data"]["main"][0]
    assert [(item["json"]["number"], item["json"]["mark"]) for item in passed] == [("EDITED-1", "seen")]
    site.n8n.put_workflow(shipped)
    site.n8n.publish("docklineOrderIntake")


def with_edit_fields_between(flow: Json, before: str, after: str) -> Json:
    """The flow with an *Edit Fields* node on the wire between two of its nodes."""
    marks = {"assignments": [{"id": "mark", "name": "mark", "value": "seen", "type": "string"}]}
    node = {
        "id": "mark-it",
        "name": "Mark it",
        "type": "n8n-nodes-base.set",
        "typeVersion": 3.4,
        "position": [0, 0],
        "parameters": {"assignments": marks, "includeOtherFields": True, "options": {}},
    }
    wires = copy.deepcopy(flow["connections"])
    done = wires[before]["main"][0]
    assert [wire["node"] for wire in done] == [after]
    wires[before]["main"][0] = [{"node": "Mark it", "type": "main", "index": 0}]
    wires["Mark it"] = {"main": [done]}
    return {**flow, "nodes": [*flow["nodes"], node], "connections": wires}


def test_orders_wait_while_n8n_is_down_and_flow_when_it_is_back(site: Installation) -> None:
    site.kill("n8n")
    orders = [send_order(site, f"DOWN-{each}") for each in range(5)]
    assert {order.status for order in orders} == {"received"}
    site.up()
    for order in orders:
        order.ships()
