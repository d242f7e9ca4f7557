"""The same change told twice is one change; and when it happened is kept, for counts that arrive later."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from connector_service.errors import KeyReused
from connector_service.inventory.work import Source, StockWork
from connector_service.store import stock_movements, stock_references
from connector_service.store.stock_movements import Movement


def told_before(work: StockWork, source: Source | None, subject: str, **said: Any) -> bool:
    """Whether a source has told exactly this of `subject` (a position, a transfer) before; if not, it has now.

    Raises:
        KeyReused: under this reference it told something else.
    """
    if source is None or not source.key:
        return False
    fingerprint = hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]
    told = stock_references.Told(source.system, source.key, subject, fingerprint)
    earlier = stock_references.find(work.tx.connection, work.tenant_id, told)
    if earlier is None:
        stock_references.keep(work.tx.connection, work.tenant_id, told, work.now)
        return False
    if earlier != fingerprint:
        raise KeyReused(
            f"{source.system} told something else of {subject} under {source.key!r} before. Send the first content "
            "again, or use a new reference.",
            pointer="/reference",
        )
    return True


def note_movement(work: StockWork, source: Source | None, position_id: str, delta: int) -> None:
    """Keep by how many units a source changed a position, and when; what happens here says so by its event alone."""
    if source is not None and source.at is not None:
        reference = source.key or work.new_id("mov")
        moved = Movement(position_id, source.at, source.system, reference, delta)
        stock_movements.keep(work.tx.connection, work.tenant_id, moved)
