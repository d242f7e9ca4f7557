"""Objects, events and projections of one tenant; keys, deadlines and rejected messages."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_models import InventoryPosition, Order
from connector_service.clock import FakeClock
from connector_service.errors import KeyReused, NotFound
from connector_service.store import Store, Transaction, deadlines, idempotency, rebuild, rejected
from tests.house import House, open_store

NOW = datetime(2026, 11, 9, 15, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Any:
    with open_store(tmp_path / "s.sqlite", clock) as opened:
        yield opened


def position(tenant_id: str, **changes: Any) -> InventoryPosition:
    fields = {"id": "same", "sku": "TEE", "location_id": "east", "on_hand": 1}
    times = {"created_at": NOW, "updated_at": NOW, "as_of": NOW}
    return InventoryPosition.model_validate({**fields, **times, "tenant_id": tenant_id, "version": 0, **changes})


def save(tx: Transaction, item: InventoryPosition) -> None:
    tx.save(item, "position.counted", {"actor": "t", "because": "b", "rule": None})


def test_tenants_with_the_same_ids_never_see_each_other(store: Store) -> None:
    for tenant_id, units in (("acme", 1), ("other", 2)):
        save(store.read(tenant_id), position(tenant_id, on_hand=units))
    tx = store.read("other")
    mine = tx.get(InventoryPosition, "same")
    mine.on_hand = 5
    save(tx, mine)
    assert store.read("acme").get(InventoryPosition, "same").on_hand == 1
    assert [p.on_hand for p in store.read("other").find_by(InventoryPosition, sku="TEE")] == [5]
    assert store.read("nobody").find(InventoryPosition, "same") is None
    with pytest.raises(NotFound):
        store.read("nobody").get(InventoryPosition, "same")


@given(changes=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
@settings(max_examples=30, deadline=None)
def test_events_have_no_gaps_and_hold_exactly_what_changed(changes: list[tuple[int, int]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "s.sqlite", FakeClock()) as store:
        tx = store.read("acme")
        item = position("acme")
        save(tx, item)
        for on_hand, unavailable in changes:
            item.on_hand, item.unavailable = on_hand, unavailable
            save(tx, item)
        sequences = [row[0] for row in store.reader.execute("SELECT sequence FROM events ORDER BY position")]
        assert sequences == list(range(1, len(changes) + 2))
        assert rebuild.differences(store.reader) == []


def test_a_projection_that_was_tampered_with_is_found_and_made_again(store: Store) -> None:
    save(store.read("acme"), position("acme"))
    before = store.reader.execute("SELECT * FROM positions").fetchall()
    store.reader.execute("UPDATE positions SET body = json_set(body, '$.on_hand', 99)")
    (difference,) = rebuild.differences(store.reader)
    assert (difference.kind, difference.id) == ("position", "same")
    rebuild.rebuild(store.reader)
    assert store.reader.execute("SELECT * FROM positions").fetchall() == before


def test_a_missing_projection_is_found(store: Store) -> None:
    save(store.read("acme"), position("acme"))
    store.reader.execute("DELETE FROM positions")
    (difference,) = rebuild.differences(store.reader)
    assert (difference.stored, difference.rebuilt is not None) == (None, True)


@pytest.mark.anyio
async def test_all_of_a_shipment_is_found_however_many_positions_it_has(house: House) -> None:
    from connector_service.inventory.positions import take_count

    lots = [f"L{number:04}" for number in range(1_100)]

    def fill(work: Any) -> None:
        for lot in lots:
            take_count(work, sku="SERUM", location_id="west", lot=lot, expires_on=None, on_hand=1)

    await house.change(fill)
    order_id = await house.allocated("N1", ("SERUM", 1_100))
    assert house.order(order_id).lines[0].quantity_allocated == 1_100
    await house.one("order.cancel", order_id=order_id, because="too many")
    assert house.store.read("acme").get(Order, order_id).status == "cancelled"
    held = house.store.reader.execute("SELECT SUM(json_extract(body, '$.reserved')) FROM positions").fetchone()
    assert held == (0,)


def test_a_key_gives_the_first_answer_again_and_refuses_other_content(store: Store) -> None:
    c = store.reader
    assert idempotency.recall(c, "acme", "k", "f1") is None
    idempotency.remember(c, "acme", "k", "f1", {"a": 1}, NOW)
    idempotency.remember(c, "acme", "k", "f1", {"a": 2}, NOW)
    assert idempotency.recall(c, "acme", "k", "f1") == {"a": 1}
    assert idempotency.recall(c, "other", "k", "f2") is None
    with pytest.raises(KeyReused):
        idempotency.recall(c, "acme", "k", "f2")
    assert idempotency.forget_before(c, NOW) == 0
    assert idempotency.forget_before(c, NOW + timedelta(seconds=1)) == 1


def test_deadlines_come_due_oldest_first_and_an_object_has_one(store: Store) -> None:
    c = store.reader
    for subject, minutes in (("b", 2), ("a", 1), ("c", 9), ("b", 3)):
        due_at = NOW + timedelta(minutes=minutes)
        deadlines.set_deadline(c, deadlines.Deadline("acme", subject, "order", due_at, 1))
    found = deadlines.due(c, NOW + timedelta(minutes=5))
    assert [(each.subject, each.due_at - NOW) for each in found] == [
        ("a", timedelta(minutes=1)),
        ("b", timedelta(minutes=3)),
    ]


def test_a_stale_deadline_does_not_take_the_fresh_one_with_it(store: Store) -> None:
    c = store.reader
    stale = deadlines.Deadline("acme", "a", "order", NOW, 1)
    fresh = deadlines.Deadline("acme", "a", "order", NOW + timedelta(hours=1), 1)
    deadlines.set_deadline(c, fresh)
    deadlines.clear_stale(c, stale)
    assert deadlines.due(c, NOW + timedelta(days=1)) == [fresh]
    deadlines.clear_stale(c, fresh)
    assert deadlines.due(c, NOW + timedelta(days=1)) == []


def test_rejected_messages_are_kept_byte_for_byte_until_they_are_replayed(store: Store) -> None:
    c = store.reader
    body = bytes(range(256))
    rejected.keep(c, "acme", rejected.RejectedMessage("r1", NOW.isoformat(), "orders", body, {"p": 1}, None))
    (found,) = rejected.find(c, "acme")
    assert (found.body, found.problem) == (body, {"p": 1})
    assert rejected.find(c, "other") == []
    with pytest.raises(NotFound):
        rejected.find(c, "other", "r1")
    rejected.mark_replayed(c, "acme", "r1", "ord_1")
    assert rejected.find(c, "acme") == []
    assert rejected.find(c, "acme", "r1")[0].replayed_as == "ord_1"
