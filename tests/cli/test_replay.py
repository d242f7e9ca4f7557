from __future__ import annotations

import json
from pathlib import Path

import httpx

from tests.cli.conftest import Running

RIGHT = {
    "number": "REFUSED-1",
    "currency": "USD",
    "ship_to": {"country": "US"},
    "lines": [{"line_id": "1", "sku": "MUG-STONE-350", "quantity_ordered": 1}],
    "totals": {"total_minor": 1600},
}


def refuse(running: Running, body: bytes) -> str:
    """Send a message that cannot be taken in; the id under which it is kept."""
    headers = {"authorization": f"Bearer {running.home.access().api_key}"}
    answer = httpx.post(f"{running.home.url('connector')}/v1/orders", content=body, headers=headers, trust_env=False)
    assert answer.status_code == 422
    return str(answer.json()["rejected_id"])


def test_a_refused_message_is_listed_with_what_is_wrong_and_where(running: Running) -> None:
    message = refuse(running, json.dumps({**RIGHT, "currency": "dollars"}).encode())
    ran = running.dockline("replay")
    assert message in ran.out
    assert "/currency" in ran.out
    [kept] = [each for each in running.dockline("replay", "--json").json if each["id"] == message]
    assert json.loads(kept["body"])["currency"] == "dollars"
    assert running.dockline("replay", message, "--json").json["id"] == message


def test_a_corrected_message_becomes_an_order_once(running: Running, tmp_path: Path) -> None:
    message = refuse(running, b'{"number": "REFUSED-1"')
    corrected = tmp_path / "corrected.json"
    corrected.write_text(json.dumps(RIGHT))
    ran = running.dockline("replay", message, "--body", str(corrected))
    assert ran.code == 0
    assert "REFUSED-1" in ran.out
    assert message not in running.dockline("replay").out
    again = running.dockline("replay", message, "--body", str(corrected))
    assert again.code == 1
    assert "before" in again.err


def test_a_message_that_is_no_json_needs_a_corrected_body(running: Running) -> None:
    message = refuse(running, b"{")
    ran = running.dockline("replay", message)
    assert ran.code == 2
    assert "--body" in ran.err


def test_a_message_nobody_kept_is_said_so(running: Running) -> None:
    ran = running.dockline("replay", "rej_none")
    assert ran.code == 1
    assert "rej_none" in ran.err
