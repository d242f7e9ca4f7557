"""What the clock does with pickups: one whose window is over is missed, and trouble that nobody ends is escalated."""

from __future__ import annotations

from typing import Any

from canonical_models import Pickup, PickupStatus, PickupTrouble
from connector_service.orders.pickup_changes import change_pickup, facts_of, next_step
from connector_service.orders.pickup_collecting import nothing_left
from connector_service.orders.pickup_parcels import still_there
from connector_service.orders.work import Work
from connector_service.rules_engine import EscalationStep
from connector_service.store import deadlines

_S = PickupStatus


def fire(work: Work, deadline: deadlines.Deadline) -> bool:
    """Do what is due; False when the pickup moved on meanwhile and nothing is."""
    pickup = work.tx.find(Pickup, deadline.subject)
    if pickup is None or pickup.deadline_at != deadline.due_at:
        deadlines.clear_stale(work.tx.connection, deadline)
        return False
    if pickup.window_end <= work.now and pickup.status in (_S.CONFIRMED, _S.REQUESTED):
        missed(work, pickup)
    else:
        _escalate(work, pickup)
    return True


def missed(work: Work, pickup: Pickup) -> None:
    """The window is over; if anything is left, the carrier has not taken everything."""
    left = sum(each.parcels for each in still_there(work, pickup))
    if not left:
        nothing_left(work, pickup)
        return
    if pickup.status is _S.REQUESTED:
        words = f"{pickup.carrier} could not be called before the window was over; {left} parcels wait."
    else:
        words = f"The window is over, and {pickup.carrier} has not scanned {left} of {pickup.parcels} parcels."
    change_pickup(work, pickup, "missed", words, status=_S.MISSED, trouble=PickupTrouble.MISSED)


def _escalate(work: Work, pickup: Pickup) -> None:
    step = next_step(work, pickup, facts_of(work, pickup))
    pickup.escalation_level = step.level
    because, details = _words(step, pickup.owner)
    pickup.reassigned_to = step.outcome.get("reassign", pickup.reassigned_to)
    said = pickup.message
    rule = f"pickups {step.rule}"
    change_pickup(
        work, pickup, "escalated", because, trouble="stays", call=pickup.call, rule=rule, said=said, **details
    )


def _words(step: EscalationStep, owner: str) -> tuple[str, dict[str, Any]]:
    told = f" {step.outcome['notify']} is told." if "notify" in step.outcome else ""
    moved = f" {step.outcome['reassign']} takes over from {owner}." if "reassign" in step.outcome else ""
    details = {f"step_{key}": value for key, value in step.outcome.items()}
    return f"The deadline passed, level {step.level}.{told}{moved} {step.because}", {"level": step.level, **details}
