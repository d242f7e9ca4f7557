"""The lanes for bad days: messages of the warehouse that were lost, and flows that fail."""

import copy
from collections.abc import Iterator

import pytest

from tests.end_to_end.installation import Installation, Json, installed, until
from tests.end_to_end.journey import send_order

pytestmark = pytest.mark.end_to_end

WAREHOUSE = "docklineWarehouse"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Its *Warehouse updates* asks the warehouse every two seconds instead of every ten minutes."""
    with installed(tmp_path_factory.mktemp("installation")) as made:
        flow = next(each for each in made.n8n.workflows() if each["id"] == WAREHOUSE)
        made.n8n.put_workflow(impatient(flow))
        made.n8n.publish(WAREHOUSE)
        yield made


def impatient(flow: Json) -> Json:
    changed = copy.deepcopy(flow)
    clock = next(node for node in changed["nodes"] if node["name"] == "Every ten minutes")
    clock["parameters"]["rule"]["interval"] = [{"field": "seconds", "secondsInterval": 2}]
    return changed


def test_what_the_warehouse_could_not_tell_is_asked_for(site: Installation) -> None:
    nobody = {"url": "http://127.0.0.1:9/nobody", "secret": "unheard"}
    site.control("webhooks", {"northdock": nobody})
    order = send_order(site, "UNHEARD-1")
    order.ships()
    reports = [event for event in order.events if event["type"] == "dockline.shipment.packed.v1"]
    assert [event["data"]["actor"] for event in reports] == ["flows via shipment.read_warehouse"]


def test_a_flow_that_fails_is_told_to_the_error_workflow_in_words(site: Installation) -> None:
    site.kill("connector")

    def told() -> list[Json]:
        runs = site.n8n.executions("docklineErrors", "success")
        messages = [_said(site.n8n.execution(run["id"])) for run in runs]
        # Other flows may have been at work too when the connector went away.
        return [message for message in messages if message["subject"] == "The flow Warehouse updates failed"]

    message = until("a failure told", told)[0]
    site.up()
    assert "The Dockline connector did not answer" in message["text"]
    assert message["link"].startswith(site.n8n_url)


def _said(execution: Json) -> Json:
    message: Json = execution["data"]["resultData"]["runData"]["Say it in words"][0]["data"]["main"][0][0]["json"]
    return message
