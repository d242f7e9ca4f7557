"""Versions, their history and what shadow answered, as JSON for the API and the command line."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from connector_service.errors import NotFound
from connector_service.rules_engine import InForce, TenantRules
from connector_service.rules_publishing.history import FileHistory
from connector_service.rules_publishing.publishing import Done, history_of
from connector_service.store import rule_versions, shadow_decisions
from connector_service.store.rule_versions import EVERYONE, Entry

EXAMPLES = 5


def done_as_json(done: Done) -> dict[str, Any]:
    """What came of a command: `state` is `in_force`, `proposed`, `rejected`, `withdrawn` or `unchanged`."""
    if done.entry is None:
        return {"state": "unchanged", "publication": None, "warnings": []}
    states = {"propose": "proposed", "reject": "rejected", "withdraw": "withdrawn"}
    state = states.get(done.entry.action, "in_force") if done.changed else "unchanged"
    return {"state": state, "publication": entry_as_json(done.entry), "warnings": list(done.warnings)}


def entry_as_json(entry: Entry) -> dict[str, Any]:
    """One entry of the log; `tenant` null means all tenants, `hash` null that the base is in force again."""
    return {
        "id": entry.id,
        "tenant": entry.scope or None,
        "file": entry.file_id,
        "action": entry.action,
        "version": entry.version,
        "hash": entry.content_hash,
        "running_hash": entry.running_hash,
        "mode": entry.mode,
        "percent": entry.percent if entry.mode == "canary" else None,
        "person": entry.person,
        "via": entry.via,
        "because": entry.because,
        "at": entry.at,
    }


def histories(connection: sqlite3.Connection, scope: str, file_id: str) -> list[dict[str, Any]]:
    """A file's log as one tenant may see it: its own and that of all tenants, oldest first, each with what became of
    it (`state`, null for what only says something about another entry)."""
    scopes = dict.fromkeys((EVERYONE, scope))
    found = [(entry, history) for history in _each(connection, scopes, file_id) for entry in history.entries]
    found.sort(key=lambda pair: pair[0].position)
    return [{**entry_as_json(entry), "state": history.states.get(entry.position)} for entry, history in found]


def _each(connection: sqlite3.Connection, scopes: Sequence[str] | dict[str, None], file_id: str) -> list[FileHistory]:
    return [history_of(connection, scope, file_id) for scope in scopes]


def open_proposals(connection: sqlite3.Connection, scope: str | None) -> list[dict[str, Any]]:
    """What waits for approval: of one scope, or of all when none is given."""
    keys = dict.fromkeys((entry.scope, entry.file_id) for entry in rule_versions.entries(connection, scope))
    found = [history_of(connection, *key).proposal for key in keys]
    return [entry_as_json(entry) for entry in found if entry is not None]


def files_as_json(rules: TenantRules, common: TenantRules) -> list[dict[str, Any]]:
    """Every file in force for a tenant, by id; `own` says that the tenant has a version of its own."""
    return [
        {
            "id": info.id,
            "version": info.version,
            "status": info.status,
            "hash": info.content_hash,
            "rules": info.rule_count,
            "description": info.description,
            "own": rules.in_force[info.id] != common.in_force.get(info.id),
            "trial": _trial(rules.in_force[info.id]),
        }
        for info in rules.files()
    ]


def _trial(found: InForce) -> dict[str, Any] | None:
    trial = found.trial
    if trial is None:
        return None
    file = trial.compiled.file
    percent = trial.percent if trial.mode == "canary" else None
    return {"mode": trial.mode, "percent": percent, "version": file.version, "hash": file.content_hash}


def shadow_report(connection: sqlite3.Connection, rules: TenantRules, tenant: str, file_id: str, last: int) -> Any:
    """How often the version in shadow answered otherwise than the live one in its last answers, with examples; over
    all tenants when none is named.

    Raises:
        NotFound: no version of the file is in shadow.
    """
    trial = rules.trial_of(file_id)
    if trial is None or trial.mode != "shadow":
        raise NotFound(f"No version of {file_id} is in shadow. Put one there: dockline rules publish FILE --shadow")
    file = trial.compiled.file
    found = shadow_decisions.latest(connection, file_id, file.content_hash, tenant or None, last)
    differing = [each for each in found if each.differs]
    return {
        "file": file_id,
        "live_version": rules.compiled(file_id).file.version,
        "shadow_version": file.version,
        "answers": len(found),
        "differing": len(differing),
        "same_answer_by_another_rule": sum(not e.differs and e.live["rule"] != e.shadow.rule for e in found),
        "examples": [_example(each) for each in differing[:EXAMPLES]],
    }


def _example(found: shadow_decisions.Comparison) -> dict[str, Any]:
    shadow = found.shadow
    return {
        "subject": shadow.subject_id,
        "at": shadow.decided_at.isoformat(),
        "facts": shadow.facts,
        "live": {"rule": found.live["rule"], "outcome": found.live["outcome"], "decision": found.live["id"]},
        "shadow": {"rule": shadow.rule, "outcome": shadow.outcome, "because": shadow.because},
    }
