"""Transfers: units leave a location, are in transit, and arrive at another or are given up; none comes or goes."""

from __future__ import annotations

from typing import Any

from canonical_models import InventoryPosition, Transfer
from connector_service.errors import Conflict, InvalidInput
from connector_service.inventory import serials as numbers
from connector_service.inventory.positions import Shelf, position_at
from connector_service.inventory.sources import note_movement, told_before
from connector_service.inventory.work import Source, StockWork, save_position


def send(
    work: StockWork,
    origin: InventoryPosition,
    to_location_id: str,
    quantity: int,
    *,
    transfer_id: str = "",
    source: Source | None = None,
    counted: bool = False,
) -> Transfer:
    """Take free units off a position and put them in transit; the same `transfer_id` again gives the same transfer.

    `counted`: a newer count has not found them any more, so that nothing is taken off.

    Raises:
        InvalidInput: nothing is sent, or it is sent to where it is.
        Conflict: fewer units are free, or the id belongs to another transfer.
    """
    target = Shelf(origin.sku, to_location_id, origin.lot, origin.expires_on)
    if transfer_id and (known := work.tx.find(Transfer, transfer_id)) is not None:
        if (known.from_position_id, known.to_position_id, known.quantity) == (origin.id, target.position_id, quantity):
            return known
        words = f"There is another transfer {transfer_id!r}, of {known.quantity} x {known.sku}."
        raise Conflict(words, pointer="/transfer_id")
    if quantity <= 0 or to_location_id == origin.location_id:
        raise InvalidInput("A transfer takes 1 or more units to another location.", pointer="/quantity")
    if quantity > origin.free and not counted:
        raise Conflict(f"{origin.id} has {origin.free} free units, not {quantity}.", pointer="/quantity")
    transfer = Transfer(
        tenant_id=work.tenant_id,
        id=transfer_id or work.new_id("trf"),
        version=0,
        created_at=work.now,
        updated_at=work.now,
        sku=origin.sku,
        lot=origin.lot,
        from_position_id=origin.id,
        to_position_id=target.position_id,
        quantity=quantity,
        serials=[] if counted else numbers.take(origin, quantity),
    )
    because = f"{quantity} sent to {to_location_id}."
    details: dict[str, Any] = {"source": source, "transfer_id": transfer.id, "quantity": quantity}
    note_movement(work, source, origin.id, -quantity)
    if not counted:
        origin.on_hand -= quantity
        save_position(work, origin, "transferred_out", because, **details)
    there = position_at(work, target)
    there.in_transit += quantity
    save_position(work, there, "announced", because, **details)
    _save(work, transfer, "sent", because)
    return transfer


def arrive(
    work: StockWork, transfer: Transfer, quantity: int, *, source: Source | None = None, counted: bool = False
) -> bool:
    """Units have arrived and are on hand; False when the source had told of it before.

    `counted`: a newer count has found them already, so that nothing is added.

    Raises:
        InvalidInput: nothing arrived.
        Conflict: more arrived than is in transit.
    """
    return _end(work, transfer, quantity, "arrived", source, counted)


def give_up(work: StockWork, transfer: Transfer, quantity: int, *, source: Source | None = None) -> bool:
    """Units in transit are lost; False when the source had told of it before.

    Raises:
        InvalidInput: nothing is lost.
        Conflict: more is lost than is in transit.
    """
    return _end(work, transfer, quantity, "lost", source)


def _end(
    work: StockWork, transfer: Transfer, quantity: int, how: str, source: Source | None, counted: bool = False
) -> bool:
    if quantity <= 0:
        raise InvalidInput(f"The quantity must be 1 or more, not {quantity}.", pointer="/quantity")
    if told_before(work, source, transfer.id, change=how, quantity=quantity):
        return False
    if quantity > transfer.in_transit:
        words = f"Of transfer {transfer.id} {transfer.in_transit} units are in transit, not {quantity}."
        raise Conflict(words, pointer="/quantity")
    there = work.tx.get(InventoryPosition, transfer.to_position_id)
    left = transfer.in_transit - quantity
    gone, transfer.serials = transfer.serials[left:], transfer.serials[:left]
    there.in_transit -= quantity
    if how == "arrived":
        transfer.quantity_arrived += quantity
        note_movement(work, source, there.id, quantity)
        there.on_hand += 0 if counted else quantity
        numbers.put(there, [] if counted else gone)
    else:
        transfer.quantity_lost += quantity
    because = f"{quantity} of transfer {transfer.id} {how}."
    event = "transferred_in" if how == "arrived" else "lost_in_transit"
    save_position(work, there, event, because, more=True, source=source, transfer_id=transfer.id, quantity=quantity)
    _save(work, transfer, how, because)
    return True


def _save(work: StockWork, transfer: Transfer, event: str, because: str) -> None:
    data = {"actor": work.actor, "because": because, "rule": None, "quantity": transfer.quantity}
    work.tx.save(transfer, f"transfer.{event}", data)
