"""Every small change to what a rule answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from canonical_models import ExceptionCode
from canonical_models.remediation import RemediationIntent
from connector_service.rules_authoring.mutation.condition_changes import ANOTHER
from connector_service.rules_engine.model import RuleFile
from connector_service.rules_engine.organisation import Organisation

Names = Mapping[str, Sequence[str]]
"""The names from which the value of a key is taken."""


def names_of(file: RuleFile, organisation: Organisation) -> Names:
    """Which names an answer of this file may use, by key."""
    intents = [intent.value for intent in RemediationIntent]
    return {
        "owner": list(organisation.owners),
        "queue": list(organisation.queues),
        "reassign": list(organisation.owners),
        "reassign_to": list(organisation.owners),
        "notify": organisation.people,
        "exception": [code.value for code in ExceptionCode],
        "remediate": intents,
        "intent": intents,
        "verdict": file.ranking,
        "calendar": [*file.document.get("calendars", {}), *organisation.calendars],
    }


def outcome_changes(
    outcome: Mapping[str, Any], names: Names, needed: str | None = None
) -> Iterator[tuple[dict[str, Any], str]]:
    """The answer with one of its values changed or dropped (but for the key that is `needed`), and what happened.

    `because` is for people, and the level of a step is given by its place; both are left alone.
    """
    for key, value in outcome.items():
        if key in ("because", "level", "after"):
            continue
        rest = {name: each for name, each in outcome.items() if name != key}
        if key != needed:
            yield rest, f"{key} {_shown(value)} were dropped"
        other = _another(value, names.get(key, ()))
        if other is not None:
            yield {**outcome, key: other}, f"{key} {_shown(value)} became {_shown(other)}"


def _another(value: Any, names: Sequence[str]) -> Any:
    """Another value of the same kind; None when there is none (numbers by name are changed where they are named)."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if not isinstance(value, str) or value.startswith("@"):
        return None
    if not names:
        return ANOTHER
    following = names.index(value) + 1 if value in names else 0
    return names[following % len(names)]


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
