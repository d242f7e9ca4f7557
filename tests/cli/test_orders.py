from __future__ import annotations

from tests.cli.commands import Dockline
from tests.cli.conftest import Running


def test_an_order_is_shown_by_its_number_with_owner_deadline_and_reasons(running: Running) -> None:
    sent = running.send_order("SHOW-1")
    ran = running.dockline("order", "show", "SHOW-1")
    assert ran.code == 0
    assert str(sent["order_id"]) in ran.out
    assert str(sent["owner"]) in ran.out
    assert "order received" in ran.out
    assert "act by" in ran.out
    assert "by flows via POST /v1/orders" in ran.out


def test_an_order_is_shown_by_its_id_as_json_with_every_event(running: Running) -> None:
    sent = running.send_order("SHOW-2")
    running.call("order.validate", {"order_id": sent["order_id"], "version": sent["version"]})
    shown = running.dockline("order", "show", str(sent["order_id"]), "--json").json
    assert shown["order"]["number"] == "SHOW-2"
    own = [event for event in shown["events"] if event["subject"] == sent["order_id"]]
    assert [event["sequence"] for event in own] == list(range(1, shown["order"]["version"] + 1))


def test_an_exception_is_shown_with_what_its_order_needs(running: Running) -> None:
    sent = running.send_order("SHOW-3", lines=[{"line_id": "1", "sku": "NO-SUCH-SKU", "quantity_ordered": 1}])
    result = running.call("order.validate", {"order_id": sent["order_id"], "version": sent["version"]})
    assert result["status"] == "exception"
    ran = running.dockline("order", "show", "SHOW-3")
    assert "sku_unknown" in ran.out
    assert "needs field" in ran.out
    assert "received → quarantined" in ran.out
    listed = running.dockline("exception", "list", "--json").json
    assert sent["order_id"] in {case["order_id"] for case in listed}
    assert "sku_unknown" in running.dockline("exception", "list").out


def test_orders_are_listed_by_status(running: Running) -> None:
    running.send_order("LIST-1")
    received = running.dockline("order", "list", "--status", "received", "--limit", "1000", "--json").json
    assert "LIST-1" in {order["number"] for order in received}
    assert {order["status"] for order in received} == {"received"}
    assert "LIST-1" in running.dockline("order", "list", "--limit", "1000").out


def test_a_number_nobody_has_is_said_so(running: Running) -> None:
    ran = running.dockline("order", "show", "NOBODY-HAS-THIS")
    assert ran.code == 1
    assert "NOBODY-HAS-THIS" in ran.err


def test_a_number_that_two_shops_have_asks_for_the_id(running: Running) -> None:
    ids = {running.send_order("TWICE", source=source)["order_id"] for source in ("shop-one", "shop-two")}
    ran = running.dockline("order", "show", "TWICE")
    assert ran.code == 2
    assert all(str(order_id) in ran.err for order_id in ids)


def test_a_status_that_is_none_is_misuse_and_the_statuses_are_named(running: Running) -> None:
    ran = running.dockline("order", "list", "--status", "lost")
    assert ran.code == 2
    assert "quarantined" in ran.err


def test_without_a_running_connector_the_command_says_how_to_start_it(dockline: Dockline) -> None:
    ran = dockline("order", "list")
    assert ran.code == 1
    assert "dockline up" in ran.err
