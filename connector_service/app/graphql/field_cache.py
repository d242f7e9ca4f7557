"""Answers of root fields of persisted queries, kept until a change touches what they were made of.

While a field is answered its `Recording` notes a tag for everything that is read: one object, the objects of a SKU or
an order, or a whole kind for lists. A commit that changes something with one of these tags drops the answer, before
the writer hears that the change is kept; one that comes while the field is being answered spoils the recording.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from connector_service.store import Store
from connector_service.store.changes import Change

Tag = tuple[str, ...]
"""Tenant and kind; then nothing (the whole kind), or an id, or a column and its value."""
Key = tuple[str, str, str, str]
"""Tenant, hash of the query, response key, and the variables as JSON."""
GROUPED_BY = ("order_id", "sku")
MAX_BYTES = 8_000_000
MAX_TAGS = 5_000
"""An answer made of more than this is not kept: dropping it would cost more than it saves."""


@dataclass(eq=False, slots=True)
class Recording:
    """What an answer is made of so far; `until` is when it stops being true without any change."""

    tenant_id: str
    tags: set[Tag] = field(default_factory=set)
    until: datetime | None = None
    spoiled: bool = False

    def note(self, *parts: str) -> None:
        """Something is read; say so before reading it."""
        self.tags.add((self.tenant_id, *parts))

    def ends(self, moment: datetime | None) -> None:
        """The answer holds at most until a moment."""
        if moment is not None and (self.until is None or moment < self.until):
            self.until = moment


class _Entry(NamedTuple):
    body: bytes
    tags: frozenset[Tag]
    until: datetime | None


def tags_of(change: Change) -> Iterator[Tag]:
    """Every tag under which a changed object may have been read."""
    yield change.tenant_id, change.kind
    yield change.tenant_id, change.kind, change.id
    for column in GROUPED_BY:
        if column in change.body:
            yield change.tenant_id, change.kind, column, change.body[column]


@dataclass(slots=True)
class FieldCache:
    """Bounded by the bytes of its answers; the one unused for the longest goes first."""

    store: Store
    max_bytes: int = MAX_BYTES
    hits: int = 0
    _entries: dict[Key, _Entry] = field(default_factory=dict)
    _by_tag: dict[Tag, set[Key]] = field(default_factory=dict)
    _open: set[Recording] = field(default_factory=set)
    _bytes: int = 0

    def __post_init__(self) -> None:
        self.store.changes.listen(self.changed)

    def find(self, key: Key, now: datetime) -> bytes | None:
        """The kept answer as JSON, or None."""
        entry = self._entries.pop(key, None)
        if entry is None:
            return None
        if entry.until is not None and now >= entry.until:
            self._forget(key, entry)
            return None
        self._entries[key] = entry
        self.hits += 1
        return entry.body

    def record(self, tenant_id: str) -> Recording:
        """Begin to answer a field; `keep` or `discard` ends it."""
        recording = Recording(tenant_id)
        self._open.add(recording)
        return recording

    def discard(self, recording: Recording) -> None:
        """The answer is not to be kept."""
        self._open.discard(recording)

    def keep(self, key: Key, body: bytes, recording: Recording) -> None:
        """Keep an answer, unless something it was made of has changed meanwhile."""
        self.store.notice_others()
        self._open.discard(recording)
        if recording.spoiled or len(recording.tags) > MAX_TAGS or len(body) > self.max_bytes:
            return
        self._drop(key)
        self._entries[key] = _Entry(body, frozenset(recording.tags), recording.until)
        self._bytes += len(body)
        for tag in recording.tags:
            self._by_tag.setdefault(tag, set()).add(key)
        while self._bytes > self.max_bytes:
            self._drop(next(iter(self._entries)))

    def changed(self, changes: list[Change] | None) -> None:
        """Drop and spoil what a commit has touched; everything when nobody knows what it was."""
        if changes is None:
            self._entries.clear()
            self._by_tag.clear()
            self._bytes = 0
            for recording in self._open:
                recording.spoiled = True
            return
        if not (self._entries or self._open):
            return
        for tag in {tag for change in changes for tag in tags_of(change)}:
            for key in list(self._by_tag.get(tag, ())):
                self._drop(key)
            for recording in self._open:
                recording.spoiled = recording.spoiled or tag in recording.tags

    def _drop(self, key: Key) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._forget(key, entry)

    def _forget(self, key: Key, entry: _Entry) -> None:
        self._bytes -= len(entry.body)
        for tag in entry.tags:
            keys = self._by_tag[tag]
            keys.discard(key)
            if not keys:
                del self._by_tag[tag]
