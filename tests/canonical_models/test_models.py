"""The canonical models: strict fields, UTC, status tables, published schemas, a worked example of each object."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ValidationError

from canonical_models import (
    FINAL_ORDER_STATUSES,
    FINAL_PICKUP_STATUSES,
    ORDER_MOVED_BY,
    ORDER_TRANSITIONS,
    PICKUP_TRANSITIONS,
    PICKUP_TROUBLES,
    SHIPMENT_MOVED_BY,
    SHIPMENT_TRANSITIONS,
    NewOrder,
    Order,
    OrderStatus,
    PickupStatus,
    PickupTrouble,
    ShipmentStatus,
    schema_files,
)
from tests.canonical_models.examples import EXAMPLES
from tests.house import new_order

TABLES = [(ORDER_TRANSITIONS, ORDER_MOVED_BY, OrderStatus), (SHIPMENT_TRANSITIONS, SHIPMENT_MOVED_BY, ShipmentStatus)]


@pytest.mark.parametrize(("table", "moved_by", "statuses"), TABLES, ids=["order", "shipment"])
def test_a_status_table_names_every_status_and_no_other(table: Any, moved_by: Any, statuses: Any) -> None:
    assert set(table) == set(moved_by) == set(statuses)
    assert set().union(*table.values()) <= set(statuses)
    assert all(status not in targets for status, targets in table.items())


def reachable(table: Any, start: Any) -> set[Any]:
    found, waiting = {start}, [start]
    while waiting:
        fresh = table[waiting.pop()] - found
        found |= fresh
        waiting += fresh
    return found


def test_every_order_can_end_and_every_status_can_be_reached() -> None:
    for status in OrderStatus:
        assert reachable(ORDER_TRANSITIONS, status) & FINAL_ORDER_STATUSES
    assert reachable(ORDER_TRANSITIONS, OrderStatus.RECEIVED) == set(OrderStatus)
    assert reachable(SHIPMENT_TRANSITIONS, ShipmentStatus.PLANNED) == set(ShipmentStatus)


def test_every_pickup_can_end_and_what_is_over_stays_so() -> None:
    assert set(PICKUP_TRANSITIONS) == set(PickupStatus) == reachable(PICKUP_TRANSITIONS, PickupStatus.REQUESTED)
    for status in PickupStatus:
        assert reachable(PICKUP_TRANSITIONS, status) & FINAL_PICKUP_STATUSES
        assert (PICKUP_TRANSITIONS[status] == frozenset()) == (status in FINAL_PICKUP_STATUSES)


def test_every_trouble_of_a_pickup_says_what_it_means_and_what_to_do() -> None:
    assert set(PICKUP_TROUBLES) == set(PickupTrouble)
    assert all(entry.meaning.endswith(".") and entry.remedy.endswith(".") for entry in PICKUP_TROUBLES.values())


def test_a_cancelled_order_stays_cancelled_and_a_closed_one_only_comes_back_as_a_return() -> None:
    assert ORDER_TRANSITIONS[OrderStatus.CANCELLED] == frozenset()
    assert ORDER_TRANSITIONS[OrderStatus.CLOSED] == {OrderStatus.RETURNED}
    assert {moved for status, moved in ORDER_MOVED_BY.items() if status in FINAL_ORDER_STATUSES} == {"nobody"}


def test_a_diverted_order_can_go_back_to_wherever_its_shipments_are() -> None:
    back = set(OrderStatus) - FINAL_ORDER_STATUSES - {OrderStatus.RETURNED}
    for status in (OrderStatus.QUARANTINED, OrderStatus.ON_HOLD):
        assert back - {status} <= ORDER_TRANSITIONS[status]


@pytest.mark.parametrize("name", schema_files.PUBLISHED)
def test_each_object_has_a_worked_example_that_its_schema_accepts(name: str) -> None:
    model, example = schema_files.PUBLISHED[name], EXAMPLES[name]
    said = model.model_validate(example).model_dump(mode="json")
    Draft202012Validator(schema_files.schemas()[f"{name}.json"]).validate(said)
    assert model.model_validate(said).model_dump(mode="json") == said


@pytest.mark.parametrize("name", schema_files.PUBLISHED)
def test_each_object_refuses_a_field_it_does_not_know(name: str) -> None:
    with pytest.raises(ValidationError, match="extra_forbidden"):
        schema_files.PUBLISHED[name].model_validate({**EXAMPLES[name], "unheard_of": 1})


def models(model: type[BaseModel]) -> set[type[BaseModel]]:
    return {model}.union(*(models(each) for each in model.__subclasses__()))


def test_the_published_schemas_are_fresh_and_valid() -> None:
    assert schema_files.stale() == []
    assert schema_files.main(["--check"]) == 0
    for schema in schema_files.schemas().values():
        Draft202012Validator.check_schema(schema)


def test_a_stale_schema_is_named(tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(schema_files, "FOLDER", tmp_path)
    assert schema_files.main(["--check"]) == 1
    assert "order.v1.json" in capsys.readouterr().err
    assert schema_files.main(["--write"]) == 0
    (tmp_path / "old.v1.json").write_text("{}")
    assert schema_files.main(["--check"]) == 1
    schema_files.write()
    assert schema_files.main(["--check"]) == 0
    assert schema_files.main([]) == 2


@given(
    moment=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),
    hours=st.integers(-14, 14),
)
def test_every_time_becomes_utc(moment: datetime, hours: int) -> None:
    said = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    found = NewOrder.model_validate(new_order(requested_ship_at=said.isoformat())).requested_ship_at
    assert found == said
    assert found is not None
    assert found.tzinfo == UTC


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        NewOrder.model_validate(new_order(requested_ship_at="2026-11-09T10:00:00"))


@pytest.mark.parametrize("units", [0, -1, 1_000_000_001, 1.5])
def test_a_line_is_for_one_unit_or_more(units: float) -> None:
    with pytest.raises(ValidationError, match="quantity_ordered"):
        NewOrder.model_validate(new_order("N1", ("TEE", units)))  # type: ignore[arg-type]


def test_two_lines_with_one_id_are_refused() -> None:
    line = {"line_id": "1", "sku": "TEE", "quantity_ordered": 1}
    with pytest.raises(ValidationError, match="'1' is used 2 times"):
        NewOrder.model_validate(new_order(lines=[line, line]))


def test_what_is_open_of_a_line_is_neither_allocated_nor_cancelled() -> None:
    order = Order.model_validate(EXAMPLES["order.v1"])
    line = order.lines[0]
    assert line.quantity_open == line.quantity_ordered - line.quantity_allocated - line.quantity_cancelled
