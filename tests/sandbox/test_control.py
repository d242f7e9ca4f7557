from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.contracts.sandbox_process import Sandbox


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("faults", {"nobody": {}}),
        ("faults", {"northdock": {"latency": 5}}),
        ("faults", {"northdock": {"error_rate": 2}}),
        ("scenarios", {"SO-1": "no_such_scenario"}),
        ("timing", {"speed": 0}),
        ("webhooks", {"northdock": {"url": "ftp://x", "secret": "s"}}),
        ("catalog", {"products": [{"sku": "A"}]}),
    ],
)
def test_a_mistake_in_a_control_call_is_refused(sandbox: Sandbox, what: str, value: Any) -> None:
    assert sandbox.control.put(what, json=value).status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/northdock/v2/orders", 401),
        ("GET", "/northdock/nowhere", 404),
        ("PATCH", "/northdock/v2/orders", 404),
        ("POST", "/swiftparcel/v1/labels", 422),
        ("DELETE", "/swiftparcel/v1/labels/none", 404),
        ("GET", "/terrapost/api/scans", 401),
        ("GET", "/elsewhere", 404),
    ],
)
def test_a_wrong_call_gets_the_vendors_own_error(sandbox: Sandbox, method: str, path: str, status: int) -> None:
    key = {} if status == 401 else {"x-api-key": "sandbox"}
    answer = httpx.request(method, sandbox.url + path, headers=key, content=b"{")
    assert answer.status_code == status
    assert answer.json()


def test_half_of_the_calls_fail_at_an_error_rate_of_a_half(sandbox: Sandbox) -> None:
    sandbox.put("faults", {"northdock": {"error_rate": 0.5}})
    with httpx.Client(base_url=sandbox.url, headers={"x-api-key": "sandbox"}) as client:
        statuses = [client.get("/northdock/v2/counts").status_code for _ in range(400)]
    assert set(statuses) == {200, 500}
    assert 120 < statuses.count(500) < 280


def test_a_call_that_is_held_up_does_nothing_in_the_world_after_a_reset(sandbox: Sandbox) -> None:
    sandbox.put("faults", {"northdock": {"latency_ms": 300}})
    with ThreadPoolExecutor(1) as pool:
        held_up = pool.submit(
            httpx.get, f"{sandbox.url}/northdock/v2/counts", headers={"x-api-key": "sandbox"}, timeout=20
        )
        while not sandbox.ledger()["calls"].get("northdock"):
            pass
        sandbox.fresh()
        answer = held_up.result()
    assert answer.status_code == 503
    assert "reset" in answer.text
