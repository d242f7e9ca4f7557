"""The same change told twice is one change."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from canonical_models import InventoryPosition
from connector_service.errors import KeyReused
from connector_service.inventory.work import Source, StockWork
from connector_service.store import stock_references


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


def is_late(position: InventoryPosition, source: Source | None) -> bool:
    """Whether a source has told a newer count, or this very one, already; if not, this is the newest now."""
    if source is None or source.mark is None:
        return False
    if position.heard.get(source.system, -1) >= source.mark:
        return True
    # A new dict: what the row holds must not change before it is saved.
    position.heard = {**position.heard, source.system: source.mark}
    return False
