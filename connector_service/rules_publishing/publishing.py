"""Publish, approve, reject, withdraw and roll back. Each is checked first and then one entry in one transaction."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from connector_service.errors import Conflict, InvalidInput, NotFound
from connector_service.orders.work import Token, new_id
from connector_service.rules_engine import RuleBook
from connector_service.rules_engine.model import RuleFile
from connector_service.rules_publishing.checking import Checked, Checker
from connector_service.rules_publishing.history import FileHistory, whose
from connector_service.rules_publishing.versions import next_after, parts
from connector_service.store import rule_versions, tenants
from connector_service.store.rule_versions import EVERYONE, Entry, Mode


@dataclass(frozen=True, slots=True)
class Who:
    """Who does something to rules, how they came in (an API key's label, or the command line), and why."""

    person: str
    via: str
    because: str

    def __post_init__(self) -> None:
        """Refuse nobody and no reason."""
        for name in ("person", "because"):
            if not getattr(self, name).strip():
                raise InvalidInput(f"Say {'who does this' if name == 'person' else 'why'}.", pointer=f"/{name}")

    def is_author_of(self, entry: Entry) -> bool:
        """Whether this is the same person, or the same API key under another name."""
        same_key = self.via == entry.via and self.via != COMMAND_LINE
        return same_key or self.person.strip().casefold() == entry.person.strip().casefold()


COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True)
class How:
    """How a version is put in force: `percent` is the share of a canary."""

    mode: Mode = "live"
    percent: int = 100

    def __post_init__(self) -> None:
        """Refuse a canary that is none."""
        if self.mode == "canary" and not 1 <= self.percent <= 99:
            raise InvalidInput("A canary answers for 1 to 99 percent of all orders.", pointer="/percent")


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it: the entry that says so, None when the folder's file is what was asked for; `changed` is false
    when it was so before. `warnings` are what the checks found and let pass."""

    entry: Entry | None
    changed: bool
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """Something checked that is to be put in force: what was known of the log when it was checked."""

    scope: str
    checked: Checked
    base_hash: str | None
    how: How
    who: Who
    position: int
    proposal_id: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be put in force for a scope. `name` is what findings call the document, `position` up to where in the
    log the rule book was when this was asked."""

    scope: str
    document: Any
    name: str
    how: How
    who: Who
    position: int
    proposal_id: str = ""


def draft(book: RuleBook, wanted: Wanted) -> Draft:
    """Check a document against what is in force; takes up to seconds for a large file.

    Raises:
        RulesInvalid: it has findings, one a line.
    """
    checker = checker_of(book)
    checked = checker.check(wanted.document, wanted.scope, wanted.name, wanted.how.mode)
    below = file_below(book, wanted.scope, checked.file_id)
    base_hash = below.content_hash if below else None
    return Draft(wanted.scope, checked, base_hash, wanted.how, wanted.who, wanted.position, wanted.proposal_id)


def checker_of(book: RuleBook) -> Checker:
    """What is checked against, as a rule book stands now."""
    common = book.of(EVERYONE)
    return Checker(book.base.words, common.in_force, common.clock.now().date())


def file_below(book: RuleBook, scope: str, file_id: str) -> RuleFile | None:
    """The file that lies under a publication: the folder's, or for a tenant the one of all tenants."""
    if scope == EVERYONE:
        found = book.base.files.get(file_id)
        return found.file if found else None
    below = book.of(EVERYONE).in_force.get(file_id)
    return below.live.file if below else None


def publish(connection: sqlite3.Connection, book: RuleBook, made: Draft, now: datetime) -> Done:
    """Put a draft in force, or propose it where a second person must approve; the caller has a transaction.

    Raises:
        Conflict: the version is not higher than the one in force, stands for other content, or something else was
            published since the draft was checked.
        NotFound: no such tenant.
    """
    history = history_of(connection, made.scope, made.checked.file_id)
    needs_approval = tenants.rules_need_approval(connection, made.scope)
    _refuse_stale(connection, made, history)
    same = _already(history, book, made)
    if same is not None:
        return same
    _refuse_version(history, book, made)
    entry = _entry(made, "propose" if needs_approval else "publish", now)
    return _append(connection, entry, made.checked)


def approve(connection: sqlite3.Connection, book: RuleBook, made: Draft, now: datetime) -> Done:
    """Put a proposal in force that was checked again; the caller has a transaction.

    Raises:
        Conflict: the approver proposed it, or it is not open any more, or its version is no longer higher.
    """
    history = history_of(connection, made.scope, made.checked.file_id)
    proposed = open_proposal(history, made.proposal_id)
    if made.who.is_author_of(proposed):
        raise Conflict(
            f"{proposed.person} proposed this (through {proposed.via}), and another person must approve it, "
            "with an API key of their own when over HTTP."
        )
    _refuse_stale(connection, made, history)
    _refuse_version(history, book, made)
    return _append(connection, replace(_entry(made, "approve", now), id=proposed.id), made.checked)


def proposed_again(connection: sqlite3.Connection, proposed: Entry, who: Who, position: int) -> Wanted:
    """A proposal, to be checked again as its approver would put it in force."""
    document = rule_versions.document(connection, str(proposed.content_hash))
    how = How(proposed.mode, proposed.percent)
    name = f"{proposed.file_id}.json"
    return Wanted(proposed.scope, document, name, how, who, position, proposed.id)


