"""Findings: what is wrong in a rule file, where, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from typing import Any, Literal

Path = tuple[str | int, ...]
"""A place inside a JSON document."""

MAX_FINDINGS = 200
"""More are of no use to anybody who mends a file; checks stop there."""

_LISTED = 12
_COMPARED = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake: `pointer` is an RFC 6901 JSON pointer into `file`, `fix` says what to write instead."""

    file: str
    rule: str | None
    pointer: str
    what: str
    fix: str

    def __str__(self) -> str:
        rule = f", rule {self.rule}" if self.rule else ""
        return f"{self.file}{rule}, at {self.pointer or '/'}: {self.what} {self.fix}".rstrip()


@dataclass(frozen=True, slots=True)
class Place:
    """Where something of a merged document was written: by the base or by the layer, and the path inside it."""

    by: Literal["base", "layer"]
    path: Path


@dataclass(frozen=True, slots=True)
class Origin:
    """Who wrote what of a merged document: `places` has paths of the merged document, the longest that fits decides.
    `base` and `layer` are the names of the files."""

    base: str
    layer: str
    places: Mapping[Path, Place]

    def place(self, path: Path) -> Place:
        """Where the value at `path` of the merged document was written."""
        for length in range(len(path), 0, -1):
            found = self.places.get(path[:length])
            if found is not None:
                return Place(found.by, (*found.path, *path[length:]))
        return Place("base", path)

    def cause(self, path: Path, document: Any) -> Path:
        """Where the layer has to be mended for a finding at `path`: there if the layer wrote it, else at the first list
        or number of the layer that the rule uses, else at the layer as a whole."""
        written = self.place(path)
        if written.by == "layer":
            return written.path
        if path[:1] == ("rules",) and len(path) > 1:
            for word in _names(document["rules"][path[1]]):
                for section in ("lists", "numbers"):
                    found = self.places.get((section, word))
                    if found is not None:
                        return found.path
        return ()


@dataclass(slots=True)
class Report:
    """Collects the findings of one file. `document` is what the paths of findings lead into; for a merged document
    `origin` says whose file and place to name instead."""

    file: str
    document: Any = None
    findings: list[Finding] = field(default_factory=list)
    origin: Origin | None = None

    def add(self, path: Path, what: str, fix: str) -> None:
        """Note a mistake at `path`; the rule it belongs to is read from the document."""
        rule = self._rule_at(path)
        if self.origin is None:
            self.findings.append(Finding(self.file, rule, pointer(path), what, fix))
            return
        written = self.origin.place(path)
        if written.by == "base":
            there = f"{pointer(written.path) or 'the whole'} of the base file {self.origin.base}"
            what = f"With this layer, {there} is no longer right: {what}"
            if path[:1] == ("tests",):
                fix = 'If the layer means it, name the test under "replace_tests" or "disable_tests".'
        cause = pointer(self.origin.cause(path, self.document))
        self.findings.append(Finding(self.origin.layer, rule, cause, what, fix))

    @property
    def is_full(self) -> bool:
        """Whether it is of no use to look for more mistakes."""
        return len(self.findings) >= MAX_FINDINGS

    def _rule_at(self, path: Path) -> str | None:
        """The id of the rule that a path leads into, in a rule file or in a layer."""
        section, key = (*path, "", "")[:2]
        if section == "replace" and isinstance(key, str) and key:
            return key
        if section not in ("rules", "add") or not isinstance(key, int):
            return None
        rule = self.document[section][key]
        name = rule.get("id") if isinstance(rule, dict) else None
        return name if isinstance(name, str) else None


def _names(node: Any) -> Iterable[str]:
    """The names of lists and numbers that a rule uses."""
    if isinstance(node, Mapping):
        node = node.values()
    if isinstance(node, str):
        if node.startswith("@"):
            yield node[1:]
    elif isinstance(node, Iterable):
        for each in node:
            yield from _names(each)


def pointer(path: Iterable[str | int]) -> str:
    """The RFC 6901 JSON pointer of a path; what UTF-8 cannot hold becomes question marks."""
    words = (str(part).encode("utf-8", "replace").decode() for part in path)
    return "".join("/" + word.replace("~", "~0").replace("/", "~1") for word in words)


def did_you_mean(word: object, choices: Iterable[object]) -> str:
    """A suggestion for a misspelt word, or the words there are."""
    names = [str(choice) for choice in choices]
    close = get_close_matches(str(word), _likely(str(word), names), n=1)
    if close:
        return f'Did you mean "{close[0]}"?'
    if not names:
        return "There is nothing to choose from; define it first."
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return "Choose one of: " + ", ".join(names[:_LISTED]) + more + "."


def _likely(word: str, names: list[str]) -> list[str]:
    """Those among many names that are worth comparing letter by letter, so that a thousand misspelt words take no
    longer than a moment."""
    if len(names) <= _COMPARED:
        return names
    alike = (name for name in names if name[:2] == word[:2] and abs(len(name) - len(word)) <= 2)
    return list(islice(alike, _COMPARED))
