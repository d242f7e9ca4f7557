"""A batch on a real warehouse and real carriers: what is done, what fails alone, what the answer says."""

from __future__ import annotations

from typing import Any

import pytest

from nodes.batch_models import BatchInput
from nodes.runner import Caller
from tests.house import House, check_house
from tests.nodes.gateway import before_the_warehouse

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
HANGS = {"latency_ms": 3_600_000}


async def batch(house: House, *order_ids: str, **item: Any) -> Json:
    output: Json = (await house.one("batch.run", order_ids=list(order_ids), **item))["output"]
    return output


def outcomes(output: Json) -> dict[str, str]:
    return {order["number"]: order["outcome"] for order in output["orders"]}


def endings(output: Json, kind: str) -> list[str]:
    return [task["ending"] for task in output["tasks"] if task["kind"] == kind]


def labels(house: House) -> list[str]:
    assert house.sandbox is not None
    return [label["reference"] for label in house.sandbox.ledger()["labels"]]


async def test_planned_orders_are_checked_and_packed_ones_get_their_labels(full_house: House) -> None:
    packed = [(await full_house.packed(f"P{number}", ("TEE", 2))).order_id for number in range(2)]
    planned = [await full_house.allocated(f"N{number}", ("MUG", 1)) for number in range(3)]
    output = await batch(full_house, *planned, *packed)
    assert set(outcomes(output).values()) == {"done"}
    assert (output["counts"]["orders"], output["counts"]["done"]) == (5, 5)
    assert {kind: endings(output, kind) for kind in ("inventory", "check", "packing", "label")} == {
        "inventory": ["succeeded"] * len({full_house.shipments(order_id)[0].location_id for order_id in planned}),
        "check": ["succeeded"] * 3,
        "packing": ["succeeded"] * 5,
        "label": ["succeeded"] * 2,
    }
    assert len(labels(full_house)) == 2
    assert all(full_house.shipments(order_id)[0].qa_checks[-1].gate == "pre_pick" for order_id in planned)
    assert all(full_house.shipments(order_id)[0].qa_checks[-1].gate == "shipping" for order_id in packed)
    check_house(full_house.store)


async def test_the_answer_says_parcels_and_what_customers_may_hear(full_house: House) -> None:
    shipment = await full_house.packed("P1")
    planned = await full_house.allocated("N1", ("MUG", 2))
    one, other = (await batch(full_house, shipment.order_id, planned))["orders"]
    (there,) = one["shipments"]
    assert there["shipment"]["status"] == "labelled"
    assert [(parcel["weight_g"], parcel["packed"]) for parcel in there["parcels"]] == [
        (shipment.parcels[0].weight_g, True)
    ]
    carrier = full_house.shipment(shipment.id).carrier
    assert one["customer_may_hear"] == f"Your order P1 is packed and waits for {carrier} to collect it."
    assert [parcel["packed"] for parcel in other["shipments"][0]["parcels"]] == [False]
    assert other["shipments"][0]["parcels"][0]["weight_g"] >= 700
    assert other["customer_may_hear"] == "We are preparing your order N1."


async def test_each_location_is_counted_once_for_the_whole_batch(full_house: House) -> None:
    async with before_the_warehouse(full_house) as gateway:
        near = [await full_house.allocated(f"E{number}", ("SERUM", 1)) for number in range(4)]
        split = await full_house.allocated("S1", ("MUG", 15))
        output = await batch(full_house, *near, split)
        assert set(outcomes(output).values()) == {"done"}
        assert sorted(gateway.asked) == ["east", "west"]
        assert set(gateway.numbers) <= {"E0", "S1"}, "a count is asked for in the name of its first order"
    needs = {task["task_id"]: task["needs"] for task in output["tasks"]}
    assert sorted(needs[f"check:{split}"]) == ["inventory:east", "inventory:west"]
    assert needs[f"packing:{full_house.shipments(near[0])[0].id}"] == [f"check:{near[0]}"]


