"""The connector is killed before a carrier's sale, or between it and our commit: on restart there is one live label,
never two."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from connector_service.clock import FakeClock
from connector_service.rules_engine import RuleBook
from connector_service.store import tenants
from tests.app.test_process import free_port, start
from tests.contracts.sandbox_process import PATIENCE, Sandbox, until
from tests.house import TENANT, House, open_house
from tests.orders.native_account import live_labels, rated

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
Json = dict[str, Any]


@contextmanager
def connector(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    port = free_port()
    process = start(tmp_path, port)
    url = f"http://127.0.0.1:{port}"
    try:
        is_up(process, url)
        yield process, url
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE)


def is_up(process: subprocess.Popen[str], url: str) -> None:
    """Wait until it answers; a machine that is busy starts it slowly."""
    while process.poll() is None:
        try:
            httpx.get(f"{url}/health", timeout=PATIENCE).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(process.communicate()[1])


async def call(url: str, key: str, node: str, **item: Any) -> Json:
    async with httpx.AsyncClient(headers={"authorization": f"Bearer {key}"}, timeout=PATIENCE) as client:
        answer = await client.post(f"{url}/v1/nodes/{node}", json={"items": [item]})
        result: Json = answer.json()["results"][0]
        return result


async def sold(house: House) -> Json:
    async def look() -> Json | None:
        found = live_labels(house)
        return found[0] if found else None

    return await until(look)


async def asked(house: House, slug: str) -> bool:
    async def look() -> bool:
        assert house.sandbox is not None
        return bool(house.sandbox.ledger()["calls"][slug].get("buy_label"))

    return await until(look)


async def killed(house: House, tmp_path: Path, slug: str, shipment_id: str, key: str, *, sold_first: bool) -> None:
    """The carrier sells and drips its answer, or takes its time to sell, while the connector is killed."""
    assert house.sandbox is not None
    slow = {"slow_drip": True} if sold_first else {"latency_ms": 2_000}
    house.sandbox.put("faults", {slug: {"only": ["buy_label"], **slow}})
    with connector(tmp_path) as (process, url):
        async with anyio.create_task_group() as calls:

            async def buy() -> None:
                with pytest.raises(httpx.HTTPError):
                    await call(url, key, "shipment.buy_label", shipment_id=shipment_id)

            calls.start_soon(buy)
            await (sold(house) if sold_first else asked(house, slug))
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE)
    house.sandbox.put("faults", {slug: {}})
    await sold(house)


@pytest.mark.parametrize(
    ("slug", "knows"), [("swiftparcel", "our reference"), ("terrapost", "what it sold"), ("dhl_express", "nothing")]
)
@pytest.mark.parametrize("sold_first", [True, False], ids=["after the sale", "before the sale"])
async def test_a_kill_before_the_commit_leaves_one_live_label(
    tmp_path: Path,
    shipped_rules: RuleBook,
    clock: FakeClock,
    vendors: Sandbox,
    slug: str,
    knows: str,
    sold_first: bool,
) -> None:
    async with open_house(tmp_path / "p.sqlite", shipped_rules, clock, vendors) as house:
        shipment = await rated(house, slug)
        key = tenants.add_api_key(house.store.reader, TENANT, "flows", clock.now())
        await killed(house, tmp_path, slug, shipment.id, key, sold_first=sold_first)
        with connector(tmp_path) as (_, url):
            answers = [await call(url, key, "shipment.buy_label", shipment_id=shipment.id) for _ in range(2)]
            (label,) = live_labels(house)
            if knows == "nothing":
                assert [answer["exception"]["code"] for answer in answers] == ["label_unknown"] * 2
                item = {"exception_id": answers[0]["exception"]["exception_id"], "person": "ada"}
                found = {"fields": {"found": label["tracking_number"]}, "audit_steps": ["carrier_asked"]}
                await call(url, key, "exception.resolve", **item, **found)
                await call(url, key, "exception.requeue", exception_id=item["exception_id"])
            checked = await call(url, key, "shipment.check_label", shipment_id=shipment.id)
        assert checked["status"] == "done", checked
        assert checked["output"]["tracking_number"] == label["tracking_number"]
        assert [each["tracking_number"] for each in live_labels(house)] == [label["tracking_number"]]
