"""Purchases at a carrier that neither recognises a repeated one, nor can be asked what became of one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

from canonical_models import Label
from connector_service.adapters.http_errors import Busy, CircuitOpen
from connector_service.errors import VendorRejected

KEPT = 200
"""Labels held in memory, for whoever asks again at once."""


class Unanswered:
    """Never two purchases of one reference, as long as the adapter lives: one that had no answer stays in doubt.

    `advice` says what a person can do about it. What happened before this process began is for the caller to know,
    who writes down that it is about to buy before it does.
    """

    def __init__(self, carrier: str, advice: str) -> None:
        self._carrier = carrier
        self._advice = advice
        self._buying: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._doubtful: set[str] = set()
        self._voided: set[str] = set()
        self._bought: dict[str, Label] = {}

    async def buy(self, reference: str, sell: Callable[[], Awaitable[Label]]) -> Label:
        """What `sell` sells, or sold before. Raises `VendorRejected` when an earlier purchase had no answer.

        A refusal, and a call that was never made, leave no doubt.
        """
        lock = self._buying.setdefault(reference, asyncio.Lock())
        async with lock:
            if reference in self._bought:
                return self._bought[reference]
            if reference in self._voided:
                text = f"{self._carrier}: the label of {reference!r} was voided; buy under a new reference"
                raise VendorRejected(text, vendor=self._carrier)
            if reference in self._doubtful:
                text = f"{self._carrier}: an earlier purchase under {reference!r} may have gone through; {self._advice}"
                raise VendorRejected(text, vendor=self._carrier)
            self._doubtful.add(reference)
            try:
                label = await sell()
            except (CircuitOpen, Busy, VendorRejected):
                self._doubtful.discard(reference)
                raise
            self._doubtful.discard(reference)
            self._bought[reference] = label
            if len(self._bought) > KEPT:
                del self._bought[next(iter(self._bought))]
            return label

    def voided(self, reference: str) -> None:
        """The label of this reference was given back, and so the reference is spent."""
        if self._bought.pop(reference, None) is not None:
            self._voided.add(reference)
