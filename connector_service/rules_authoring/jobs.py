"""Authoring jobs as a process of its own does them: JSON in, JSON out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from connector_service.errors import RulesInvalid
from connector_service.rules_authoring.checking import Checking
from connector_service.rules_engine.findings import Finding
from connector_service.rules_engine.folder import ORGANISATION_FILE, Words, read_words


def check(text: str, folder: str, bases: Mapping[str, Any], today: str, notes: bool) -> dict[str, Any]:
    """The findings of one text, as `FileCheck.as_json`. `folder` holds the words that it may use, `bases` are the files
    that a layer may extend."""
    checking = Checking(words_of(folder), date.fromisoformat(today), lambda: bases, notes)
    return checking.text(text.encode("utf-8", "surrogatepass"), "document").as_json()


def words_of(folder: str) -> Words:
    """The words of a folder, read again when a file of them has changed. Raises RulesInvalid."""
    place = Path(folder)
    files = [place / ORGANISATION_FILE, *sorted((place / "vocabularies").glob("*.json"))]
    return _words(place, tuple((str(path), path.stat().st_mtime_ns) for path in files if path.exists()))


@lru_cache(maxsize=2)
def _words(folder: Path, stamp: tuple[tuple[str, int], ...]) -> Words:
    findings: list[Finding] = []
    words = read_words(folder, findings)
    if words is None:
        raise RulesInvalid("\n".join(map(str, findings)))
    return words