def reject(connection: sqlite3.Connection, proposed: Entry, who: Who, now: datetime) -> Done:
    """Turn a proposal down, or take one's own back; the caller has a transaction.

    Raises:
        Conflict: it is not open any more.
    """
    open_proposal(history_of(connection, proposed.scope, proposed.file_id), proposed.id)
    return _append(connection, _said(proposed, "reject", who, now))


def withdraw(connection: sqlite3.Connection, scope: str, file_id: str, who: Who, now: datetime) -> Done:
    """End what is in shadow or canary; the live version is untouched. The caller has a transaction.

    Raises:
        NotFound: nothing is.
    """
    trial = history_of(connection, scope, file_id).trial
    if trial is None:
        raise NotFound(f"No version of {file_id} is in shadow or canary for {whose(scope)}.")
    return _append(connection, _said(trial, "withdraw", who, now))


def open_proposal(history: FileHistory, proposal_id: str) -> Entry:
    """The proposal, which must wait for approval still. Raises Conflict otherwise, with what became of it."""
    found = history.proposal
    if found is None or found.id != proposal_id:
        told = [entry for entry in history.entries if entry.id == proposal_id]
        became = {"approve": "was approved", "reject": "was rejected"}.get(told[-1].action, "was superseded")
        raise Conflict(f"The proposal {proposal_id} of {told[-1].file_id} is not open: it {became}.")
    return found


def history_of(connection: sqlite3.Connection, scope: str, file_id: str) -> FileHistory:
    """The log of one file of one scope, folded."""
    history = FileHistory()
    for entry in rule_versions.entries(connection, scope, file_id):
        history.add(entry)
    return history


def _refuse_stale(connection: sqlite3.Connection, made: Draft, history: FileHistory) -> None:
    below = history_of(connection, EVERYONE, made.checked.file_id)
    if max(history.position, below.position) > made.position:
        raise Conflict(
            f"Somebody else changed {made.checked.file_id} while this was checked; look at its history, "
            "then publish it again."
        )


def _already(history: FileHistory, book: RuleBook, made: Draft) -> Done | None:
    """Whether the same content is in force, tried or proposed in the same way already."""
    for entry in (history.trial, history.proposal):
        if entry is not None and entry.content_hash == made.checked.content_hash:
            same_percent = entry.mode != "canary" or entry.percent == made.how.percent
            if entry.mode == made.how.mode and same_percent:
                return Done(entry, changed=False)
    running = _running(history, book, made)
    if running is not None and running[1] == made.checked.content_hash and made.how.mode == "live":
        return Done(history.live, changed=False)
    return None


def _running(history: FileHistory, book: RuleBook, made: Draft) -> tuple[str, str | None] | None:
    """Version and content of what is live now in the draft's scope; None when nothing of its own is."""
    if made.scope != EVERYONE:
        return (history.live.version, history.live.content_hash) if history.live else None
    found = book.of(EVERYONE).in_force.get(made.checked.file_id)
    return (found.live.file.version, found.live.file.content_hash) if found else None


def _refuse_version(history: FileHistory, book: RuleBook, made: Draft) -> None:
    checked, running = made.checked, _running(history, book, made)
    file_id, version = checked.file_id, checked.version
    if running is None and made.how.mode != "live" and checked.base is None:
        raise Conflict(f"There is no live version of {file_id} to try this beside. Publish it live.")
    highest = running[0] if running else None
    used = history.hash_of(version)
    if used is not None and used != checked.content_hash:
        known = max((e.version for e in history.entries), key=parts)
        raise Conflict(
            f"{file_id} {version} stands for other content, which decisions name. Give this one a version of its own, "
            f"such as {next_after(max(known, highest or known, key=parts))}."
        )
    if highest is not None and parts(version) <= parts(highest):
        raise Conflict(
            f"{file_id} {highest} is in force for {whose(made.scope)}, and {version} is not higher. "
            f"Write {next_after(highest)} or higher; to go back, roll back."
        )


def _entry(made: Draft, action: rule_versions.Action, now: datetime, token: Token = secrets.token_bytes) -> Entry:
    checked = made.checked
    return Entry(
        id=new_id("pub", now, token),
        scope=made.scope,
        file_id=checked.file_id,
        action=action,
        version=checked.version,
        content_hash=checked.content_hash,
        running_hash=checked.running.file.content_hash,
        base_hash=made.base_hash,
        mode=made.how.mode,
        percent=made.how.percent,
        person=made.who.person.strip(),
        via=made.who.via,
        because=made.who.because.strip(),
        at=now.isoformat(),
    )


def _said(about: Entry, action: rule_versions.Action, who: Who, now: datetime) -> Entry:
    """An entry about an earlier one."""
    entry = replace(about, action=action, at=now.isoformat(), position=0)
    return replace(entry, person=who.person.strip(), via=who.via, because=who.because.strip())


def _append(connection: sqlite3.Connection, entry: Entry, checked: Checked | None = None) -> Done:
    documents: dict[str, Mapping[str, Any]] = {}
    if checked is not None:
        documents = {
            checked.content_hash: checked.document,
            checked.running.file.content_hash: checked.running.file.document,
        }
    position = rule_versions.append(connection, entry, documents)
    return Done(replace(entry, position=position), True, checked.warnings if checked else ())
