from __future__ import annotations

import sqlite3
from contextlib import closing

from connector_service.local.home import Home
from tests.cli.commands import Dockline
from tests.cli.conftest import Running


def tamper(running: Running, order_id: object) -> None:
    """Change an order behind the events' back."""
    with closing(sqlite3.connect(running.home.database)) as database, database:
        database.execute("UPDATE orders SET body = json_set(body, '$.owner', 'nobody') WHERE id = ?", (order_id,))


def test_state_and_events_agree(running: Running) -> None:
    running.send_order("REBUILD-1")
    ran = running.dockline("rebuild", "--check")
    assert ran.code == 0
    assert "agree" in ran.out


def test_what_differs_is_named_mended_and_then_agrees(running: Running) -> None:
    sent = running.send_order("REBUILD-2")
    tamper(running, sent["order_id"])
    found = running.dockline("rebuild", "--check", "--json")
    assert found.code == 1
    [difference] = found.json["differences"]
    assert difference["id"] == sent["order_id"]
    assert difference["fields"] == {"owner": {"stored": "nobody", "events_say": sent["owner"]}}
    assert "dockline rebuild" in running.dockline("rebuild", "--check").out
    assert "mended" in running.dockline("rebuild").out
    assert running.dockline("rebuild", "--check").code == 0
    assert running.dockline("order", "show", "REBUILD-2", "--json").json["order"]["owner"] == sent["owner"]


def test_without_a_database_there_is_nothing_to_rebuild(home: Home, dockline: Dockline) -> None:
    home.database.unlink()
    ran = dockline("rebuild")
    assert ran.code == 1
    assert "dockline up" in ran.err
