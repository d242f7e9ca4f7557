"""Counts, receipts, adjustments and transfers may come in any order and again and again: the positions end the same.

What is refused because something it needs has not come yet is sent again, as a sender does; a history must be one that
can have happened.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector_service.clock import FakeClock
from connector_service.feeds.update import Update
from connector_service.rules_engine import RuleBook
from connector_service.store import rebuild
from tests.feeds.senders import feed, minutes, moved, update
from tests.house import PRODUCTS, check_house, open_house

pytestmark = pytest.mark.slow

SKU = "NEW"
PLACES = ("east", "west")
Figures = dict[str, tuple[int, int]]
"""On hand and in transit, by location."""


@dataclass
class History:
    """What happened, a minute apart, and what lies where at its end."""

    told: list[Update] = field(default_factory=list)
    on_hand: Counter[str] = field(default_factory=Counter)
    coming: Counter[str] = field(default_factory=Counter)
    transfers: dict[str, tuple[str, int]] = field(default_factory=dict)

    def happen(self, draw: st.DrawFn) -> None:
        at, place, number = minutes(len(self.told)), draw(st.sampled_from(PLACES)), len(self.told)
        there = self.on_hand[place]
        said = {"as_of": at, "source": draw(st.sampled_from(["wms", "erp"]))}
        here = {"sku": SKU, "location_id": place}
        match draw(st.sampled_from(["count", "receipt", "adjustment", "sent", "ended"])):
            case "count":
                self.on_hand[place] = draw(st.integers(0, 30))
                self.told.append(update(self.on_hand[place], **here, **said))
            case "receipt":
                units = draw(st.integers(1, 20))
                self.on_hand[place] += units
                self.told.append(moved("receipt", units, reference=f"R{number}", **here, **said))
            case "adjustment":
                units = draw(st.integers(-there, 9).filter(bool))
                self.on_hand[place] += units
                more = {"reference": f"A{number}", "reason": "correction"}
                self.told.append(moved("adjustment", units, **more, **here, **said))
            case "sent" if there:
                units, other = draw(st.integers(1, there)), PLACES[place == "east"]
                self.on_hand[place] -= units
                self.coming[other] += units
                self.transfers[f"T{number}"] = (other, units)
                more = {"transfer_id": f"T{number}", "to_location_id": other}
                self.told.append(moved("transfer_sent", units, **more, **here, **said))
            case "ended" if self.transfers:
                self._end(draw, number, said)

    def _end(self, draw: st.DrawFn, number: int, said: dict[str, object]) -> None:
        transfer_id = draw(st.sampled_from(sorted(self.transfers)))
        place, left = self.transfers.pop(transfer_id)
        units, arrives = draw(st.integers(1, left)), draw(st.booleans())
        self.coming[place] -= units
        self.on_hand[place] += units if arrives else 0
        if left > units:
            self.transfers[transfer_id] = (place, left - units)
        kind = "transfer_arrived" if arrives else "transfer_lost"
        self.told.append(moved(kind, units, transfer_id=transfer_id, reference=f"E{number}", **said))

    @property
    def figures(self) -> Figures:
        return {place: (self.on_hand[place], self.coming[place]) for place in PLACES}


@st.composite
def histories(draw: st.DrawFn) -> History:
    history = History()
    for _ in range(draw(st.integers(2, 14))):
        history.happen(draw)
    return history


async def _fed(path: Path, rules: RuleBook, sent: Sequence[Update]) -> Figures:
    async with open_house(path, rules, FakeClock()) as house:
        await house.change(lambda work: work.tx.put_products([PRODUCTS[0].model_copy(update={"sku": SKU})]))
        for _ in range(len(sent) + 1):
            summary = await feed(house, sent)
            if not summary.refused:
                break
            sent = [sent[index] for index, _ in summary.refusals]
        assert not summary.refused, summary
        check_house(house.store)
        assert rebuild.differences(house.store.reader) == []
        found = {key[0]: position for key, position in house.positions().items() if key[1] == SKU}
        return {
            place: (found[place].on_hand, found[place].in_transit) if place in found else (0, 0) for place in PLACES
        }


_NUMBERS = itertools.count()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_and_repetition_of_movements_and_counts_ends_the_same(
    tmp_path: Path, shipped_rules: RuleBook, data: st.DataObject
) -> None:
    history = data.draw(histories())
    if not history.told:
        return
    repeated = history.told + data.draw(st.lists(st.sampled_from(history.told), max_size=6))
    shuffled = data.draw(st.permutations(repeated))
    path = tmp_path / f"{next(_NUMBERS)}.sqlite"
    assert anyio.run(_fed, path, shipped_rules, shuffled) == history.figures