async def test_one_hanging_carrier_leaves_the_sale_to_the_other(full_house: House) -> None:
    assert full_house.sandbox is not None
    packed = [(await full_house.packed(f"P{number}")).order_id for number in range(3)]
    full_house.sandbox.put("faults", {"swiftparcel": HANGS})
    output = await batch(full_house, *packed, timeout_seconds=1.5)
    assert set(outcomes(output).values()) == {"done"}
    assert {full_house.shipments(order_id)[0].carrier for order_id in packed} == {"terrapost"}
    check_house(full_house.store)


async def test_hanging_carriers_fail_only_what_waits_for_them(full_house: House) -> None:
    assert full_house.sandbox is not None
    packed = [(await full_house.packed(f"P{number}")).order_id for number in range(2)]
    planned = await full_house.allocated("N1")
    full_house.sandbox.put("faults", {"swiftparcel": HANGS, "terrapost": HANGS})
    output = await batch(full_house, *packed, planned, timeout_seconds=0.5)
    assert outcomes(output) == {"P0": "exception", "P1": "exception", "N1": "done"}
    for order in output["orders"][:2]:
        assert [case["code"] for case in order["exceptions"]] == ["carrier_unreachable"]
        assert order["customer_may_hear"].endswith("takes a little longer than planned. You need not do anything.")
    check_house(full_house.store)


@pytest.mark.parametrize("trouble", ["hangs", "fails"])
async def test_a_location_in_trouble_stops_its_orders_only(full_house: House, trouble: Any) -> None:
    async with before_the_warehouse(full_house) as gateway:
        near = await full_house.allocated("E1", ("SERUM", 1))
        split = await full_house.allocated("S1", ("MUG", 15))
        packed = (await full_house.packed("P1", ("TEE", 1))).order_id
        gateway.troubles["west"] = trouble
        output = await batch(full_house, near, split, packed, timeout_seconds=1)
    assert outcomes(output) == {"E1": "done", "S1": "exception", "P1": "done"}
    assert output["summary"].startswith("2 of 3 orders are done. 1 left the ordinary path: S1 (")
    (case,) = output["orders"][1]["exceptions"]
    assert case["code"] == "wms_unreachable"
    ended = {task["task_id"]: task for task in output["tasks"]}
    assert ended["inventory:east"]["ending"] == "succeeded"
    assert ended[f"check:{split}"]["ending"] == "skipped"
    assert ended[f"check:{split}"]["because"].startswith("inventory:west did not succeed: ")
    check_house(full_house.store)


async def test_a_count_that_is_short_becomes_the_exception_of_its_order(full_house: House) -> None:
    assert full_house.sandbox is not None
    short, fine = await full_house.allocated("N1", ("MUG", 4)), await full_house.allocated("N2", ("TEE", 1))
    there = full_house.shipments(short)[0].location_id
    full_house.sandbox.put("catalog", {"stock": [{"location_id": there, "sku": "MUG", "on_hand": 3}]})
    output = await batch(full_house, short, fine)
    assert outcomes(output) == {"N1": "exception", "N2": "done"}
    assert full_house.case(short).code == "inventory_mismatch"
    assert output["orders"][0]["because"] == full_house.case(short).message


async def test_an_unconnected_warehouse_fails_the_batchs_orders_without_an_exception(full_house: House) -> None:
    order_id = await full_house.allocated("N1")
    await full_house.store.administer(lambda c: c.execute("DELETE FROM connections WHERE slug = 'northdock'"))
    output = await batch(full_house, order_id)
    assert outcomes(output) == {"N1": "failed"}
    assert "has no connection 'northdock'" in output["orders"][0]["because"]
    assert not output["orders"][0]["retryable"]
    assert output["summary"].startswith("0 of 1 order is done. 1 could not be worked on: N1 (")
    assert output["summary"].endswith("Repeating it will not help them.")
    assert full_house.cases(order_id) == []


