"""Which parcel a number is, is noted with the label: by a rebuild and for labels of before as for new ones."""

from __future__ import annotations

from typing import Any

import pytest

from connector_service.store import rebuild, tracking
from tests.house import House

pytestmark = pytest.mark.anyio


def noted(house: House) -> list[Any]:
    reader = house.store.reader
    return [
        reader.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall()  # noqa: S608
        for table in ("parcel_numbers", "watched_shipments")
    ]


@pytest.mark.parametrize("how", ["rebuild", "labels of before"])
async def test_what_is_noted_of_labels_comes_out_the_same(full_house: House, how: str) -> None:
    await full_house.labelled("N1")
    await full_house.shipped("N2")
    before = noted(full_house)
    assert [len(rows) for rows in before] == [2, 2]
    full_house.store.reader.execute("DELETE FROM parcel_numbers")
    full_house.store.reader.execute("DELETE FROM watched_shipments")
    if how == "rebuild":
        await full_house.store.administer(rebuild.rebuild)
    else:
        full_house.store.reader.execute(tracking.NOTE_EXISTING)
    after = noted(full_house)
    assert after[0] == before[0]
    assert [row[:2] for row in after[1]] == [row[:2] for row in before[1]]
