"""The simple model that real stock is held against: what each shelf holds, and who claims it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from canonical_models import InventoryPosition, Reservation

Key = str
"""A position's id."""
LIVE = ("held", "allocated")


@dataclass
class Cell:
    """One shelf; all figures in units."""

    sku: str
    location_id: str
    on_hand: int = 0
    unavailable: int = 0
    safety: int = 0
    coming: int = 0
    usable: bool = True


@dataclass
class Claim:
    """One claim that binds stock."""

    key: Key
    order_id: str
    quantity: int


@dataclass
class Ledger:
    """What must be there, by plain arithmetic."""

    cells: dict[Key, Cell] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    came: int = 0
    gone: int = 0

    def reserved(self, key: Key) -> int:
        return sum(claim.quantity for claim in self.claims.values() if claim.key == key)

    def free(self, key: Key) -> int:
        cell = self.cells[key]
        return cell.on_hand - cell.unavailable - self.reserved(key)

    def available(self, key: Key) -> int:
        cell = self.cells[key]
        return max(0, self.free(key) - cell.safety) if cell.usable else 0

    def of_sku(self, sku: str, but: Iterable[str] = ()) -> int:
        """What may be promised of a SKU, without some locations."""
        left_out = set(but)
        keys = [key for key, cell in self.cells.items() if cell.sku == sku and cell.location_id not in left_out]
        return sum(self.available(key) for key in keys)

    def cell(self, position: InventoryPosition) -> Cell:
        return self.cells.setdefault(position.id, Cell(position.sku, position.location_id))

    def follow(self, reservations: list[Reservation]) -> tuple[int, set[str]]:
        """Take over which claims are live now; units newly claimed, and the claims that are not live any more.

        Goods that left are taken off their shelf. Nothing may be claimed that is not there.
        """
        now = {each.id: each for each in reservations}
        ended = {claim_id for claim_id in self.claims if now[claim_id].state not in LIVE}
        for claim_id in ended:
            claim = self.claims.pop(claim_id)
            if now[claim_id].state == "consumed":
                self.cells[claim.key].on_hand -= claim.quantity
                self.gone += claim.quantity
        added = 0
        for each in reservations:
            if each.state in LIVE and each.id not in self.claims:
                assert 0 < each.quantity <= self.available(each.position_id), f"oversold: {each}"
                self.claims[each.id] = Claim(each.position_id, each.order_id, each.quantity)
                added += each.quantity
        return added, ended

    def check(self, positions: list[InventoryPosition]) -> None:
        """The real positions hold exactly what they must, and no unit came from nowhere or went nowhere."""
        for position in positions:
            cell = self.cells[position.id]
            said = (position.on_hand, position.reserved, position.unavailable, position.in_transit)
            assert said == (cell.on_hand, self.reserved(position.id), cell.unavailable, cell.coming), position
            assert position.available == self.available(position.id), position
            assert position.reserved + position.unavailable <= position.on_hand, position
            assert 0 <= position.picked <= position.reserved, position
        assert {position.id for position in positions} == set(self.cells)
        assert sum(cell.on_hand + cell.coming for cell in self.cells.values()) == self.came - self.gone