async def test_express_orders_go_first(full_house: House) -> None:
    standard = [(await full_house.packed(f"S{number}", ("TEE", 1))).order_id for number in range(3)]
    express = (await full_house.packed("X1", ("TEE", 1), priority="express")).order_id
    output = await batch(full_house, *standard, express, workers=1)
    waited = {task["task_id"]: task["waited_ms"] for task in output["tasks"] if task["kind"] == "packing"}
    mine = f"packing:{full_house.shipments(express)[0].id}"
    assert waited[mine] == min(waited.values())
    bought = [label["order_number"] for label in full_house.sandbox.ledger()["labels"]]  # type: ignore[union-attr]
    assert bought[0] == "X1"


async def test_the_carriers_of_the_tenant_only_are_asked(full_house: House) -> None:
    shipment = await full_house.packed("P1")
    await full_house.store.administer(
        lambda c: c.execute("DELETE FROM connections WHERE slug IN ('swiftparcel', 'terrapost')")
    )
    output = await batch(full_house, shipment.order_id)
    assert outcomes(output) == {"P1": "failed"}
    assert "no carrier" in output["orders"][0]["because"]


async def test_what_cannot_be_worked_on_fails_alone_and_says_why(full_house: House) -> None:
    held, cancelled = await full_house.allocated("H1"), await full_house.allocated("C1")
    await full_house.one("order.hold", order_id=held, reason="legal", because="a question")
    await full_house.one("order.cancel", order_id=cancelled, because="changed their mind")
    fresh, fine = await full_house.receive("R1"), await full_house.allocated("N1")
    output = await batch(full_house, held, cancelled, "ord_none", fresh, fine, fine)
    found = [(order["order_id"], order["outcome"]) for order in output["orders"]]
    assert found == [
        (held, "failed"),
        (cancelled, "failed"),
        ("ord_none", "failed"),
        (fresh, "nothing"),
        (fine, "done"),
    ]
    reasons = [order["because"] for order in output["orders"]]
    assert [
        words in reason
        for words, reason in zip(
            ("on hold (legal)", "cancelled", "no order", "allocate it first"), reasons, strict=False
        )
    ] == [True] * 4
    assert not any(order["retryable"] for order in output["orders"])


async def test_an_order_stopped_before_keeps_its_exception_and_gets_no_task(full_house: House) -> None:
    order_id = await full_house.allocated("N1")
    await full_house.one("exception.raise", order_id=order_id, code="lot_mismatch", message="the wrong lot")
    output = await batch(full_house, order_id)
    assert outcomes(output) == {"N1": "exception"}
    assert output["orders"][0]["because"] == "It was stopped before: the wrong lot"
    assert (output["tasks"], output["picture"]) == ([], "")
    assert len(full_house.cases(order_id)) == 1


async def test_another_tenants_order_is_as_one_that_is_not_there(full_house: House) -> None:
    order_id = await full_house.allocated("N1")
    (answer,) = await full_house.call("batch.run", [{"order_ids": [order_id]}], Caller("other", "tests"))
    (order,) = answer["output"]["orders"]
    assert (order["outcome"], order["because"], order["number"]) == ("failed", f"There is no order {order_id!r}.", "")
    assert full_house.shipments(order_id)[0].qa_checks == []


@pytest.mark.parametrize(
    ("item", "pointer"),
    [
        ({"order_ids": []}, "/items/0/order_ids"),
        ({"order_ids": ["o"] * 201}, "/items/0/order_ids"),
        ({"order_ids": ["o"], "workers": 0}, "/items/0/workers"),
        ({"order_ids": ["o"], "workers": 11}, "/items/0/workers"),
        ({"order_ids": ["o"], "timeout_seconds": 61}, "/items/0/timeout_seconds"),
    ],
)
async def test_limits_are_bounded(house: House, item: Json, pointer: str) -> None:
    assert (await house.refused("batch.run", **item))["pointer"] == pointer


def test_five_workers_and_ten_seconds_are_what_a_batch_has_unless_it_says_otherwise() -> None:
    item = BatchInput(order_ids=["ord_1"])
    assert (item.workers, item.timeout_seconds) == (5, 10)
