from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector_service.cli.connector import Connector
from connector_service.demo.catalog import shelves
from connector_service.local.home import TENANT, Home
from connector_service.local.stack import Stack, Wanted
from connector_service.local.tenant_setup import VENDOR_KEYS, open_database
from connector_service.store import outbox, tenants
from tests.cli.commands import Dockline, dockline_in

pytestmark = pytest.mark.slow


def silent(line: str) -> None:
    """Nobody listens."""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Home]:
    """A folder where nothing was ever started; whatever a test starts there is ended."""
    home = Home(tmp_path / ".dockline")
    yield home
    Stack(home, silent).down()


@pytest.fixture
def typed(place: Home) -> Dockline:
    return dockline_in(place.folder)


def by_name(typed: Dockline) -> dict[str, dict[str, object]]:
    return {row["name"]: row for row in typed("status", "--json").json}


def test_up_furnishes_a_tenant_and_a_second_up_changes_nothing(place: Home, typed: Dockline) -> None:
    first = typed("up", "--without-n8n", "--json")
    assert first.code == 0
    assert first.json["n8n"] is None
    before = by_name(typed)
    assert {name for name, row in before.items() if row["running"]} == {"connector", "sandbox"}
    with Connector(place) as connector:
        stock = connector.get("/v1/inventory")["positions"]
    assert len(stock) == len(shelves())
    second = typed("up", "--without-n8n", "--json")
    assert second.json == first.json
    assert by_name(typed) == before


def test_the_doctor_finds_a_running_stack_well_and_a_stopped_one_not(typed: Dockline) -> None:
    typed("up", "--without-n8n")
    well = typed("doctor")
    assert well.code == 0, well.out
    assert "All is well" in well.out
    assert typed("down").code == 0
    ill = typed("doctor", "--json")
    assert ill.code == 1
    wrong = {finding["about"]: finding for finding in ill.json if finding["well"] is False}
    assert "connector" in wrong
    assert wrong["connector"]["to_do"] == "dockline up"
    assert "Nothing was running" in typed("down").out


def test_the_doctor_says_what_is_wrong_where_nothing_was_set_up(typed: Dockline) -> None:
    ran = typed("doctor")
    assert ran.code == 1
    assert "dockline up" in ran.out
    assert "Traceback" not in ran.out + ran.err


def test_the_doctor_sees_that_state_and_events_differ(home: Home, dockline: Dockline) -> None:
    with open_database(home.database) as database:
        database.execute("INSERT INTO orders (tenant_id, id, version, body) VALUES ('demo', 'ord_ghost', 1, '{}')")
    findings = {finding["about"]: finding for finding in dockline("doctor", "--json").json}
    assert findings["database"]["well"] is False
    assert "dockline rebuild" in findings["database"]["to_do"]


def test_orders_outlive_down_and_up(place: Home, typed: Dockline) -> None:
    typed("up", "--without-n8n", "--without-sandbox")
    order = {
        "number": "KEPT-1",
        "currency": "USD",
        "ship_to": {"country": "US"},
        "lines": [{"line_id": "1", "sku": "ANY", "quantity_ordered": 1}],
        "totals": {"total_minor": 1},
    }
    with Connector(place) as connector:
        connector.post("/v1/orders", order)
    typed("down")
    typed("up", "--without-n8n", "--without-sandbox")
    assert typed("order", "show", "KEPT-1").code == 0


def test_starting_over_keeps_the_key_and_the_subscriptions_and_puts_orders_aside(place: Home) -> None:
    stack = Stack(place, silent)
    addresses = stack.up(Wanted(n8n=False))
    key = place.access().api_key
    flow = {"url": "http://127.0.0.1:9/webhook/x", "event_types": ["dockline.order.received.v1"]}
    order = {"number": "OLD-1", "currency": "USD", "ship_to": {"country": "US"}, "totals": {"total_minor": 1}}
    with Connector(place) as connector:
        subscribed = connector.post("/v1/subscriptions", flow)
        connector.post("/v1/orders", {**order, "lines": [{"line_id": "1", "sku": "ANY", "quantity_ordered": 1}]})
    assert stack.up(Wanted(n8n=False, start_over=True)).connector == addresses.connector
    assert place.access().api_key == key
    with Connector(place) as connector:
        assert connector.get("/v1/orders")["orders"] == []
    with open_database(place.database) as database:
        [kept] = outbox.subscriptions(database)
    assert (kept.id, kept.secret) == (subscribed["id"], subscribed["secret"])
    assert len(list(place.folder.glob("connector-*.sqlite"))) == 1
    stack.up(Wanted(n8n=False, start_over=True))
    assert len(list(place.folder.glob("connector-*.sqlite"))) == 1


def test_secrets_are_readable_by_this_user_alone(home: Home) -> None:
    assert (home.folder / "access.json").stat().st_mode & 0o077 == 0


def test_a_revoked_key_is_replaced_at_the_next_up(place: Home, typed: Dockline) -> None:
    typed("up", "--without-n8n", "--without-sandbox")
    before = place.access().api_key
    typed("key", "revoke", "demo", "--label", "flows")
    assert typed("doctor").code == 1
    typed("up", "--without-n8n", "--without-sandbox")
    assert place.access().api_key != before
    assert typed("order", "list").code == 0


def test_a_connector_that_cannot_start_says_why(place: Home, typed: Dockline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKLINE_RULES", str(place.folder / "no-rules"))
    ran = typed("up", "--without-n8n", "--without-sandbox")
    assert ran.code == 1
    assert "organisation.json" in ran.err
    assert "connector.log" in ran.err


def test_a_damaged_access_file_is_named(home: Home, dockline: Dockline) -> None:
    (home.folder / "access.json").write_text("{")
    ran = dockline("order", "list")
    assert ran.code == 1
    assert "access.json" in ran.err


def test_the_tenants_accounts_lead_to_the_sandbox_at_the_address_it_has_now(place: Home, typed: Dockline) -> None:
    addresses = typed("up", "--without-n8n", "--json").json
    with open_database(place.database) as database:
        accounts = {found.slug: found.settings for found in tenants.connections(database, TENANT)}
    for vendor in VENDOR_KEYS:
        assert accounts[vendor]["base_url"] == f"{addresses['sandbox']}/{vendor}"
