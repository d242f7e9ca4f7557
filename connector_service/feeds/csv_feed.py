"""A CSV file of any size into a feed, piece by piece."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector_service.errors import InvalidInput
from connector_service.feeds.csv_header import DELIMITERS, Header, read_header
from connector_service.feeds.csv_lines import Line, Lines, Row, Rows
from connector_service.feeds.feed import Feed, Summary
from connector_service.feeds.update import Refused, Update, read_update

MOST_REFUSED = 10_000
"""After so many refused lines the rest is not read: it is hardly the right file."""


@dataclass(frozen=True, slots=True)
class CsvSummary:
    """What became of a file; `stopped_at` is the line at which reading was given up, if it was."""

    summary: Summary
    header: Header
    lines: int
    stopped_at: int | None


class CsvFeed:
    """Reads a file into a feed; `defaults` hold what is the same for all lines."""

    def __init__(self, feed: Feed, defaults: Mapping[str, Any], encoding: str = "utf-8") -> None:
        self._feed = feed
        self._defaults = defaults
        self._lines = Lines(encoding)
        self._header: Header | None = None
        self._delimiters = DELIMITERS
        self._rows = Rows(",")
        self._last = 0

    async def take(self, chunks: AsyncIterable[bytes]) -> CsvSummary:
        """Take the file over.

        Raises:
            InvalidInput: the first line does not say what the columns are; nothing was taken.
        """
        stopped_at = None
        async for chunk in chunks:
            if await self._rows_in(self._lines.feed(chunk)):
                stopped_at = self._last
                break
        else:
            await self._rows_in(self._lines.feed(b"", final=True))
            await self._put(self._rows.finish())
        if self._header is None:
            raise InvalidInput("The file is empty: its first line names the columns.", pointer="/1")
        return CsvSummary(await self._feed.finish(), self._header, self._last, stopped_at)

    async def _rows_in(self, lines: Iterator[Line]) -> bool:
        """Whether so much was refused that reading on makes no sense."""
        for number, text in lines:
            self._last = number
            if self._header is None:
                self._begin(number, text)
            else:
                await self._put(self._rows.feed((number, text)))
            if self._feed.summary.refused >= MOST_REFUSED:
                return True
        return False

    def _begin(self, number: int, text: str | Refused) -> None:
        if isinstance(text, Refused):
            raise InvalidInput(f"Line {number}: {text.detail}", pointer=f"/{number}")
        if text[:4].lower() == "sep=" and len(text) == 5:
            # Spreadsheets name the delimiter before the header.
            self._delimiters = text[4]
        elif text.strip():
            self._header = read_header(text, self._defaults, self._delimiters)
            self._rows = Rows(self._header.delimiter)

    async def _put(self, rows: Iterator[Row]) -> None:
        for number, cells in rows:
            if self._feed.add(number, self._update(cells)):
                await self._feed.flush()

    def _update(self, cells: list[str] | Refused) -> Update | Refused:
        if isinstance(cells, Refused) or self._header is None:
            return cells if isinstance(cells, Refused) else Refused("", "The line comes before the header.")
        raw = self._header.raw(cells)
        return raw if isinstance(raw, Refused) else read_update(raw, self._defaults)
