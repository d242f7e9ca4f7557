"""Where in a JSON text a pointer leads: findings name a line that an editor can jump to."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from connector_service.rules_engine.findings import pointer
from connector_service.rules_engine.strict_json import MAX_DEPTH

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')
_SAID = re.compile(r"line (\d+), column (\d+)")


@dataclass(frozen=True, slots=True)
class Position:
    """A line and a column, both from 1, and the line's text."""

    line: int
    column: int
    text: str


class Positions:
    """The places of one text. For a text that is no JSON only the places that a message names are known."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        starts = [0]
        for line in self._lines:
            starts.append(starts[-1] + len(line) + 1)
        self._starts = starts
        self._text = text

    @cached_property
    def _offsets(self) -> dict[str, int]:
        return _offsets(self._text)

    def of(self, place: str, what: str) -> Position | None:
        """Where a finding's pointer leads; for a finding about the text as a whole, the line that its words name."""
        said = None if place else _SAID.search(what)
        if said is not None:
            return self._at(int(said[1]), int(said[2]))
        while place not in self._offsets and "/" in place:
            place = place.rpartition("/")[0]
        offset = self._offsets.get(place)
        if offset is None:
            return None
        line = bisect_right(self._starts, offset)
        return self._at(line, offset - self._starts[line - 1] + 1)

    def _at(self, line: int, column: int) -> Position | None:
        return Position(line, column, self._lines[line - 1].rstrip("\r")) if line <= len(self._lines) else None


def _offsets(text: str) -> dict[str, int]:
    """Pointer to offset: of the key for a member of an object, of the value for an entry of a list."""
    found: dict[str, int] = {}
    above: list[str] = []  # the pointers of the objects and lists that are open
    entry: list[int] = []  # in each of them, the number of the entry; -1 in an object
    here, key_next = "", False
    for token in _TOKEN.finditer(text):
        word, offset = token[0], token.start()
        if word in "}]":
            if not above:
                return found
            here, key_next = above.pop(), False
            entry.pop()
        elif word == "," and above:
            key_next = entry[-1] < 0
            entry[-1] += not key_next
            here = f"{above[-1]}/{entry[-1]}"
        elif key_next and word[0] == '"':
            here = above[-1] + pointer([_text(word)])
            found.setdefault(here, offset)
            key_next = False
        elif word not in ",:":
            found.setdefault(here, offset)
            if word in "{[":
                if len(above) > MAX_DEPTH:  # such a text is refused, and pointers without end would take for ever
                    return found
                above.append(here)
                key_next = word == "{"
                entry.append(-1 if key_next else 0)
                here = f"{here}/0"
    return found


def _text(word: str) -> str:
    try:
        return str(json.loads(word))
    except ValueError:
        return word
