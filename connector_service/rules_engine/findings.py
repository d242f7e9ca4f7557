"""Findings: what is wrong in a rule file, where, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

Path = tuple[str | int, ...]
"""A place inside a JSON document."""

_LISTED = 12


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


@dataclass(slots=True)
class Report:
    """Collects the findings of one file."""

    file: str
    document: Any = None
    findings: list[Finding] = field(default_factory=list)

    def add(self, path: Path, what: str, fix: str) -> None:
        """Note a mistake at `path`; the rule it belongs to is read from the document."""
        self.findings.append(Finding(self.file, self._rule_at(path), pointer(path), what, fix))

    def _rule_at(self, path: Path) -> str | None:
        if len(path) < 2 or path[0] != "rules" or not isinstance(path[1], int):
            return None
        rule = self.document["rules"][path[1]]
        name = rule.get("id") if isinstance(rule, dict) else None
        return name if isinstance(name, str) else None


def pointer(path: Iterable[str | int]) -> str:
    """The RFC 6901 JSON pointer of a path; what UTF-8 cannot hold becomes question marks."""
    words = (str(part).encode("utf-8", "replace").decode() for part in path)
    return "".join("/" + word.replace("~", "~0").replace("/", "~1") for word in words)


def did_you_mean(word: object, choices: Iterable[object]) -> str:
    """A suggestion for a misspelt word, or the words there are."""
    names = [str(choice) for choice in choices]
    close = get_close_matches(str(word), names, n=1)
    if close:
        return f'Did you mean "{close[0]}"?'
    if not names:
        return "There is nothing to choose from; define it first."
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return "Choose one of: " + ", ".join(names[:_LISTED]) + more + "."
