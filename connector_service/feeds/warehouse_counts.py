"""Ask a warehouse's own system what it has, and hold it against ours.

What the warehouse has picked is off its shelves and still on hand here until it leaves; and of what it was given to
pick nobody knows whether it is off the shelf yet. So its figure agrees when ours lies between the two. A position at
which something happened while it was asked for is left for the next time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from canonical_models import (
    InventoryPosition,
    Location,
    LotStatus,
    Reservation,
    ReservationState,
    Shipment,
    ShipmentStatus,
)
from connector_service.adapters.contracts import StockCount
from connector_service.errors import Conflict, VendorError
from connector_service.feeds.counting import Outcome
from connector_service.feeds.feed import Sender
from connector_service.feeds.taking import Taking
from connector_service.feeds.update import Count, Refused
from connector_service.inventory.positions import position_id, set_lot_status
from connector_service.inventory.work import Source
from connector_service.orders.systems import Systems
from connector_service.store import Transaction, stock_queries
from connector_service.store.kinds import POSITION

PAGE = 200
"""Positions that are asked for at once."""
_GIVEN = [status.value for status in (ShipmentStatus.RELEASED, ShipmentStatus.PICKING, ShipmentStatus.EXCEPTION)]


@dataclass(slots=True)
class Reconciled:
    """What came of asking one location: positions by what was found, and why some could not be compared."""

    location_id: str
    system: str
    agreed: int = 0
    drifted: int = 0
    moved_meanwhile: int = 0
    unknown_there: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    trouble: str = ""

    @property
    def shown(self) -> dict[str, Any]:
        """As an answer holds it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Known:
    version: int
    picked: int
    given: int


async def reconcile_location(sender: Sender, systems: Systems, location: Location) -> Reconciled:
    """Ask for all positions of a location; a drift is taken over as a count, as any feed's."""
    result = Reconciled(location.id, location.wms)
    try:
        for page in _pages(sender, location.id):
            at = sender.store.clock.now()
            skus = sorted({body["sku"] for body in page})
            counts = await systems.warehouse(location.wms).counts(location.id, skus, "")
            known = _known(sender.store.read(sender.tenant_id), page)
            await sender.store.write(
                sender.tenant_id, partial(_take, sender=sender, result=result, at=at, counts=counts, known=known)
            )
    except (VendorError, Conflict) as error:
        result.trouble = error.detail
    return result


def _pages(sender: Sender, location_id: str) -> Iterator[list[dict[str, Any]]]:
    after: str | None = None
    while True:
        wanted = stock_queries.Page(PAGE, after, {"location_id": location_id}, newest_first=False)
        found = stock_queries.page(sender.store.reader, sender.tenant_id, POSITION, wanted)
        if found:
            yield found[:PAGE]
        if len(found) <= PAGE:
            return
        after = found[PAGE - 1]["id"]


def _known(tx: Transaction, page: list[dict[str, Any]]) -> dict[str, _Known]:
    """What we knew of the positions when they were asked for, and what warehouses have been given of them since."""
    given: dict[str, int] = {}
    shipments = [shipment.id for shipment in tx.find_by(Shipment, status=_GIVEN)]
    for begin in range(0, len(shipments), 500):
        for claim in tx.find_by(Reservation, shipment_id=shipments[begin : begin + 500]):
            if claim.state == ReservationState.ALLOCATED:
                given[claim.position_id] = given.get(claim.position_id, 0) + claim.quantity - claim.picked
    return {body["id"]: _Known(body["version"], body["picked"], given.get(body["id"], 0)) for body in page}


def _take(
    tx: Transaction,
    *,
    sender: Sender,
    result: Reconciled,
    at: datetime,
    counts: tuple[StockCount, ...],
    known: dict[str, _Known],
) -> None:
    work = sender.work_in(tx.part())
    updates = []
    told = {position_id(count.sku, result.location_id, count.lot): count for count in counts}
    result.unknown_there += [key for key in known if key not in told]
    for key, count in told.items():
        position = work.tx.find(InventoryPosition, key)
        if position is not None and (key not in known or position.version != known[key].version):
            result.moved_meanwhile += key in known
            continue
        if position is not None and count.lot_status != "ok":
            # What somebody else knows against a lot is not lifted because this warehouse knows nothing against it.
            words = f"{result.system} says so."
            set_lot_status(work, position, LotStatus(count.lot_status), words, source=Source(result.system, at=at))
        on_hand = _figure(count, position, known.get(key, _Known(0, 0, 0)))
        if on_hand == (position.on_hand if position else 0):
            result.agreed += position is not None
        else:
            updates.append(_update(result, count, on_hand, at))
    _feed(Taking(work, updates), updates, result)


def _figure(count: StockCount, position: InventoryPosition | None, known: _Known) -> int:
    """What is on hand by the warehouse's figure: ours, when that can be; else the nearest to ours that can."""
    least = count.on_hand + known.picked
    return min(max(position.on_hand if position else 0, least), least + known.given)


def _update(result: Reconciled, count: StockCount, on_hand: int, at: datetime) -> Count:
    return Count(
        source=result.system,
        as_of=at,
        sku=count.sku,
        location_id=result.location_id,
        lot=count.lot,
        on_hand=on_hand,
    )


def _feed(taking: Taking, updates: list[Count], result: Reconciled) -> None:
    for update in updates:
        outcome = taking.take(update)
        if isinstance(outcome, Refused):
            result.refused.append(f"{update.sku} {update.lot}: {outcome.detail}")
        else:
            result.drifted += outcome is Outcome.CHANGED
    taking.keep()
