"""A credential from its coming in until the next one: every step is an event, and the next one a deadline."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from canonical_models import Credential, ExceptionCase
from connector_service.credentials.secret_fields import name_of, same_secrets
from connector_service.credentials.trying import Trial
from connector_service.errors import Conflict, InvalidInput
from connector_service.exception_record import close_case
from connector_service.store import Transaction, deadlines, tenants

DAYS = 90
"""A credential is replaced after so many days, unless its tenant says otherwise."""
WARNED_AT = 5 / 6
"""The share of that time after which its owner is warned: 75 days of 90."""
OVERLAP = timedelta(hours=72)
LONGEST_OVERLAP = timedelta(days=30)
KIND = "credential"
"""The kind of its deadline."""


_PREFIX = "crd_"


def credential_id(slug: str) -> str:
    """One connection, one credential."""
    return _PREFIX + slug


def unknown_ages(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Tenant and slug of the connections of which nothing is known."""
    return tenants.without_credential(connection, _PREFIX)


def enter(
    tx: Transaction, slug: str, settings: dict[str, Any], trial: Trial, actor: str, *, rotation_days: int | None = None
) -> tenants.Connection:
    """Add a connection, or replace its settings at once. With the secrets it had already it grows no younger.

    Raises:
        Conflict: the system refused the credential; nothing was kept.
    """
    _require_taken(slug, trial)
    before = tenants.find_connection(tx.connection, tx.tenant_id, slug)
    made = tenants.put_connection(tx.connection, tx.tenant_id, slug, settings)
    credential = tx.find(Credential, credential_id(slug)) or new_credential(tx, slug, actor)
    credential.rotation_days = rotation_days or credential.rotation_days
    if before is None or not same_secrets(slug, before.settings, settings):
        _renewed(tx, credential, actor)
    else:
        _rescheduled(tx, credential, actor)
    _tested(tx, credential, trial)
    words = "The settings of the connection were entered."
    save(tx, credential, "entered" if before is None else "replaced", actor, f"{words} {trial.words}")
    return made


def rotate(
    tx: Transaction, slug: str, changes: Mapping[str, Any], trial: Trial, actor: str, overlap: timedelta = OVERLAP
) -> tenants.Connection:
    """Replace secrets; what was valid so far holds for `overlap` beside the new.

    Raises:
        NotFound: there is no such connection.
        Conflict: the system refused the new credential, or an older one still holds beside the present one.
        InvalidInput: the new secrets are the present ones.
    """
    _require_taken(slug, trial)
    present = tenants.get_connection(tx.connection, tx.tenant_id, slug)
    settings = {**present.settings, **changes}
    if same_secrets(slug, present.settings, settings):
        raise InvalidInput(f"These are the secrets that {slug} has already; enter new ones.", pointer="/settings")
    if len(present.valid_settings(tx.now)) > 1:
        raise Conflict(
            f"The credential of {slug} before this one still holds, until {present.old_until:%Y-%m-%d %H:%M} UTC. End "
            f"it first (DELETE /v1/credentials/{slug}/old), or replace the present one: dockline credential set {slug}."
        )
    credential = tx.find(Credential, credential_id(slug)) or new_credential(tx, slug, actor)
    until = tx.now + overlap
    made = tenants.rotate_connection(tx.connection, tx.tenant_id, slug, settings, until)
    _renewed(tx, credential, actor)
    credential.old_until = until
    _tested(tx, credential, trial)
    words = f"A new credential took over; the old one holds until {until:%Y-%m-%d %H:%M} UTC. {trial.words}"
    save(tx, credential, "rotated", actor, words)
    return made


def keep_trial(tx: Transaction, slug: str, trial: Trial, actor: str) -> Credential:
    """Note what a test of the credential in force came to."""
    tenants.get_connection(tx.connection, tx.tenant_id, slug)
    credential = tx.find(Credential, credential_id(slug)) or new_credential(tx, slug, actor)
    _tested(tx, credential, trial)
    save(tx, credential, "tested", actor, trial.words)
    return credential


