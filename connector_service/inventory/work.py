"""What a change of stock is given, who told of it, and the one way a position is saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from canonical_models import InventoryPosition
from connector_service.errors import Conflict
from connector_service.store import Transaction, backorders, tenants

MOST_UNITS = 1_000_000_000
MOST_SERIALS = 1_000


class StockWork(Protocol):
    """Who acts, in which transaction; the `Work` of an order's step is one."""

    tx: Transaction
    actor: str

    @property
    def now(self) -> datetime:
        """The moment of the transaction."""

    @property
    def tenant_id(self) -> str:
        """Whose stock this is."""

    def new_id(self, prefix: str) -> str:
        """A fresh id for an object."""


@dataclass(frozen=True, slots=True)
class Source:
    """Who tells of a change. The same `reference` (or `sequence`, when there is none) told twice about a position is
    one change. `at` is when it happened: a count made later has it already, whenever both arrive."""

    system: str
    reference: str = ""
    sequence: int | None = None
    at: datetime | None = None

    @property
    def key(self) -> str:
        """What makes a repeat known; empty when nothing does."""
        return self.reference or (f"#{self.sequence}" if self.sequence is not None else "")


def stock_settings(work: StockWork) -> tenants.StockSettings:
    """How the tenant deals with stock."""
    return work.tx.reference("stock", lambda: tenants.stock_settings(work.tx.connection, work.tenant_id))


def save_position(
    work: StockWork,
    position: InventoryPosition,
    event: str,
    because: str,
    *,
    more: bool = False,
    source: Source | None = None,
    **details: Any,
) -> None:
    """Save a changed position with its event; `more`: there may be more to promise than before, so who waits is told.

    Raises:
        Conflict: more is claimed or set aside than there is, or there is more than a position can hold.
    """
    _check(position)
    # A source's clock may be a little ahead: what it told of later than now has happened by `as_of`, too.
    told_at = source.at if source is not None and source.at is not None else work.now
    position.as_of = max(work.now, position.as_of, told_at)
    data = {"actor": work.actor, "because": because, "rule": None, **details}
    if source is not None:
        data |= {"source": source.system, "reference": source.key}
        if source.at is not None:
            data["told_at"] = source.at.isoformat()
    work.tx.save(position, f"position.{event}", data, order_id=details.get("order_id", ""))
    if more and position.available > 0:
        backorders.note_arrival(work.tx.connection, work.tenant_id, position.sku, work.now)


def _check(position: InventoryPosition) -> None:
    if position.on_hand > MOST_UNITS or len(position.serials) > MOST_SERIALS:
        raise Conflict(
            f"{position.id} would hold {position.on_hand} units and {len(position.serials)} serial numbers; a position "
            f"holds at most {MOST_UNITS} and {MOST_SERIALS}. Split it by lot."
        )
    if not 0 <= position.picked <= position.reserved or position.free < 0 or position.unavailable < 0:
        raise Conflict(
            f"{position.id} would have {position.on_hand} on hand, but {position.reserved} reserved and "
            f"{position.unavailable} unavailable. Give reservations back first."
        )
