"""A CSV file as it comes in pieces: its lines with their numbers, its cells; never more than a few lines in memory."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from connector_service.errors import InvalidInput
from connector_service.feeds.update import Refused

LONGEST_LINE = 65_536
"""Characters; a longer one is refused and never held whole."""
LONGEST_ROW = 50
"""Lines that one row may take because a quoted cell has line breaks."""
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UNREADABLE = "\ufffd"
Line = tuple[int, str | Refused]
Row = tuple[int, list[str] | Refused]


def known_encoding(name: str) -> str:
    """The name of an encoding of text.

    Raises:
        InvalidInput: it is none that is known.
    """
    try:
        found = codecs.lookup(name)
        "a".encode(name)
    except (LookupError, ValueError):
        raise InvalidInput(
            f"There is no encoding {name!r}: say utf-8, utf-16, windows-1252 or another one.", pointer="/content-type"
        ) from None
    return found.name


@dataclass(slots=True)
class Lines:
    """Splits bytes into numbered lines. A byte order mark at the beginning decides over `encoding`."""

    encoding: str = "utf-8"
    _decoder: io.IncrementalNewlineDecoder | None = None
    _begin: bytes = b""
    _rest: str = ""
    _too_long: bool = False
    _number: int = 0

    def feed(self, data: bytes, *, final: bool = False) -> Iterator[Line]:
        """The lines that are whole now; `final` says that nothing more will come."""
        text = self._text(data, final)
        *whole, rest = (self._rest + text).split("\n")
        self._rest = ""
        if final and (rest or self._too_long):
            whole.append(rest)
        elif len(rest) > LONGEST_LINE:
            self._too_long = True
        else:
            self._rest = rest
        for line in whole:
            yield self._numbered(line)

    def _text(self, data: bytes, final: bool) -> str:
        if self._decoder is None:
            self._begin += data
            if len(self._begin) < 4 and not final:
                return ""
            data = self._begin
            name = next((name for mark, name in _MARKS if data.startswith(mark)), self.encoding)
            self._decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(name)("replace"), translate=True)
        return self._decoder.decode(data, final)

    def _numbered(self, line: str) -> Line:
        self._number += 1
        too_long, self._too_long = self._too_long or len(line) > LONGEST_LINE, False
        if too_long:
            return self._number, Refused("", f"The line is longer than {LONGEST_LINE} characters: is a line end lost?")
        at = line.find(_UNREADABLE)
        if at >= 0:
            words = f"Character {at + 1} is not {self.encoding}: save the file as UTF-8, or name its encoding in the "
            return self._number, Refused("", words + "content type, such as text/csv; charset=windows-1252.")
        return self._number, line


@dataclass(slots=True)
class Rows:
    """Puts lines together to rows of cells; blank lines are left out."""

    delimiter: str
    _open: list[tuple[int, str]] = field(default_factory=list)

    def feed(self, line: Line) -> Iterator[Row]:
        """The rows that a line completes; a row has the number of its first line."""
        number, text = line
        if isinstance(text, Refused):
            yield from self.finish()
            yield number, text
        elif not self._open and '"' not in text:
            if text and not text.isspace():
                yield number, text.split(self.delimiter)
        else:
            self._open.append((number, text))
            yield from self._close_if_whole()

    def finish(self) -> Iterator[Row]:
        """What is left when no line will follow."""
        while self._open:
            yield from self._give_up()

    def _close_if_whole(self) -> Iterator[Row]:
        cells = cells_of([text for _, text in self._open], self.delimiter)
        if cells is not None:
            number, self._open = self._open[0][0], []
            yield number, cells
        elif len(self._open) >= LONGEST_ROW:
            yield from self._give_up()

    def _give_up(self) -> Iterator[Row]:
        """Refuse the line in which a quote was opened, and read on from the next."""
        (number, _), *others = self._open
        self._open = []
        yield number, Refused("", "A quote is opened in this line and not closed: close it, or write it twice.")
        for other in others:
            yield from self.feed(other)


def cells_of(lines: list[str], delimiter: str) -> list[str] | Refused | None:
    """The cells of a row; None when a quote is still open at its end."""
    try:
        rows = list(csv.reader([f"{line}\n" for line in lines], delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "end of data" in str(error):
            return None
        return Refused("", f"The quotes in this line do not fit ({error}): write a quote inside a cell twice.")
    return rows[0]
