"""What is read far more often than it changes: products, locations, closures, a tenant's settings; kept as it was read.

Each connection keeps its own. It forgets them when it writes any of them or undoes such a write; the others forget them
when that is committed, and all when another process has committed anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")
MOST = 20_000
TABLES = re.compile(r"\b(products|locations|closures|tenants|carrier_settings)\b")


@dataclass(slots=True)
class Generation:
    """Shared by the connections of a store: rises whenever what they keep may be out of date."""

    number: int = 0


@dataclass(slots=True)
class Reference:
    """What one connection keeps; nobody writes to what is in it."""

    generation: Generation = field(default_factory=Generation)
    _kept: dict[Hashable, Any] = field(default_factory=dict)
    _kept_of: int = 0
    _written: bool = False

    def of(self, key: Hashable, load: Callable[[], T]) -> T:
        """What is kept under a key, or what `load` reads now."""
        if self._kept_of != self.generation.number:
            self._kept.clear()
            self._kept_of = self.generation.number
        if key in self._kept:
            kept: T = self._kept[key]
            return kept
        if len(self._kept) >= MOST:
            self._kept.clear()
        loaded = self._kept[key] = load()
        return loaded

    def written(self) -> None:
        """The connection changes some of it."""
        self._kept.clear()
        self._written = True

    def undone(self) -> None:
        """What the connection has changed may not hold."""
        if self._written:
            self._kept.clear()

    def settled(self, *, committed: bool) -> None:
        """The connection's transaction is over."""
        self.undone()
        if self._written and committed:
            self.generation.number += 1
        self._written = False
