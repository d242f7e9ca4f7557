"""The only way a pickup changes: status table, owner and deadline by the rules, event with its reason, all at once."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any, Literal

from canonical_models import (
    FINAL_PICKUP_STATUSES,
    PICKUP_TRANSITIONS,
    Pickup,
    PickupCall,
    PickupStatus,
    PickupTrouble,
    may_change,
)
from connector_service.errors import TransitionRefused
from connector_service.orders.ownership import UNRULED, decide, rule_name
from connector_service.orders.work import Work
from connector_service.rules_engine import EscalationStep
from connector_service.store import deadlines, pickups

KIND = "pickup"
"""The kind of its deadline."""
RULE_FILE = "pickups"
_log = logging.getLogger(__name__)
_MINUTE = timedelta(minutes=1)


def change_pickup(
    work: Work,
    pickup: Pickup,
    event: str,
    because: str,
    *,
    status: PickupStatus | None = None,
    trouble: PickupTrouble | Literal["stays"] | None = None,
    call: PickupCall | None = None,
    rule: str | None = None,
    **details: Any,
) -> None:
    """Save a changed pickup with an event such as `confirmed`; it has the `trouble` and waits for the `call` that are
    given, and for none that is not.

    Raises:
        TransitionRefused: it may not go to `status` from where it is.
    """
    before = pickup.status
    if status is not None and status != before:
        _check(pickup, status)
        pickup.status = status
    _set_trouble(work, pickup, trouble, moved=pickup.status != before)
    pickup.call, pickup.message = call, because[:2_000]
    owner_rule, owner_because = _settle(work, pickup)
    data = {
        "actor": work.actor,
        "because": because,
        "rule": rule,
        "from_status": before.value if pickup.version else None,
        "to_status": pickup.status.value,
        "trouble": pickup.trouble,
        "owner": pickup.owner,
        "owner_rule": owner_rule,
        "owner_because": owner_because,
        "queue": pickup.queue,
        "deadline_at": pickup.deadline_at.isoformat() if pickup.deadline_at else None,
        **details,
    }
    work.tx.save(pickup, f"{KIND}.{event}", data)


def _check(pickup: Pickup, status: PickupStatus) -> None:
    if not may_change(PICKUP_TRANSITIONS, pickup.status, status):
        options = ", ".join(sorted(PICKUP_TRANSITIONS[pickup.status])) or "nothing: it is final"
        raise TransitionRefused(
            f"The pickup {pickup.id} is {pickup.status} and cannot become {status}. From {pickup.status} it may become "
            f"{options}.",
            pointer="/status",
        )


def _set_trouble(work: Work, pickup: Pickup, trouble: PickupTrouble | Literal["stays"] | None, *, moved: bool) -> None:
    if trouble == "stays":
        return
    if moved or trouble != pickup.trouble:
        pickup.trouble_since = work.now if trouble is not None else None
        pickup.escalation_level, pickup.reassigned_to = 0, None
    pickup.trouble = PickupTrouble(trouble) if trouble is not None else None


def facts_of(work: Work, pickup: Pickup) -> dict[str, Any]:
    """The facts `pickup@1` of a pickup, but for the question."""
    standing = pickups.still_there(work.tx.connection, work.tenant_id, pickup.id) if pickup.version else []
    return {
        "status": pickup.status.value,
        "trouble": pickup.trouble.value if pickup.trouble else None,
        "location_id": pickup.location_id,
        "carrier": pickup.carrier,
        "parcels_waiting": sum(each.parcels for each in standing) if pickup.version else pickup.parcels,
        "express_waiting": sum(each.parcels for each in standing if each.express),
        "minutes_to_window_end": int((pickup.window_end - work.now) // _MINUTE),
        "confirmed": pickup.confirmation is not None,
    }


def _settle(work: Work, pickup: Pickup) -> tuple[str | None, str]:
    """Set owner and deadline; the rule that named the owner, and why."""
    if pickup.status in FINAL_PICKUP_STATUSES:
        pickup.deadline_at = None
        deadlines.clear_deadline(work.tx.connection, work.tenant_id, pickup.id)
        return None, "It is over."
    facts = facts_of(work, pickup)
    evaluation = decide(work, RULE_FILE, pickup.id, {**facts, "question": "owner"})
    pickup.owner = pickup.reassigned_to or evaluation.outcome["owner"]
    pickup.queue = evaluation.outcome["queue"]
    step = next_step(work, pickup, facts)
    pickup.deadline_at = step.due_at
    row = deadlines.Deadline(work.tenant_id, pickup.id, KIND, step.due_at, step.level)
    deadlines.set_deadline(work.tx.connection, row)
    return rule_name(evaluation), evaluation.because


def next_step(work: Work, pickup: Pickup, facts: dict[str, Any]) -> EscalationStep:
    """The next step of its escalation; what no rule covers is looked at all the same."""
    times: dict[str, datetime] = {
        "window_start": pickup.window_start,
        "window_end": pickup.window_end,
        "trouble_since": pickup.trouble_since or work.now,
    }
    asked, level = {**facts, "question": "deadline"}, pickup.escalation_level
    step = work.rules.next_step(RULE_FILE, asked, times, (), work.now, level, pickup.id)
    if step is not None:
        return step
    _log.error("the rules of pickups name no deadline for %s; it is looked at in %s", asked, UNRULED)
    because = "No rule covers this; its owner looks at it."
    return EscalationStep("none", level + 1, work.now + UNRULED, {"level": level + 1}, because)
