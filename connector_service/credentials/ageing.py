"""What the clock does with credentials: warns, makes an overdue one somebody's, hands it on, deletes an old one.

An exception is an order or a shipment that left the ordinary path, and an old credential is neither. So it does not
enter their queue: it carries the owner and the deadline itself, and shows wherever credentials do.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from canonical_models import Credential
from connector_service.adapters import registry
from connector_service.credentials.lifecycle import end_old, save, warns_at
from connector_service.rules_engine.organisation import Organisation
from connector_service.store import Transaction, deadlines

_log = logging.getLogger(__name__)
TIME_TO_REPLACE = timedelta(days=3)
"""How long an owner has before the next one is asked."""


def fire(tx: Transaction, organisation: Organisation, deadline: deadlines.Deadline) -> bool:
    """Do what the time has made due; False when the credential moved on meanwhile and nothing is."""
    credential = tx.find(Credential, deadline.subject)
    if credential is None:
        deadlines.clear_stale(tx.connection, deadline)
        return False
    acted = _end_overlap(tx, credential)
    if credential.stage == "fresh" and warns_at(credential) <= tx.now:
        acted = _warn(tx, credential, organisation)
    if credential.stage == "ageing" and credential.rotates_by <= tx.now:
        acted = _overdue(tx, credential)
    elif credential.stage == "overdue" and credential.deadline_at is not None and credential.deadline_at <= tx.now:
        acted = _hand_on(tx, credential, organisation)
    if not acted:
        deadlines.clear_stale(tx.connection, deadline)
    return acted


def _end_overlap(tx: Transaction, credential: Credential) -> bool:
    if credential.old_until is None or tx.now < credential.old_until:
        return False
    end_old(tx, credential.slug, "clock", "Its time beside the new one is over.")
    return True


def _warn(tx: Transaction, credential: Credential, organisation: Organisation) -> bool:
    credential.stage, credential.owner = "ageing", _owner(credential.slug, organisation)
    age = (tx.now - credential.entered_at).days
    words = f"It is {age} days old; {credential.owner} must replace it by {credential.rotates_by:%Y-%m-%d}."
    _tell(tx, credential, "warned", words)
    return True


def _overdue(tx: Transaction, credential: Credential) -> bool:
    credential.stage, credential.deadline_at = "overdue", tx.now + TIME_TO_REPLACE
    words = (
        f"It should have been replaced by {credential.rotates_by:%Y-%m-%d}. {credential.owner} does it by "
        f"{credential.deadline_at:%Y-%m-%d %H:%M} UTC: dockline credential rotate {credential.slug}."
    )
    _tell(tx, credential, "overdue", words)
    return True


def _hand_on(tx: Transaction, credential: Credential, organisation: Organisation) -> bool:
    before = credential.owner
    owner = organisation.owners.get(before or "")
    credential.owner = owner.deputy if owner else _owner(credential.slug, organisation)
    credential.escalation_level += 1
    credential.deadline_at = tx.now + TIME_TO_REPLACE
    told = f" {owner.lead} is told." if owner else ""
    _tell(tx, credential, "escalated", f"{before} let the deadline pass; {credential.owner} takes over.{told}")
    return True


def _tell(tx: Transaction, credential: Credential, event: str, words: str) -> None:
    save(tx, credential, event, "clock", words)
    _log.warning("the credential of %s at %s: %s", credential.tenant_id, credential.slug, words)


def _owner(slug: str, organisation: Organisation) -> str:
    """Who answers for a system, as far as the organisation has them."""
    wanted = "operations" if slug in registry.WAREHOUSES else "client-success"
    wanted = "carrier-desk" if slug in registry.CARRIERS else wanted
    return wanted if wanted in organisation.owners else next(iter(organisation.owners))
