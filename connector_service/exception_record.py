"""How an exception is saved, and closed by itself, whatever it is about; and who answers for a credential."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from canonical_models import Credential, ExceptionCase
from connector_service.store import Transaction, callbacks, deadlines


def save_case(tx: Transaction, case: ExceptionCase, event: str, actor: str, because: str, **details: Any) -> None:
    """Save an exception with an event such as `claimed`."""
    data = {
        "actor": actor,
        "because": because,
        "code": case.code.value,
        "state": case.state,
        "owner": case.owner,
        "queue": case.queue,
        "deadline_at": case.deadline_at.isoformat() if case.deadline_at else None,
        **details,
    }
    tx.save(case, f"exception.{event}", data)


def close_case(tx: Transaction, case: ExceptionCase, actor: str, because: str, **details: Any) -> None:
    """Close what nobody has to resolve any more, and tell the flow that waits for it."""
    case.state, case.deadline_at, case.resolution = "requeued", None, case.resolution or because
    deadlines.clear_deadline(tx.connection, tx.tenant_id, case.id)
    save_case(tx, case, "requeued", actor, because, **details)
    if case.resume_url is not None:
        callbacks.enqueue(tx.connection, tx.tenant_id, case.id, case.resume_url, tx.now)


def answers_for(tx: Transaction, credential: Credential) -> tuple[str | None, datetime | None]:
    """Who must replace it, and by when if it is overdue: what its exception says, else who was warned."""
    if credential.exception_id is None:
        return credential.owner, None
    case = tx.get(ExceptionCase, credential.exception_id)
    return case.owner, case.deadline_at
