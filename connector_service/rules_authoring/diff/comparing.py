"""Comparing and replaying as authoring jobs: JSON in, JSON out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from connector_service.rules_authoring.by_oracle import ByOracle
from connector_service.rules_authoring.diff.answers import DEFAULT, Answered, said_of
from connector_service.rules_authoring.diff.diff import diff
from connector_service.rules_authoring.jobs import words_of
from connector_service.rules_authoring.reading import file_of, whole
from connector_service.rules_authoring.replay import Recorded, replay

Document = Mapping[str, Any]


def compare(old: Document, new: Document, bases: Mapping[str, Document], folder: str, today: str) -> dict[str, Any]:
    """The difference between two documents, as `Diff.as_json`. `bases` are the files that a layer may extend, by id;
    `folder` holds the words that all may use. Raises RulesInvalid."""
    words = words_of(folder)
    before = file_of(whole(old, bases, "against"), words, "against")
    after = file_of(whole(new, bases, "document"), words, "document")
    return diff(before, after, date.fromisoformat(today)).as_json()


def ask_again(
    new: Document, decisions: Sequence[Document], derived: Sequence[str], bases: Mapping[str, Document], folder: str
) -> dict[str, Any]:
    """A new version asked about decisions (each the fields of `Decision`), as `Replayed.as_json`.

    Raises RulesInvalid.
    """
    words = words_of(folder)
    version = ByOracle(file_of(whole(new, bases, "document"), words, "document"), words.organisation)
    return replay(version, map(recorded_of, decisions), derived).as_json()


def recorded_of(decision: Document) -> Recorded:
    """A decision as it is asked about again; `decision` has the fields of `Decision` as JSON."""
    fired = ", ".join(decision["fired"]) if "matches" in decision["outcome"] else decision["rule"]
    answer = Answered(fired or DEFAULT, said_of(decision["outcome"]))
    day = date.fromisoformat(decision["decided_at"][:10])
    return Recorded(decision["id"], decision["subject_id"], decision["facts"], answer, day)
