"""Apply what a source has moved: once per reference, and not again what a newer count has found already."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from canonical_models import InventoryPosition, LotStatus, Transfer
from connector_service.errors import Conflict, InvalidInput
from connector_service.feeds.counting import Outcome
from connector_service.feeds.update import Adjustment, Arrived, Lost, Movement, Receipt, Sent, Setting
from connector_service.inventory import positions, transfers
from connector_service.inventory.positions import Shelf
from connector_service.inventory.reconciliation import drift_of
from connector_service.inventory.sources import told_before
from connector_service.inventory.work import Source
from connector_service.orders.recounts import make_room
from connector_service.orders.work import Work
from connector_service.store.stock_movements import last_told

SAFETY_STOCK_SET = ("safety_stock_set",)
LOT_STATUS_SET = tuple(f"lot_{status}" for status in LotStatus)
IsCounted = Callable[[str], bool]
"""Whether a position, by its id, was counted after the movement."""


def move(work: Work, told: Movement, is_counted: IsCounted) -> Outcome:
    """Apply a movement; stale when a count has found it already, which changes no more than what is in transit.

    Raises:
        DocklineError: it cannot be; what was changed must be undone.
    """
    match told:
        case Receipt():
            return _receive(work, told, is_counted)
        case Adjustment():
            return _adjust(work, told, is_counted)
        case Setting():
            return _set(work, told)
        case Sent():
            return _send(work, told, is_counted)
        case Arrived():
            return _end(work, told, is_counted)


def _source(told: Movement) -> Source:
    reference = told.transfer_id if isinstance(told, Sent) else told.reference
    return Source(told.source, reference, at=told.as_of)


def _outcome(done: bool, counted: bool) -> Outcome:
    if not done:
        return Outcome.REPLAYED
    return Outcome.STALE if counted else Outcome.CHANGED


def _receive(work: Work, told: Receipt, is_counted: IsCounted) -> Outcome:
    shelf = Shelf(told.sku, told.location_id, told.lot, told.expires_on)
    counted = is_counted(shelf.position_id)
    done = positions.receive(work, shelf, told.quantity, source=_source(told), serials=told.serials, counted=counted)
    return _outcome(done, counted)


def _adjust(work: Work, told: Adjustment, is_counted: IsCounted) -> Outcome:
    position = positions.position_at(work, Shelf(told.sku, told.location_id, told.lot))
    counted = is_counted(position.id)
    room = partial(_make_room, work, told, position)
    done = positions.adjust(
        work, position, told.quantity, told.reason, source=_source(told), counted=counted, make_room=room
    )
    return _outcome(done, counted)


def _make_room(work: Work, told: Adjustment, position: InventoryPosition, left: int) -> None:
    """Orders that wait for what is gone now hear of it."""
    drift = drift_of(work, position, position.on_hand, left, work.now)
    words = f"{told.source} took {-told.quantity} x {told.sku} off {told.location_id} ({told.reason}): {left} are left."
    make_room(work, position, left, drift, words)


def _set(work: Work, told: Setting) -> Outcome:
    """What was told of a later moment stays as it is, whenever this arrives."""
    if told.safety_stock is None and told.lot_status is None:
        raise InvalidInput("A setting gives safety_stock, lot_status, or both.", pointer="/safety_stock")
    position = positions.position_at(work, Shelf(told.sku, told.location_id, told.lot))
    if not position.version:
        raise Conflict(f"{position.id} has nothing yet: tell what came in, or count it, first.")
    source, said = _source(told), (told.safety_stock, told.lot_status)
    if told_before(work, source, position.id, change="set", said=said):
        return Outcome.REPLAYED
    before, outcome = position.version, Outcome.STALE
    because = f"{told.source} says so."
    if told.safety_stock is not None and not _told_later(work, position, told, SAFETY_STOCK_SET):
        positions.set_safety_stock(work, position, told.safety_stock, because, source=source)
        outcome = Outcome.CONFIRMED
    if told.lot_status is not None and not _told_later(work, position, told, LOT_STATUS_SET):
        positions.set_lot_status(work, position, told.lot_status, because, source=source)
        outcome = Outcome.CONFIRMED
    return Outcome.CHANGED if position.version > before else outcome


def _told_later(work: Work, position: InventoryPosition, told: Setting, events: tuple[str, ...]) -> bool:
    last = last_told(work.tx.connection, work.tenant_id, position.id, events)
    return last is not None and last > told.as_of


def _send(work: Work, told: Sent, is_counted: IsCounted) -> Outcome:
    origin = positions.position_at(work, Shelf(told.sku, told.location_id, told.lot))
    known = work.tx.find(Transfer, told.transfer_id) is not None
    counted = is_counted(origin.id)
    if not known and not origin.version:
        raise Conflict(f"{origin.id} has nothing that could be sent: tell what came in, or count it, first.")
    transfers.send(
        work,
        origin,
        told.to_location_id,
        told.quantity,
        transfer_id=told.transfer_id,
        source=_source(told),
        counted=counted,
    )
    return _outcome(not known, counted)


def _end(work: Work, told: Arrived, is_counted: IsCounted) -> Outcome:
    transfer = work.tx.get(Transfer, told.transfer_id)
    if isinstance(told, Lost):
        return _outcome(transfers.give_up(work, transfer, told.quantity, source=_source(told)), False)
    counted = is_counted(transfer.to_position_id)
    done = transfers.arrive(work, transfer, told.quantity, source=_source(told), counted=counted)
    return _outcome(done, counted)
