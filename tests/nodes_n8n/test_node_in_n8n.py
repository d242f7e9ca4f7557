"""The Dockline node inside a real n8n, talking HTTP to a connector."""

from typing import Any

import pytest

from tests.nodes_n8n.connector import Connector
from tests.nodes_n8n.workbench import CREDENTIAL, Json, Run, Workbench, dockline

pytestmark = pytest.mark.end_to_end

THREE = [{"order_id": "A-1"}, {"order_id": "EX-2"}, {"order_id": "A-3"}]
TWO_BAD = [{"order_id": "A-1"}, {"order_id": "BAD-2"}, {"order_id": "BUSY-3"}]
VALIDATE = ("order", "validate")


def order_ids(run: Run, output: int) -> list[object]:
    return [item["json"].get("order_id") for item in run.items("Dockline", output)]


def test_all_items_go_out_in_one_call_and_leave_by_the_output_of_their_result(
    workbench: Workbench, connector: Connector
) -> None:
    run = workbench.run(THREE, dockline(*VALIDATE))
    assert connector.calls == [("order.validate", THREE)]
    assert order_ids(run, 0) == ["A-1", "A-3"]
    assert run.items("Dockline", 1)[0]["json"] == {
        "order_id": "EX-2",
        "status": "validated",
        "exception": {"code": "address_invalid"},
    }


def test_every_item_that_leaves_names_the_item_it_came_from(workbench: Workbench, connector: Connector) -> None:
    run = workbench.run(THREE, dockline(*VALIDATE))
    assert [item["pairedItem"] for item in run.items("Dockline", 0)] == [{"item": 0}, {"item": 2}]
    assert run.items("Dockline", 1)[0]["pairedItem"] == {"item": 1}


def test_more_than_five_hundred_items_take_a_second_call(workbench: Workbench, connector: Connector) -> None:
    items = [{"order_id": f"A-{number}"} for number in range(501)]
    run = workbench.run(items, dockline(*VALIDATE))
    assert [len(sent) for _, sent in connector.calls] == [500, 1]
    assert order_ids(run, 0) == [item["order_id"] for item in items]


def test_an_empty_version_is_left_out_and_a_given_one_is_sent(workbench: Workbench, connector: Connector) -> None:
    items: list[Json] = [{"order_id": "A-1", "version": 3}, {"order_id": "A-2", "version": None}, {"order_id": "A-3"}]
    workbench.run(items, dockline(*VALIDATE))
    assert connector.calls[0][1] == [{"order_id": "A-1", "version": 3}, {"order_id": "A-2"}, {"order_id": "A-3"}]


def test_the_delivery_that_an_item_comes_from_is_sent_and_travels_on(
    workbench: Workbench, connector: Connector
) -> None:
    items = [{"order_id": "A-1", "delivery_id": "sub:7"}, {"order_id": "EX-2", "delivery_id": "sub:8"}]
    run = workbench.run(items, dockline(*VALIDATE))
    assert connector.calls[0][1] == items
    assert run.items("Dockline", 0)[0]["json"]["delivery_id"] == "sub:7"
    assert run.items("Dockline", 1)[0]["json"]["delivery_id"] == "sub:8"


def test_a_field_inside_a_field_of_the_item_is_read_and_may_be_missing(
    workbench: Workbench, connector: Connector
) -> None:
    chosen = {"exception_id": "={{ $json.exception.exception_id }}", "version": "={{ $json.exception.version }}"}
    items: list[Json] = [{"exception": {"exception_id": "exc_1", "version": 2}}, {"order_id": "A-2"}]
    workbench.run(items, dockline("exception", "get", chosen))
    assert connector.calls == [("exception.get", [{"exception_id": "exc_1", "version": 2}, {}])]


def test_expressions_are_evaluated_per_item_and_brought_to_the_type_of_the_input(
    workbench: Workbench, connector: Connector
) -> None:
    chosen = {
        "order_id": "={{ $json.number + 1 }}",
        "version": "={{ String($json.number) }}",
        "additionalFields": {"idempotency_key": "=key-{{ $json.number }}"},
    }
    workbench.run([{"number": 1}, {"number": 2}], dockline(*VALIDATE, chosen))
    assert connector.calls[0][1] == [
        {"order_id": "2", "version": 1, "idempotency_key": "key-1"},
        {"order_id": "3", "version": 2, "idempotency_key": "key-2"},
    ]


