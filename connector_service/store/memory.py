"""The writer's memory: the objects it has just written, so that the next step need not read and parse them again.

An object in memory belongs to nobody. A transaction takes it out, and gives it back only when its work has succeeded:
what a failed step has changed is thrown away with it, and the next one reads the row. Who only looks may look at what
is on disk already. When anything else has written to the file (another process, a rebuild) all is forgotten.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from canonical_models import CanonicalObject
from connector_service.store import outbox, workload
from connector_service.store.changes import Changes
from connector_service.store.connection import Connection

MAX_OBJECTS = 6_000
"""About 15 kB each."""
MAX_DEMAND = 20_000
"""SKUs, each with a figure per location."""
Key = tuple[str, str]
"""Tenant and object."""


class Known(NamedTuple):
    """An object and its JSON as the row holds it."""

    item: CanonicalObject
    body: dict[str, Any]


@dataclass(slots=True)
class Memory:
    """Objects by tenant and id, and which subscriptions want which events.

    `verify` compares each object that is given back with its row's JSON: a step that changes an object and does not
    save it would otherwise go unnoticed. Tests switch it on. `changes` tells others what was saved.
    """

    verify: bool = False
    changes: Changes = field(default_factory=Changes)
    _objects: dict[Key, Known] = field(default_factory=dict)
    _since_mark: list[Key] = field(default_factory=list)
    _unsettled: set[Key] = field(default_factory=set)
    _wanted: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    _demand: dict[tuple[str, str, date], workload.ByPlace] = field(default_factory=dict)
    _data_version: int = -1

    def take(self, tenant_id: str, object_id: str) -> Known | None:
        """Take an object out."""
        known = self._objects.pop((tenant_id, object_id), None)
        if self.verify and known is not None:
            _require_saved(known)
        return known

    def peek(self, tenant_id: str, object_id: str) -> Known | None:
        """An object as it is on disk, to be looked at; None when it is not here, or its last change is not settled."""
        key = (tenant_id, object_id)
        return None if key in self._unsettled else self._objects.get(key)

    def give_back(self, tenant_id: str, objects: dict[str, Known]) -> None:
        """Put objects in, as the newest; the oldest make room."""
        if self.verify:
            for known in objects.values():
                _require_saved(known)
        for object_id, known in objects.items():
            key = (tenant_id, object_id)
            self._objects[key] = known
            self._since_mark.append(key)
            self._unsettled.add(key)
        while len(self._objects) > MAX_OBJECTS:
            del self._objects[next(iter(self._objects))]

    def mark(self) -> None:
        """A job begins."""
        self._since_mark.clear()
        self.changes.mark()

    def undo(self) -> None:
        """The job failed: nothing that it gave back holds."""
        for key in self._since_mark:
            self._objects.pop(key, None)
        self._wanted.clear()
        self.changes.undo()

    def committed(self) -> None:
        """What was given back is on disk; whoever listens is told."""
        self._unsettled.clear()
        self.changes.committed()

    def rolled_back(self) -> None:
        """Nothing of what was given back since the last commit holds."""
        self.forget()
        self.changes.rolled_back()

    def forget(self) -> None:
        """Everything has to be read again."""
        self._objects.clear()
        self._unsettled.clear()
        self._wanted.clear()
        self._demand.clear()

    def forget_subscriptions(self) -> None:
        """Somebody may have subscribed."""
        self._wanted.clear()

    def refresh(self, connection: Connection) -> None:
        """Forget all when another connection has written since the last time, and say so."""
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        if version != self._data_version:
            self.forget()
            connection.reference.generation.number += 1
            self._data_version = version
            self.changes.unknown()

    def wanted(self, connection: sqlite3.Connection, tenant_id: str) -> dict[str, list[str]]:
        """The tenant's subscriptions by event type."""
        known = self._wanted.get(tenant_id)
        if known is None:
            known = self._wanted[tenant_id] = outbox.wanting(connection, tenant_id)
        return known

    def demand(
        self, connection: sqlite3.Connection, tenant_id: str, skus: Sequence[str], today: date
    ) -> workload.ByPlace:
        """`workload.recent_demand`, asked once a week for each SKU: claims of past weeks that are given back later
        count until then."""
        week = today - timedelta(days=today.weekday())
        missing = [sku for sku in skus if (tenant_id, sku, week) not in self._demand]
        if missing:
            if len(self._demand) + len(missing) > MAX_DEMAND:
                self._demand.clear()
                missing = list(skus)
            self._demand |= {(tenant_id, sku, week): {} for sku in missing}
            for place, found in workload.recent_demand(connection, tenant_id, missing, today).items():
                self._demand[tenant_id, place[0], week][place] = found
        known: workload.ByPlace = {}
        for sku in skus:
            known |= self._demand[tenant_id, sku, week]
        return known


def _require_saved(known: Known) -> None:
    item = known.item
    if item.model_dump(mode="json") != known.body or repr(item) != repr(type(item).model_validate(known.body)):
        raise AssertionError(f"{item.id} was changed and not saved: {item!r} against {known.body!r}")
