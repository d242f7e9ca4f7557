"""Whoever keeps answers hears of every change that is on disk, of no other, and before the writer hears that it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from canonical_models import InventoryPosition
from connector_service.clock import FakeClock
from connector_service.store import Store, Transaction, tenants
from connector_service.store.changes import Change
from tests.house import LOCATIONS, PRODUCTS

pytestmark = pytest.mark.anyio


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = Store(tmp_path / "store.sqlite", FakeClock())
    await opened.administer(lambda c: tenants.add_tenant(c, "acme", "Acme", opened.clock.now()))
    yield opened
    opened.close()


def put(tx: Transaction, on_hand: int, sku: str = "TEE") -> str:
    position = tx.find(InventoryPosition, f"east/{sku}") or InventoryPosition(
        tenant_id=tx.tenant_id,
        id=f"east/{sku}",
        version=0,
        created_at=tx.now,
        updated_at=tx.now,
        as_of=tx.now,
        sku=sku,
        location_id="east",
        on_hand=0,
    )
    position.on_hand = on_hand
    tx.save(position, "position.counted", {})
    return position.id


def heard(store: Store) -> list[list[Change] | None]:
    told: list[list[Change] | None] = []
    store.changes.listen(told.append)
    return told


async def test_a_saved_object_is_told_before_its_writer_hears_of_it(store: Store) -> None:
    await store.write("acme", lambda tx: put(tx, 1))
    told = heard(store)
    await store.write("acme", lambda tx: put(tx, 7))
    ((change,),) = [each for each in told if each is not None]
    assert (change.tenant_id, change.kind, change.id) == ("acme", "position", "east/TEE")
    assert change.body["on_hand"] == 7


async def test_what_a_failed_job_saved_is_never_told(store: Store) -> None:
    await store.write("acme", lambda tx: put(tx, 1))
    told = heard(store)

    def fails(tx: Transaction) -> None:
        put(tx, 9)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await store.write("acme", fails)
    assert told == []


async def test_products_and_locations_are_told_too(store: Store) -> None:
    await store.write("acme", lambda tx: put(tx, 1))
    told = heard(store)
    await store.write("acme", lambda tx: (tx.put_products(PRODUCTS[:1]), tx.put_locations(LOCATIONS[:1])))
    assert [(each.kind, each.id) for each in told[-1] or []] == [("product", "TEE"), ("location", "east")]


async def test_a_commit_of_another_process_is_noticed_once_and_an_own_one_never(store: Store) -> None:
    await store.write("acme", lambda tx: put(tx, 1))
    told = heard(store)
    await store.write("acme", lambda tx: put(tx, 2))
    told.clear()
    store.notice_others()
    assert told == []
    beside = Store(store.path, store.clock)
    await beside.write("acme", lambda tx: put(tx, 3))
    beside.close()
    store.notice_others()
    store.notice_others()
    assert told == [None]