def test_an_unreadable_parameter_fails_its_own_item_only(workbench: Workbench, connector: Connector) -> None:
    items = [{"text": '{"lines": []}'}, {"text": '{"lines": '}]
    step = dockline("order", "receive", {"order": "={{ $json.text }}"}, onError="continueErrorOutput")
    run = workbench.run(items, step)
    assert connector.calls == [("order.receive", [{"order": {"lines": []}}])]
    (failure,) = run.items("Dockline", 2)
    assert failure["pairedItem"] == {"item": 1}
    assert failure["json"]["details"]["pointer"] == "/order"


def test_a_failed_item_stops_the_run_and_the_error_tells_what_was_carried_out(
    workbench: Workbench, connector: Connector
) -> None:
    run = workbench.run(TWO_BAD, dockline(*VALIDATE))
    assert run.status == "error"
    assert run.error["message"] == "Refused"
    assert run.error["context"]["itemIndex"] == 1
    assert run.error["description"].startswith("about BAD-2 (at /order_id). Trying again will not help. 2 of 3 items")


def test_failed_items_take_the_error_output_without_a_stack_trace(workbench: Workbench, connector: Connector) -> None:
    run = workbench.run(TWO_BAD, dockline(*VALIDATE, onError="continueErrorOutput"))
    assert run.status == "success"
    assert order_ids(run, 0) == ["A-1"]
    by_item = {item["pairedItem"]["item"]: item for item in run.items("Dockline", 2)}
    assert by_item[1]["json"]["error"] == "Refused: about BAD-2"
    assert [by_item[index]["json"]["details"]["retryable"] for index in (1, 2)] == [False, True]
    assert "stack" not in str(by_item)


def test_a_request_that_is_refused_for_now_is_sent_again_when_the_node_retries(
    workbench: Workbench, connector: Connector
) -> None:
    connector.refusals = 2
    run = workbench.run(THREE, dockline(*VALIDATE, retryOnFail=True, maxTries=3, waitBetweenTries=10))
    assert run.status == "success"
    assert connector.calls == [("order.validate", THREE)] * 3


def test_a_node_that_goes_on_after_errors_retries_too_when_trying_again_can_help(
    workbench: Workbench, connector: Connector
) -> None:
    retrying: dict[str, Any] = {
        "retryOnFail": True,
        "maxTries": 2,
        "waitBetweenTries": 10,
        "onError": "continueRegularOutput",
    }
    workbench.run([{"order_id": "A-1"}, {"order_id": "BUSY-2"}], dockline(*VALIDATE, **retrying))
    assert len(connector.calls) == 2
    workbench.run([{"order_id": "A-1"}, {"order_id": "BAD-2"}], dockline(*VALIDATE, **retrying))
    assert len(connector.calls) == 3


def test_a_connector_that_does_not_answer_is_named_in_the_error(workbench: Workbench, connector: Connector) -> None:
    away = {"id": "awayDocklineKey", "name": "Dockline that is away"}
    data = {"baseUrl": "http://127.0.0.1:9", "apiKey": "any"}
    workbench.api.create_credential(away["id"], away["name"], "docklineApi", data)
    run = workbench.run(THREE, {**dockline(*VALIDATE), "credentials": {"docklineApi": away}})
    assert run.status == "error"
    assert "http://127.0.0.1:9" in run.error["description"]
    assert "Trying again can help. None of the 3 items was carried out." in run.error["description"]


def test_the_credential_is_tested_against_the_tenant_of_its_key(workbench: Workbench, connector: Connector) -> None:
    assert workbench.credential_test(CREDENTIAL["id"])["status"] == "OK"
    wrong = "wrongDocklineKey"
    data = {"baseUrl": connector.url, "apiKey": "of nobody"}
    workbench.api.create_credential(wrong, "Dockline with a wrong key", "docklineApi", data)
    assert workbench.credential_test(wrong)["status"] == "Error"
