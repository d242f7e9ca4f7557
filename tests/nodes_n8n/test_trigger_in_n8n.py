"""The Dockline Trigger inside a real n8n: subscribed while published, started by signed deliveries only."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from connector_service.errors import Conflict
from connector_service.local.processes import wait_until
from tests.nodes_n8n.connector import Connector
from tests.nodes_n8n.workbench import Workbench, node, with_credential

pytestmark = pytest.mark.end_to_end

EVENT_TYPE = "dockline.order.received.v1"


def trigger() -> dict[str, Any]:
    chosen = {"eventTypes": [EVENT_TYPE], "batchSize": 50, "acknowledge": "on_receipt"}
    kind = "n8n-nodes-dockline.docklineTrigger"
    return with_credential(node("Orders", kind, chosen, webhookId=str(uuid.uuid4())))


def event(order_id: str) -> dict[str, Any]:
    envelope = {"specversion": "1.0", "id": f"event-{order_id}", "type": EVENT_TYPE, "time": "2026-03-01T10:00:00Z"}
    return {
        **envelope,
        "object": {"order_id": order_id, "version": 1, "status": "received", "delivery_id": f"sub:{order_id}"},
    }


def deliver(http: httpx.Client, subscription: dict[str, Any], *order_ids: str, **changes: Any) -> int:
    """Deliver events as the connector does, but for `changes` of secret, moment, event or body; the answered status."""
    body = json.dumps({"events": [event(order_id) | changes.get("event", {}) for order_id in order_ids]})
    moment = changes.get("moment", datetime.now(UTC))
    signature = Webhook(changes.get("secret", subscription["secret"])).sign("msg-1", moment, body)
    headers = {
        "webhook-id": "msg-1",
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": signature,
        "content-type": "application/json",
    }
    return http.post(subscription["url"], content=changes.get("body", body), headers=headers).status_code


@pytest.fixture
def active(workbench: Workbench, connector: Connector) -> tuple[str, dict[str, Any]]:
    """A published workflow that starts with the trigger, and its subscription."""
    before = set(connector.subscriptions)
    workflow = workbench.publish("Received orders", trigger())
    (identity,) = connector.subscriptions.keys() - before
    return workflow, connector.subscriptions[identity]


def test_publishing_a_workflow_subscribes_it_and_unpublishing_ends_that(
    workbench: Workbench, connector: Connector, active: tuple[str, dict[str, Any]]
) -> None:
    workflow, subscription = active
    assert subscription["event_types"] == [EVENT_TYPE]
    assert subscription["batch_size"] == 50
    assert subscription["acknowledge"] == "on_receipt"
    assert subscription["name"] == "Received orders: Orders"
    assert subscription["url"].startswith(f"{workbench.server.base_url}/webhook/")
    workbench.api.unpublish(workflow)
    assert wait_until(lambda: subscription not in connector.subscriptions.values(), 10.0)


@pytest.mark.parametrize(
    ("url", "key", "said"),
    [("", "of nobody", "No tenant"), ("http://127.0.0.1:9", "any", "The Dockline connector did not answer")],
)
def test_a_workflow_that_cannot_subscribe_is_not_published_and_n8n_says_why(
    workbench: Workbench, connector: Connector, url: str, key: str, said: str
) -> None:
    bad = {"id": uuid.uuid4().hex[:16], "name": "Dockline that refuses"}
    data = {"baseUrl": url or connector.url, "apiKey": key}
    workbench.api.create_credential(bad["id"], bad["name"], "docklineApi", data)
    with pytest.raises(Conflict, match=said):
        workbench.publish("Unheard", {**trigger(), "credentials": {"docklineApi": bad}})


def test_a_signed_delivery_starts_one_run_with_one_item_per_event(
    workbench: Workbench, active: tuple[str, dict[str, Any]]
) -> None:
    workflow, subscription = active
    assert deliver(workbench.http, subscription, "A-1", "A-2") == 200
    items = workbench.finished_run(workflow).items("Orders")
    assert [item["json"]["order_id"] for item in items] == ["A-1", "A-2"]
    assert items[0]["json"] == {
        "order_id": "A-1",
        "version": 1,
        "status": "received",
        "event_id": "event-A-1",
        "event_type": EVENT_TYPE,
        "event_time": "2026-03-01T10:00:00Z",
        "delivery_id": "sub:A-1",
    }
    assert workbench.runs(workflow) == 1


def test_a_tracking_event_says_on_its_item_what_the_carrier_scanned(
    workbench: Workbench, active: tuple[str, dict[str, Any]]
) -> None:
    workflow, subscription = active
    scan = {"tracking_number": "1Z999", "place": "Newark", "occurred_at": "2026-03-01T09:00:00Z", "raw_code": "OT"}
    tracked = {"data": {"actor": "webhook ups", "scan_type": "out_for_delivery", **scan}}
    assert deliver(workbench.http, subscription, "A-1", event=tracked) == 200
    (item,) = workbench.finished_run(workflow).items("Orders")
    assert item["json"]["scan"] == {"type": "out_for_delivery", **scan}


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"secret": "whsec_bm90IHRoZSBzZWNyZXQgb2YgdGhpcyBvbmU="}, id="another secret"),
        pytest.param({"body": '{"events": []}'}, id="another body"),
        pytest.param({"moment": datetime.now(UTC) - timedelta(minutes=6)}, id="an old signature"),
        pytest.param({"moment": datetime.now(UTC) + timedelta(minutes=60)}, id="a signature of the future"),
    ],
)
def test_a_delivery_that_is_not_signed_for_this_moment_is_refused_and_starts_nothing(
    workbench: Workbench, active: tuple[str, dict[str, Any]], changes: dict[str, Any]
) -> None:
    workflow, subscription = active
    assert deliver(workbench.http, subscription, "A-1", **changes) == 401
    assert workbench.runs(workflow) == 0


def test_a_delivery_without_any_signature_is_refused(workbench: Workbench, active: tuple[str, dict[str, Any]]) -> None:
    _, subscription = active
    assert workbench.http.post(subscription["url"], json={"events": [event("A-1")]}).status_code == 401


def test_listening_for_a_test_event_has_a_subscription_of_its_own_for_as_long_as_it_listens(
    workbench: Workbench, connector: Connector, active: tuple[str, dict[str, Any]]
) -> None:
    workflow, subscription = active
    before = set(connector.subscriptions)
    workbench.listen(workflow, "Orders")
    (identity,) = connector.subscriptions.keys() - before
    listening = connector.subscriptions[identity]
    assert listening["url"] == subscription["url"].replace("/webhook/", "/webhook-test/")
    assert deliver(workbench.http, listening, "A-1") == 200
    assert wait_until(lambda: identity not in connector.subscriptions, 10.0)
    assert subscription in connector.subscriptions.values()


def test_a_restart_of_n8n_keeps_the_subscription_and_renews_one_that_the_connector_lost(
    workbench: Workbench, connector: Connector, active: tuple[str, dict[str, Any]]
) -> None:
    _, subscription = active
    lost = workbench.publish("Lost", trigger())
    (identity,) = [key for key, entry in connector.subscriptions.items() if entry["name"] == "Lost: Orders"]
    gone = connector.subscriptions.pop(identity)
    workbench.restart()
    assert wait_until(lambda: gone["url"] in [entry["url"] for entry in connector.subscriptions.values()], 30.0)
    urls = [entry["url"] for entry in connector.subscriptions.values()]
    assert urls.count(subscription["url"]) == 1
    renewed = next(entry for entry in connector.subscriptions.values() if entry["url"] == gone["url"])
    assert wait_until(lambda: deliver(workbench.http, renewed, "A-9") == 200, 30.0)
    assert workbench.finished_run(lost).items("Orders")[0]["json"]["order_id"] == "A-9"
