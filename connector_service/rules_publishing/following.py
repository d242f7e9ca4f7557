"""Keep a rule book in step with the log of versions."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from connector_service.errors import DocklineError
from connector_service.rules_engine import RuleBook, TenantRules
from connector_service.rules_publishing.composing import Composer, Publications
from connector_service.rules_publishing.history import fold
from connector_service.store import rule_versions

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Follower:
    """Puts what the log says on a rule book: at once when asked, and by itself within about `interval` seconds when
    another process has written to the log. With `write` it also keeps the document of every version that answers, so
    that decisions by files of the folder can be explained when the folder holds others."""

    book: RuleBook
    reader: Callable[[], sqlite3.Connection]
    write: Callable[[Callable[[sqlite3.Connection], None]], Awaitable[None]] | None = None
    interval: float = 1.0
    composer: Composer = field(default_factory=Composer)
    _now: Publications = field(default_factory=Publications)
    _kept: set[str] = field(default_factory=set)
    _seen: TenantRules | None = None
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def position(self) -> int:
        """Up to where in the log the rule book is."""
        return self._now.position

    @property
    def alarms(self) -> tuple[str, ...]:
        """What is published and does not fit the base any more, in words."""
        return self.composer.alarms

    def catch_up(self) -> None:
        """Put in force what the log says now; whoever evaluates meanwhile ends on what they began with."""
        self._exchange(self._read())

    async def catch_up_soon(self) -> None:
        """The same beside the event loop, one after the other."""
        async with self._one:
            if rule_versions.last_position(self.reader()) != self.position:
                await asyncio.to_thread(self._exchange, self._read())

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            try:
                await self.catch_up_soon()
                await self.keep_what_runs()
            except DocklineError as error:
                _log.error("published rules wait: %s", error.detail)
            await asyncio.sleep(self.interval)

    def begin(self) -> None:
        """Catch up and keep what runs, before anything else uses the store."""
        self.catch_up()
        connection, running = self.reader(), self.book.of(rule_versions.EVERYONE)
        new = self._unkept()
        connection.execute("BEGIN IMMEDIATE")
        rule_versions.keep_documents(connection, new)
        connection.execute("COMMIT")
        self._kept, self._seen = self._kept | new.keys(), running

    async def keep_what_runs(self) -> None:
        """Keep the documents of what answers now, once."""
        running = self.book.of(rule_versions.EVERYONE)
        if self.write is None or running is self._seen:
            return
        new = self._unkept()
        if new:
            await self.write(lambda connection: rule_versions.keep_documents(connection, new))
        self._kept, self._seen = self._kept | new.keys(), running

    def _unkept(self) -> dict[str, Any]:
        """The documents of what answers now and was not kept before."""
        files = {compiled.file.content_hash: compiled.file.document for compiled in self.book.running()}
        return {content_hash: files[content_hash] for content_hash in files.keys() - self._kept}

    def _read(self) -> Publications:
        connection = self.reader()
        position = rule_versions.last_position(connection)
        log = [entry for entry in rule_versions.entries(connection) if entry.position <= position]
        found = Publications(fold(log), {}, position)
        known = self._now.documents
        documents = {each: known.get(each) or rule_versions.document(connection, each) for each in found.needed()}
        return Publications(found.files, documents, position)

    def _exchange(self, publications: Publications) -> None:
        clock = self.book.of(rule_versions.EVERYONE).clock
        self.book.put_on_top(lambda base: self.composer.compose(publications, base, clock.now().date()))
        self._now = publications