def end_old(tx: Transaction, slug: str, actor: str, because: str = "Nobody needs it any more.") -> bool:
    """Delete the credential before the present one; False when there is none."""
    ended = tenants.end_old_settings(tx.connection, tx.tenant_id, slug)
    credential = tx.find(Credential, credential_id(slug))
    if credential is not None and credential.old_until is not None:
        credential.old_until = None
        save(tx, credential, "old_ended", actor, f"The old credential was deleted. {because}")
    return ended


def fell_back(tx: Transaction, slug: str) -> None:
    """The system refused the new credential and took the old one."""
    credential = tx.find(Credential, credential_id(slug))
    if credential is not None:
        credential.fell_back_at = tx.now
        credential.verdict = "refused"
        credential.words = f"{name_of(slug)} refused the new credential and took the old one, which ends soon."
        save(tx, credential, "fell_back", slug, credential.words)


def adopt(tx: Transaction, slug: str) -> None:
    """Begin to count the days of a connection of which nothing is known."""
    if tx.find(Credential, credential_id(slug)) is None:
        credential = new_credential(tx, slug, "unknown")
        save(tx, credential, "adopted", "clock", "Nobody knows how old it is: its days count from now.")


def new_credential(tx: Transaction, slug: str, actor: str) -> Credential:
    """What is known of a credential that comes in now."""
    return Credential(
        tenant_id=tx.tenant_id,
        id=credential_id(slug),
        version=0,
        created_at=tx.now,
        updated_at=tx.now,
        slug=slug,
        entered_at=tx.now,
        entered_by=actor[:128],
        rotation_days=DAYS,
        rotates_by=tx.now + timedelta(days=DAYS),
    )


def warns_at(credential: Credential) -> datetime:
    """From when on its owner is warned."""
    return credential.entered_at + (credential.rotates_by - credential.entered_at) * WARNED_AT


def save(tx: Transaction, credential: Credential, event: str, actor: str, because: str) -> None:
    """Save it with an event and its next deadline."""
    data = {"actor": actor, "because": because, "owner": credential.owner, "stage": credential.stage}
    tx.save(credential, f"{KIND}.{event}", data)
    due = [at for at in (_next_step(credential), credential.old_until) if at is not None]
    if due:
        deadlines.set_deadline(tx.connection, deadlines.Deadline(tx.tenant_id, credential.id, KIND, min(due), 0))
    else:
        deadlines.clear_deadline(tx.connection, tx.tenant_id, credential.id)


def _next_step(credential: Credential) -> datetime | None:
    """From when on the clock has something to do; its exception has a deadline of its own."""
    if credential.stage == "fresh":
        return warns_at(credential)
    return credential.rotates_by if credential.exception_id is None else None


def _renewed(tx: Transaction, credential: Credential, actor: str) -> None:
    _close_exception(tx, credential, actor, "A new credential was entered.")
    credential.entered_at, credential.entered_by = tx.now, actor[:128]
    credential.rotates_by = tx.now + timedelta(days=credential.rotation_days)
    credential.stage, credential.owner, credential.fell_back_at = "fresh", None, None


def _close_exception(tx: Transaction, credential: Credential, actor: str, because: str) -> None:
    if credential.exception_id is not None:
        close_case(tx, tx.get(ExceptionCase, credential.exception_id), actor, because)
        credential.exception_id = None


def _rescheduled(tx: Transaction, credential: Credential, actor: str) -> None:
    """Its days may have become more: then it is not as late as it was."""
    credential.rotates_by = credential.entered_at + timedelta(days=credential.rotation_days)
    if credential.stage == "overdue" and tx.now < credential.rotates_by:
        _close_exception(tx, credential, actor, f"It has time until {credential.rotates_by:%Y-%m-%d} now.")
        credential.stage = "ageing"
    if credential.stage == "ageing" and tx.now < warns_at(credential):
        credential.stage, credential.owner = "fresh", None


def _tested(tx: Transaction, credential: Credential, trial: Trial) -> None:
    credential.verdict, credential.words = trial.verdict, trial.words[:2_000]
    credential.tested_at = None if trial.verdict == "untested" else tx.now


def _require_taken(slug: str, trial: Trial) -> None:
    if trial.verdict == "refused":
        raise Conflict(
            f"{trial.words} It was not stored. Mend it, or store it untested: ?test=false.", pointer="/settings"
        )
