"""What the clock does with credentials: warns, raises an exception for an overdue one, deletes an old one."""

from __future__ import annotations

import logging
from typing import Any

from canonical_models import EXCEPTION_CATALOG, Credential, ExceptionCase, ExceptionCode
from connector_service.credentials.lifecycle import end_old, save, warns_at
from connector_service.credentials.secret_fields import kind_of, name_of
from connector_service.orders import ownership
from connector_service.orders.exceptions import route, save_exception
from connector_service.orders.work import Work
from connector_service.store import deadlines

_log = logging.getLogger(__name__)
_CODE = ExceptionCode.CREDENTIAL_OVERDUE


def fire(work: Work, deadline: deadlines.Deadline) -> bool:
    """Do what the time has made due; False when the credential moved on meanwhile and nothing is."""
    credential = work.tx.find(Credential, deadline.subject)
    if credential is None:
        deadlines.clear_stale(work.tx.connection, deadline)
        return False
    acted = _end_overlap(work, credential)
    if credential.stage == "fresh" and warns_at(credential) <= work.now:
        acted = _warn(work, credential)
    if credential.stage != "fresh" and credential.exception_id is None and credential.rotates_by <= work.now:
        acted = _overdue(work, credential)
    if not acted:
        deadlines.clear_stale(work.tx.connection, deadline)
    return acted


def _end_overlap(work: Work, credential: Credential) -> bool:
    if credential.old_until is None or work.now < credential.old_until:
        return False
    end_old(work.tx, credential.slug, work.actor, "Its time beside the new one is over.")
    return True


def _warn(work: Work, credential: Credential) -> bool:
    facts = {"code": _CODE.value, **_facts(credential)}
    routed = work.rules.evaluate("exception-routing", facts, credential.id)
    credential.stage, credential.owner = "ageing", routed.outcome["owner"]
    age = (work.now - credential.entered_at).days
    words = f"It is {age} days old; {credential.owner} must replace it by {credential.rotates_by:%Y-%m-%d}."
    _tell(work, credential, "warned", words)
    return True


def _overdue(work: Work, credential: Credential) -> bool:
    case = _raise(work, credential)
    credential.stage, credential.owner, credential.exception_id = "overdue", case.owner, case.id
    words = f"{case.owner} must act by {case.deadline_at:%Y-%m-%d %H:%M} UTC. {case.message}"
    _tell(work, credential, "overdue", words)
    return True


def _raise(work: Work, credential: Credential) -> ExceptionCase:
    message = (
        f"The credential at {name_of(credential.slug)} should have been replaced by {credential.rotates_by:%Y-%m-%d}: "
        f"dockline credential rotate {credential.slug}"
    )
    case = ExceptionCase(
        tenant_id=work.tenant_id,
        id=work.new_id("exc"),
        version=0,
        created_at=work.now,
        updated_at=work.now,
        code=_CODE,
        order_id=None,
        credential_id=credential.id,
        message=message,
        evidence={"slug": credential.slug, "entered_at": credential.entered_at.isoformat()},
        owner=EXCEPTION_CATALOG[_CODE].default_owner,
        queue="none",
        raised_at=work.now,
    )
    routing = route(work, None, case, _facts(credential))
    said = {"owner_rule": ownership.rule_name(routing), "owner_because": routing.because}
    save_exception(work, None, case, "raised", message, **said)
    return case


def _facts(credential: Credential) -> dict[str, Any]:
    return {"subject": "credential", "system": kind_of(credential.slug)}


def _tell(work: Work, credential: Credential, event: str, words: str) -> None:
    save(work.tx, credential, event, work.actor, words)
    _log.warning("the credential of %s at %s: %s", credential.tenant_id, credential.slug, words)
