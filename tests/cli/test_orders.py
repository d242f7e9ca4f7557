from __future__ import annotations

from connector_service.cli.connector import Connector
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


def _stock_two_locations(running: Running) -> None:
    near = {"id": "near", "name": "Near", "country": "US", "region": "MA", "wms": "northdock"}
    abroad = {"id": "abroad", "name": "Abroad", "country": "CA", "wms": "northdock", "serves": ["CA"]}
    counts = [{"sku": "WHY-TEE", "location_id": where, "on_hand": 9} for where in ("near", "abroad")]
    with Connector(running.home) as connector:
        connector.put("/v1/products", {"products": [{"sku": "WHY-TEE", "weight_g": 180}]})
        connector.put("/v1/locations", {"locations": [near, abroad]})
        connector.put("/v1/inventory", {"positions": counts})


def test_why_an_order_ships_from_where_it_does_is_shown_with_every_candidate(running: Running) -> None:
    _stock_two_locations(running)
    sent = running.send_order("WHY-1", lines=[{"line_id": "1", "sku": "WHY-TEE", "quantity_ordered": 2}])
    assert "No warehouse was chosen" in running.dockline("order", "why", "WHY-1").err
    for node in ("order.validate", "order.allocate"):
        running.call(node, {"order_id": sent["order_id"]})
    choice = running.dockline("order", "why", "WHY-1", "--json").json
    assert choice["chosen"]["locations"] == ["near"]
    ran = running.dockline("order", "why", "WHY-1")
    assert ran.code == 0
    assert "near costs " in ran.out
    assert "landed_cost" in ran.out
    assert "Does not serve the country (WHV-010)" in ran.out
    assert "Reserved at near. near costs " in running.dockline("order", "show", "WHY-1").out


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
