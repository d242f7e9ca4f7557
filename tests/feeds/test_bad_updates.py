"""What cannot be is refused with its field and reason, and changes nothing."""

from datetime import timedelta
from typing import Any

import pytest

from connector_service.feeds.feed import WholeFeed
from connector_service.feeds.update import Refused, read_update
from tests.feeds.senders import on_hand, refused, sender_to, take, update
from tests.house import House

pytestmark = pytest.mark.anyio
GOOD: dict[str, Any] = {
    "source": "wms",
    "sku": "TEE",
    "location_id": "east",
    "as_of": "2026-11-09T14:00:00Z",
    "on_hand": 7,
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("on_hand", -1),
        ("on_hand", 1_000_000_001),
        ("on_hand", 10**30),
        ("on_hand", 2.0),
        ("on_hand", float("nan")),
        ("on_hand", "7"),
        ("on_hand", True),
        ("on_hand", None),
        ("on_hand", [7]),
        ("sku", ""),
        ("sku", 7),
        ("sku", "TEE\x00"),
        ("sku", "T" * 129),
        ("location_id", None),
        ("lot", "L" * 65),
        ("lot", "a\nb"),
        ("expires_on", "2027-02-30"),
        ("expires_on", "31.03.2027"),
        ("as_of", "2026-11-09T14:00:00"),
        ("as_of", 1_794_000_000),
        ("as_of", "yesterday"),
        ("as_of", "2026-13-09T14:00:00Z"),
        ("sequence", -1),
        ("sequence", 2**63),
        ("sequence", "4"),
        ("source", ""),
        ("quantity", 7),
    ],
)
def test_a_value_of_a_wrong_kind_is_refused_with_its_field_and_what_would_be_right(field: str, value: Any) -> None:
    read = read_update({**GOOD, field: value}, {})
    assert isinstance(read, Refused), read
    assert read.field == field
    assert "give " in read.detail or "known are kind" in read.detail


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_a_missing_field_is_named(missing: str) -> None:
    read = read_update({name: value for name, value in GOOD.items() if name != missing}, {})
    assert isinstance(read, Refused)
    assert (read.field, read.detail.startswith(f"{missing} is missing")) == (missing, True)


@pytest.mark.parametrize("raw", [None, 7, "TEE", [GOOD], True])
def test_what_is_no_object_is_refused(raw: Any) -> None:
    assert isinstance(read_update(raw, {}), Refused)


async def test_a_position_in_the_future_is_refused_beyond_five_minutes(house: House) -> None:
    now = house.clock.now()
    wrong = await refused(house, update(7, as_of=now + timedelta(minutes=6)))
    assert (wrong.field, "clock right" in wrong.detail) == ("as_of", True)
    await take(house, update(7, as_of=now + timedelta(minutes=4)))
    assert on_hand(house) == 7


async def test_an_unknown_location_or_sku_and_a_bad_lot_are_refused(house: House) -> None:
    now = house.clock.now()
    for said, field, words in (
        ({"location_id": "mars"}, "location_id", "there are east, west"),
        ({"sku": "NONE"}, "sku", "PUT /v1/products"),
        ({"lot": "L1"}, "lot", "not kept by lot"),
        ({"sku": "SERUM"}, "lot", "which lot"),
        ({"expires_on": "2027-01-31"}, "expires_on", "which lot"),
    ):
        wrong = await refused(house, update(7, as_of=now, **said))
        assert (wrong.field, words in wrong.detail) == (field, True), wrong
    assert on_hand(house) == 20


async def test_what_is_refused_leaves_no_mark_behind(house: House) -> None:
    now = house.clock.now()
    await refused(house, update(7, as_of=now, sku="LATER", sequence=9))
    assert house.store.reader.execute("SELECT COUNT(*) FROM feed_marks").fetchone() == (0,)


async def test_all_or_nothing_takes_nothing_when_one_is_refused(house: House) -> None:
    now = house.clock.now()
    async with WholeFeed(sender_to(house)) as feed:
        feed.add(0, update(7, as_of=now))
        feed.add(1, update(7, as_of=now, sku="NONE"))
        summary = await feed.finish()
    assert (summary.accepted, summary.refused, summary.refusals[0][0]) == (0, 1, 1)
    assert on_hand(house) == 20
    assert house.store.reader.execute("SELECT COUNT(*) FROM feed_marks").fetchone() == (0,)


async def test_the_expiry_of_a_lot_is_taken_over(house: House) -> None:
    now = house.clock.now()
    await take(house, update(5, as_of=now, sku="SERUM", lot="L1", expires_on="2027-03-31"))
    assert house.positions()["east", "SERUM", "L1"].expires_on == "2027-03-31"
