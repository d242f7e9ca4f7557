"""Go back to an earlier version at once, without a second person: what it goes back to was approved before."""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime

from connector_service.errors import Conflict, NotFound, RulesInvalid
from connector_service.orders.work import Token, new_id
from connector_service.rules_engine import RuleBook
from connector_service.rules_publishing.history import FileHistory, whose
from connector_service.rules_publishing.publishing import Done, Who, checker_of, file_below, history_of
from connector_service.store import rule_versions
from connector_service.store.rule_versions import Entry


@dataclass(frozen=True, slots=True)
class Target:
    """What a rollback of a file goes back to: an earlier entry, or None for the base, whose `base_version` and
    `base_hash` these are (None when there is no base)."""

    scope: str
    file_id: str
    entry: Entry | None
    base_version: str | None
    base_hash: str | None
    position: int


def aim(connection: sqlite3.Connection, book: RuleBook, scope: str, file_id: str, to: str | None) -> Target:
    """Where a rollback leads: to the version `to`, or to the one before the version that is live now.

    Raises:
        Conflict: there is nothing to go back to.
        NotFound: `to` was never live.
        RulesInvalid: the earlier version does not fit the base or the words of today.
    """
    history = history_of(connection, scope, file_id)
    if history.live is None and to is None:
        raise Conflict(f"No version of {file_id} is published for {whose(scope)}, so there is none to take back.")
    below = file_below(book, scope, file_id)
    base_version = below.version if below else None
    entry = history.before() if to is None else _named(history, file_id, to, base_version)
    if entry is None and below is None:
        raise Conflict(f"{file_id} had no version before this one. Publish a mended one with a higher version.")
    if entry is not None:
        _refuse_unfit(connection, book, entry)
    base_hash = below.content_hash if below else None
    return Target(scope, file_id, entry, base_version, base_hash, history.position)


def roll_back(
    connection: sqlite3.Connection, target: Target, who: Who, now: datetime, token: Token = secrets.token_bytes
) -> Done:
    """Say in a new entry that the earlier version is in force again; ends what is in shadow or canary. The caller has
    a transaction.

    Raises:
        Conflict: the file was changed since the target was looked up.
    """
    history = history_of(connection, target.scope, target.file_id)
    if history.position != target.position:
        raise Conflict(f"Somebody else changed {target.file_id} meanwhile; look at its history, then roll back again.")
    entry = Entry(
        id=new_id("pub", now, token),
        scope=target.scope,
        file_id=target.file_id,
        action="roll_back",
        version=target.entry.version if target.entry else str(target.base_version),
        content_hash=target.entry.content_hash if target.entry else None,
        running_hash=target.entry.running_hash if target.entry else None,
        base_hash=target.base_hash,
        mode="live",
        percent=100,
        person=who.person.strip(),
        via=who.via,
        because=who.because.strip(),
        at=now.isoformat(),
    )
    live = history.live
    if history.trial is None and (live.content_hash if live else None) == entry.content_hash:
        return Done(live, changed=False)
    return Done(replace(entry, position=rule_versions.append(connection, entry, {})), changed=True)


def _named(history: FileHistory, file_id: str, version: str, base_version: str | None) -> Entry | None:
    found = [entry for entry in history.were_live if entry.version == version and entry.content_hash is not None]
    if found:
        return found[-1]
    if version == base_version:
        return None
    known = dict.fromkeys([*(entry.version for entry in history.were_live), *([base_version] if base_version else [])])
    raise NotFound(f"{file_id} {version} was never live. Versions that were: {', '.join(known) or 'none'}.")


def _refuse_unfit(connection: sqlite3.Connection, book: RuleBook, entry: Entry) -> None:
    checker = checker_of(book)
    document = rule_versions.document(connection, str(entry.content_hash))
    found, findings = checker.ready(document, entry.scope)
    if found is None:
        raise RulesInvalid("\n".join(map(str, findings)))
