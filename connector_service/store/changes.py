"""What was changed here, told to whoever keeps answers: only what is on disk, and before its writer hears of it.

Listeners run on the event loop's thread, between a commit and the answers to those who wrote. So nobody who was told
that a change is kept can read an older answer afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Change(NamedTuple):
    """An object as it was saved: `kind` is a `store.kinds` name, or `product` or `location`, whose body is empty."""

    tenant_id: str
    kind: str
    id: str
    body: dict[str, Any]


Listener = Callable[[list[Change] | None], None]
"""Takes the changes of a commit; None when anything may have changed, since another process has written."""


@dataclass(slots=True)
class Changes:
    """Changes of the commit that is being made, and who wants to hear of them."""

    _listeners: list[Listener] = field(default_factory=list)
    _noted: list[Change] = field(default_factory=list)
    _mark: int = 0

    def listen(self, listener: Listener) -> None:
        """Tell `listener` of every commit from now on; it must not write to what it is given."""
        self._listeners.append(listener)

    def note(self, tenant_id: str, kind: str, object_id: str, body: dict[str, Any]) -> None:
        """An object was saved in the commit that is being made."""
        if self._listeners:
            self._noted.append(Change(tenant_id, kind, object_id, body))

    def mark(self) -> None:
        """A job begins."""
        self._mark = len(self._noted)

    def undo(self) -> None:
        """The job failed: what it noted did not happen."""
        del self._noted[self._mark :]

    def committed(self) -> None:
        """What was noted is on disk."""
        noted, self._noted = self._noted, []
        if noted:
            self._tell(noted)

    def rolled_back(self) -> None:
        """Nothing of what was noted happened."""
        self._noted.clear()

    def unknown(self) -> None:
        """Somebody else has written; nobody knows what."""
        self._tell(None)

    def _tell(self, changes: list[Change] | None) -> None:
        for listener in self._listeners:
            listener(changes)
