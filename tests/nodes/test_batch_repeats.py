"""A batch repeated, with a key, cancelled, killed halfway or out of time: nothing is done twice, nothing is lost."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from canonical_models import Shipment
from connector_service.errors import StoreUnavailable
from nodes.batch import BATCH_RUN, Batches
from nodes.batch_models import PlannedParcel
from nodes.contract import Composed
from tests.contracts.sandbox_process import ROOT, until
from tests.house import CALLER, House, check_house
from tests.nodes.test_batch import HANGS, batch, endings, labels, outcomes

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def test_a_batch_again_changes_nothing(full_house: House) -> None:
    packed = (await full_house.packed("P1")).order_id
    planned = await full_house.allocated("N1")
    await batch(full_house, packed, planned)
    before = [full_house.events(order_id) for order_id in (packed, planned)]
    again = await batch(full_house, packed, planned)
    assert [full_house.events(order_id) for order_id in (packed, planned)] == before
    assert outcomes(again) == {"P1": "nothing", "N1": "done"}
    assert endings(again, "label") == endings(again, "inventory") == []
    assert len(labels(full_house)) == 1


async def test_a_step_that_the_flow_did_at_the_same_version_is_not_done_again(full_house: House) -> None:
    order_id = await full_house.allocated("N1")
    version = full_house.order(order_id).version
    await batch(full_house, order_id)
    answer = await full_house.one("order.check_pre_pick", order_id=order_id, version=version)
    assert answer["replayed"]


async def test_a_label_whose_sale_hung_is_bought_once_when_the_carrier_is_back(full_house: House) -> None:
    assert full_house.sandbox is not None
    shipment = await full_house.packed("P1")
    full_house.sandbox.put("faults", {"terrapost": {"outage": True}})
    await full_house.through(shipment.id, "check_post_pick", "check_packing", "rate")
    # The carrier sells, and its answer does not arrive in time.
    full_house.sandbox.put("faults", {"swiftparcel": {"slow_drip": True}})
    output = await batch(full_house, shipment.order_id, timeout_seconds=1)
    assert outcomes(output) == {"P1": "exception"}
    assert endings(output, "label") == ["timed_out"]
    assert full_house.case(shipment.order_id).code == "carrier_unreachable"
    assert len(labels(full_house)) == 1
    full_house.sandbox.put("faults", {"swiftparcel": {}})
    assert outcomes(await batch(full_house, shipment.order_id)) == {"P1": "exception"}
    await full_house.resolve(shipment.order_id, {"checked_with_carrier": "Kim"})
    await full_house.requeue(shipment.order_id)
    assert outcomes(await batch(full_house, shipment.order_id)) == {"P1": "done"}
    assert len(labels(full_house)) == 1
    check_house(full_house.store)


async def test_the_same_key_gives_the_first_answer_and_other_orders_are_refused(full_house: House) -> None:
    order_id = await full_house.allocated("N1")
    first = await full_house.one("batch.run", order_ids=[order_id], idempotency_key="k")
    again = await full_house.one("batch.run", order_ids=[order_id], idempotency_key="k")
    assert (again["output"], again["replayed"], first["replayed"]) == (first["output"], True, False)
    assert (await full_house.refused("batch.run", order_ids=["ord_x"], idempotency_key="k"))["status"] == 409


async def test_an_answer_worth_repeating_is_not_kept_under_its_key(full_house: House) -> None:
    order_id = await full_house.allocated("N1")
    caught = replace(BATCH_RUN, run=Composed(Batches(packing=_busy).answers))
    item = {"order_ids": [order_id], "idempotency_key": "k", "timeout_seconds": 0.2}
    (answer,) = await full_house.runner.run(caught, CALLER, [item])
    (order,) = answer["output"]["orders"]
    assert (order["outcome"], order["retryable"]) == ("failed", True)
    again = await full_house.one("batch.run", **item)
    assert (again["replayed"], outcomes(again["output"])) == (False, {"N1": "done"})


async def test_when_the_time_of_a_call_is_over_the_rest_waits_for_a_repeat(full_house: House) -> None:
    order_ids = [await full_house.allocated(f"N{number}") for number in range(3)]
    ticks = iter(range(0, 10_000, 40))
    batches = Batches(clock=lambda: float(next(ticks)))
    hurried = replace(BATCH_RUN, run=Composed(batches.answers))
    (answer,) = await full_house.runner.run(hurried, CALLER, [{"order_ids": order_ids}])
    assert {order["outcome"] for order in answer["output"]["orders"]} == {"failed"}
    assert all(order["retryable"] for order in answer["output"]["orders"])
    assert answer["output"]["counts"]["tasks"]["not_started"] > 0
    assert set(outcomes(await batch(full_house, *order_ids)).values()) == {"done"}


async def test_a_cancelled_batch_leaves_nothing_running(full_house: House) -> None:
    assert full_house.sandbox is not None
    packed = (await full_house.packed("P1")).order_id
    full_house.sandbox.put("faults", {"swiftparcel": HANGS, "terrapost": HANGS})
    before = asyncio.all_tasks()
    running = asyncio.create_task(batch(full_house, packed))
    await until(_a_carrier_is_asked)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    # A token on its way is everybody's: it comes, or ends by its own limit.
    assert {task for task in asyncio.all_tasks() - before if "AccountToken._fetch" not in repr(task)} == set()
    assert outcomes_of_store(full_house, packed) == ("packed", [])


async def _a_carrier_is_asked() -> bool:
    return any(task.get_name() == "swiftparcel" for task in asyncio.all_tasks())


def outcomes_of_store(house: House, order_id: str) -> tuple[str, list[str]]:
    return house.shipments(order_id)[0].status.value, house.order(order_id).exception_ids


async def test_a_batch_whose_process_is_killed_halfway_is_finished_by_a_repeat(
    full_house: House, tmp_path: Path
) -> None:
    assert full_house.sandbox is not None
    packed = [(await full_house.packed(f"P{number}", ("TEE", 1))).order_id for number in range(6)]
    full_house.sandbox.put("faults", {"swiftparcel": {"latency_ms": 60}, "terrapost": {"latency_ms": 60}})
    command = [sys.executable, "-m", "tests.nodes.batch_child", str(tmp_path / "house.sqlite"), *packed]
    async with await anyio.open_process(command, cwd=ROOT, stdout=None, stderr=None) as child:
        await until(lambda: _some_labels(full_house))
        child.kill()
    assert 2 <= len(labels(full_house)) < 6
    output = await batch(full_house, *packed)
    assert set(outcomes(output).values()) <= {"done", "nothing"}
    assert sorted(labels(full_house)) == sorted(set(labels(full_house)))
    assert len(labels(full_house)) == 6
    assert all(full_house.shipments(order_id)[0].status == "labelled" for order_id in packed)
    check_house(full_house.store)


async def _some_labels(house: House) -> bool:
    return len(labels(house)) >= 2


def _busy(shipment: Shipment, products: Any, packaging: Any) -> list[PlannedParcel]:
    raise StoreUnavailable("the disk is full")
