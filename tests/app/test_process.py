"""The connector as a process: what stops its start, what a reload keeps, how it ends, and what it says of itself."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from connector_service.clock import FakeClock
from connector_service.store import tenants
from connector_service.store.database import connect
from nodes.registry import ALL_NODES
from tests.app.conftest import Api, serving
from tests.contracts.sandbox_process import PATIENCE, until
from tests.house import RULES, new_order

pytestmark = pytest.mark.anyio


@pytest.fixture
def spoilt_rules(tmp_path: Path) -> Path:
    """The shipped rules with an owner in one of them that nobody knows."""
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder)
    path = folder / "ownership.json"
    path.write_text(path.read_text().replace('"owner": "legal"', '"owner": "leagl"', 1))
    return folder


def start(tmp_path: Path, port: int, **settings: str) -> subprocess.Popen[str]:
    given = {"DOCKLINE_DATABASE": str(tmp_path / "p.sqlite"), "DOCKLINE_PORT": str(port), "DOCKLINE_RULES": str(RULES)}
    environment = {**os.environ, **given, **settings}
    command = [sys.executable, "-m", "connector_service"]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def refuses(tmp_path: Path, **settings: str) -> str:
    with start(tmp_path, free_port(), **settings) as process:
        assert process.wait(PATIENCE) == 2
        assert process.stderr is not None
        said = process.stderr.read()
    assert "Traceback" not in said
    return said


def test_a_rule_file_with_a_mistake_stops_the_start_with_file_rule_and_reason(
    tmp_path: Path, spoilt_rules: Path
) -> None:
    said = refuses(tmp_path, DOCKLINE_RULES=str(spoilt_rules))
    assert "ownership.json" in said
    assert "OWN-010" in said
    assert "leagl" in said


def test_an_unknown_setting_and_a_file_that_is_no_database_stop_the_start_with_their_names(tmp_path: Path) -> None:
    assert "DOCKLINE_PROT" in refuses(tmp_path, DOCKLINE_PROT="1")
    (tmp_path / "no.sqlite").write_text("no database " * 1_000)
    assert "no.sqlite" in refuses(tmp_path, DOCKLINE_DATABASE=str(tmp_path / "no.sqlite"))


async def test_a_reload_with_a_mistake_keeps_the_running_version(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder)
    async with serving(tmp_path, FakeClock(), folder) as api:
        before = (await api.mine.get("/v1/rules")).json()
        path = folder / "ownership.json"
        path.write_text(path.read_text().replace('"owner": "legal"', '"owner": "leagl"', 1))
        answer = await api.mine.post("/v1/rules/reload")
        assert answer.status_code == 422
        assert "leagl" in answer.json()["detail"]
        assert (await api.mine.get("/v1/rules")).json() == before
        assert (await api.mine.post("/v1/orders", json=new_order())).status_code == 201


async def test_a_process_told_to_stop_answers_what_it_has_begun(tmp_path: Path) -> None:
    port = free_port()
    with start(tmp_path, port) as process:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client:

            async def healthy() -> bool | None:
                try:
                    return (await client.get("/health")).status_code == 200
                except httpx.HTTPError:
                    return None

            await until(healthy)
            key = make_key(tmp_path / "p.sqlite")
            answers: list[Any] = []

            async def send(number: int) -> None:
                items = [{"order": new_order(f"N{number}-{at}")} for at in range(100)]
                headers = {"authorization": f"Bearer {key}"}
                try:
                    answer = await client.post("/v1/nodes/order.receive", json={"items": items}, headers=headers)
                except httpx.ConnectError:
                    return
                answers.append(answer.json()["results"])
                if len(answers) == 1:
                    process.send_signal(signal.SIGTERM)

            async with anyio.create_task_group() as group:
                for number in range(5):
                    group.start_soon(send, number)
        assert process.wait(PATIENCE) in (0, -signal.SIGTERM)
    said = {result["output"]["order_id"] for results in answers for result in results}
    connection = connect(tmp_path / "p.sqlite")
    kept = {row[0] for row in connection.execute("SELECT id FROM orders")}
    connection.close()
    assert said
    assert said <= kept


def make_key(path: Path) -> str:
    connection = connect(path)
    tenants.add_tenant(connection, "acme", "Acme", FakeClock().now())
    key = tenants.add_api_key(connection, "acme", "flows", FakeClock().now())
    connection.close()
    return key


async def test_the_openapi_document_lists_every_node_and_all_its_references_lead_somewhere(api: Api) -> None:
    document = (await api.nobody.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    for node in ALL_NODES:
        assert document["paths"][f"/v1/nodes/{node.name}"]["post"]["operationId"] == node.name
    operations = [each["operationId"] for path in document["paths"].values() for each in path.values()]
    assert len(operations) == len(set(operations))
    for reference in references(document):
        found = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
    assert json.dumps(document)


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for each in value.values() for found in references(each)]
    return [found for each in value for found in references(each)] if isinstance(value, list) else []
