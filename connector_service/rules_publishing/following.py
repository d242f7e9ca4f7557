"""Keep a rule book in step with the log of versions."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field

from connector_service.errors import DocklineError
from connector_service.rules_engine import RuleBook
from connector_service.rules_publishing.composing import Composer, Publications
from connector_service.rules_publishing.history import fold
from connector_service.store import rule_versions

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Follower:
    """Puts what the log says on a rule book: at once when asked, and by itself within about `interval` seconds when
    another process has written to the log."""

    book: RuleBook
    reader: Callable[[], sqlite3.Connection]
    interval: float = 1.0
    composer: Composer = field(default_factory=Composer)
    _now: Publications = field(default_factory=Publications)
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
            except DocklineError as error:
                _log.error("published rules wait: %s", error.detail)
            await asyncio.sleep(self.interval)

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
