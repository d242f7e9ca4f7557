"""Queries kept by their hash, parsed and checked, so that a client may send the hash alone.

The protocol is that of automatic persisted queries: `extensions.persistedQuery.sha256Hash` with the query once, without
it afterwards; `PERSISTED_QUERY_NOT_FOUND` asks for the query again. They are kept in memory, each tenant's for itself:
after a restart clients simply send them again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from graphql import DocumentNode

MAX_CHARACTERS = 500_000
"""Of all kept queries together; their parsed form takes about fifty times as many bytes."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A query that is valid."""

    text: str
    document: DocumentNode


@dataclass(slots=True)
class PersistedQueries:
    """The one unused for the longest makes room."""

    max_characters: int = MAX_CHARACTERS
    _kept: dict[tuple[str, str], Prepared] = field(default_factory=dict)
    _characters: int = 0

    def find(self, tenant_id: str, query_hash: str) -> Prepared | None:
        """The tenant's query of that hash."""
        found = self._kept.pop((tenant_id, query_hash), None)
        if found is not None:
            self._kept[tenant_id, query_hash] = found
        return found

    def keep(self, tenant_id: str, query_hash: str, prepared: Prepared) -> None:
        """Keep a query."""
        before = self._kept.pop((tenant_id, query_hash), None)
        self._characters += len(prepared.text) - (len(before.text) if before else 0)
        self._kept[tenant_id, query_hash] = prepared
        while self._characters > self.max_characters:
            self._characters -= len(self._kept.pop(next(iter(self._kept))).text)
