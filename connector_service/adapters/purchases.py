"""One label per reference at a carrier that would sell two, but can be asked what was bought under a reference."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

from canonical_models import Label
from connector_service.errors import VendorUnreachable


class Purchases:
    """Never two purchases of one reference at a time, and none while an earlier one may still come to light."""

    def __init__(self) -> None:
        self._buying: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._doubtful: set[str] = set()

    async def once(
        self, reference: str, find: Callable[[], Awaitable[Label | None]], sell: Callable[[], Awaitable[Label]]
    ) -> Label:
        """What `find` finds under the reference, else what `sell` sells."""
        # Whoever buys under this reference holds the lock; when nobody does, it is gone.
        lock = self._buying.setdefault(reference, asyncio.Lock())
        async with lock:
            known = await find()
            if known is not None:
                return known
            try:
                label = await sell()
            except VendorUnreachable:
                # It may have been sold all the same, perhaps after the next lookup has seen nothing.
                self._doubtful.add(reference)
                raise
            if reference not in self._doubtful:
                return label
            settled = await find()
            self._doubtful.discard(reference)
            return settled or label
