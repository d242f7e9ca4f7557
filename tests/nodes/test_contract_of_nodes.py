"""What holds for every node: order of answers, neighbours, keys, concurrency, declared exceptions."""

from __future__ import annotations

from functools import partial
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canonical_models import EXCEPTION_CATALOG
from connector_service.orders.work import Outside
from nodes.registry import ALL_NODES, NODES_BY_NAME
from tests.house import House, check_house, new_order

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def test_answers_come_in_the_order_of_their_items_and_a_bad_one_fails_alone(house: House) -> None:
    items: list[Any] = [{"order": new_order(f"N{number}")} for number in range(120)]
    items[7] = {"order": new_order("X") | {"currency": "nope"}}
    items[60] = "no object"
    answers = await house.call("order.receive", items)
    good = [answer["output"]["number"] for answer in answers if answer["status"] == "done"]
    assert good == [f"N{number}" for number in range(120) if number not in (7, 60)]
    assert [at for at, answer in enumerate(answers) if answer["status"] == "failed"] == [7, 60]
    assert answers[7]["error"]["pointer"] == "/items/7/order/currency"
    check_house(house.store)


async def test_an_item_that_fails_late_keeps_nothing_and_its_neighbours_everything(house: House) -> None:
    first, second = await house.receive("N1"), await house.receive("N2")
    items = [{"order_id": first}, {"order_id": "ord_none"}, {"order_id": second}]
    answers = await house.call("order.validate", items)
    assert [answer["status"] for answer in answers] == ["done", "failed", "done"]
    assert answers[1]["error"]["status"] == 404


async def test_the_same_key_and_content_is_a_replay_and_other_content_is_refused(house: House) -> None:
    key = {"idempotency_key": "k"}
    first = await house.one("order.receive", order=new_order("N1"), **key)
    again = await house.one("order.receive", order=new_order("N1"), **key)
    assert (again["output"], again["replayed"], first["replayed"]) == (first["output"], True, False)
    error = await house.refused("order.receive", order=new_order("N2"), **key)
    assert (error["status"], error["pointer"]) == (409, "/idempotency_key")


async def test_a_version_seen_makes_a_repeat_a_replay(house: House) -> None:
    order_id = await house.receive()
    first = await house.one("order.validate", order_id=order_id, version=1)
    again = await house.one("order.validate", order_id=order_id, version=1)
    assert (again["output"], again["replayed"]) == (first["output"], True)


async def test_an_empty_key_is_no_key(house: House) -> None:
    for number in ("N1", "N2"):
        answer = await house.one("order.receive", order=new_order(number), idempotency_key="")
        assert answer["output"]["number"] == number


async def test_a_key_given_twice_in_one_call_counts_once(house: House) -> None:
    items = [{"order": new_order("N1"), "idempotency_key": "k"}] * 3
    answers = await house.call("order.receive", items)
    assert [answer["replayed"] for answer in answers] == [False, True, True]
    assert len({answer["output"]["order_id"] for answer in answers}) == 1


@pytest.mark.parametrize("node", ["order.release", "order.check_pre_pick"])
async def test_fifty_equal_calls_at_once_have_one_effect_and_one_answer(full_house: House, node: str) -> None:
    order_id = await full_house.allocated()
    version = full_house.order(order_id).version
    answers: list[Json] = []

    async def one() -> None:
        answers.extend(await full_house.call(node, [{"order_id": order_id, "version": version}]))

    async with anyio.create_task_group() as group:
        for _ in range(50):
            group.start_soon(one)
    assert len({str(answer["output"]) for answer in answers}) == 1
    assert [answer["replayed"] for answer in answers].count(False) == 1
    assert full_house.sandbox is not None
    assert len(full_house.sandbox.ledger()["releases"]) == (node == "order.release")
    check_house(full_house.store)


async def test_fifty_equal_items_in_one_call_buy_one_label(full_house: House) -> None:
    shipment = await full_house.packed()
    await full_house.through(shipment.id, "rate")
    answers = await full_house.call("shipment.buy_label", [{"shipment_id": shipment.id}] * 50)
    assert {answer["output"]["tracking_number"] for answer in answers} == {
        full_house.shipment(shipment.id).label.tracking_number  # type: ignore[union-attr]
    }
    assert full_house.sandbox is not None
    assert len(full_house.sandbox.ledger()["labels"]) == 1


@pytest.mark.parametrize("node", ALL_NODES, ids=lambda node: node.name)
def test_a_declaration_is_whole(node: Any) -> None:
    assert NODES_BY_NAME[node.name] is node
    assert node.name == f"{node.resource}.{node.operation}"
    assert node.title
    assert node.action
    assert node.description.endswith(".")
    assert set(node.fields_from_item) <= set(node.input.model_fields)
    assert node.subject is None or node.subject in node.input.model_fields
    assert set(node.raises) <= set(EXCEPTION_CATALOG)
    assert all(field.title and field.description for field in node.input.model_fields.values())


@pytest.mark.parametrize("node", ALL_NODES, ids=lambda node: node.name)
async def test_every_node_can_be_called_and_says_what_is_missing(house: House, node: Any) -> None:
    (answer,) = await house.call(node.name, [{"nonsense": 1}])
    assert answer["status"] == "failed"
    assert answer["error"]["status"] == 422
    assert answer["error"]["pointer"].startswith("/items/0")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("node", ALL_NODES, ids=lambda node: node.name)
async def test_no_item_makes_a_node_break(house: House, node: Any) -> None:
    order_id = await house.allocated()
    ids = {"order_id": order_id, "shipment_id": house.order(order_id).shipment_ids[0], "exception_id": "exc_1"}
    fields = list(node.input.model_fields)
    some = st.dictionaries(st.sampled_from(fields), JSON, max_size=len(fields))
    guesses: list[Any] = []

    @given(guess=JSON | some | some.map(lambda item: {**item, **{k: v for k, v in ids.items() if k in fields}}))
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def collect(guess: Any) -> None:
        guesses.append(guess)

    collect()
    answers = await house.call(node.name, guesses)
    assert {answer["status"] for answer in answers} <= {"done", "exception", "failed"}
    assert len(answers) == len(guesses)
    if isinstance(node.run, Outside):
        assert all(answer["error"] is None or answer["error"]["status"] < 500 for answer in answers)
    check_house(house.store)


async def test_an_order_is_not_cancelled_while_the_warehouse_is_asked_to_take_it(full_house: House) -> None:
    order_id = await full_house.allocated("N1")
    answers: dict[str, Any] = {}

    async def call(node: str, **item: Any) -> None:
        answers[node] = (await full_house.call(node, [{"order_id": order_id, **item}]))[0]["status"]

    async with anyio.create_task_group() as group:
        group.start_soon(call, "order.release")
        await anyio.lowlevel.checkpoint()
        group.start_soon(partial(call, "order.cancel", because="changed their mind"))
    assert answers == {"order.release": "done", "order.cancel": "failed"}
    assert full_house.order(order_id).status == "released"
