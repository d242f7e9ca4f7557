"""What happens when a deadline passes: the next step of the rules' cascade, and the deadline after it."""

from __future__ import annotations

from typing import Any

from canonical_models import ExceptionCase, Order
from connector_service.orders.case_orders import order_of
from connector_service.orders.changes import change_order
from connector_service.orders.exceptions import OPEN_STATES, save_exception, set_exception_deadline
from connector_service.orders.ownership import next_case_step, next_step
from connector_service.orders.work import Work
from connector_service.rules_engine import EscalationStep
from connector_service.store import deadlines


def fire(work: Work, deadline: deadlines.Deadline) -> bool:
    """Escalate what is overdue; False when the object moved on meanwhile and nothing is due any more."""
    if deadline.kind == "order":
        order = work.tx.find(Order, deadline.subject)
        due = order is not None and order.deadline_at == deadline.due_at
        if order is not None and due:
            _escalate_order(work, order)
            return True
    else:
        case = work.tx.find(ExceptionCase, deadline.subject)
        due = case is not None and case.deadline_at == deadline.due_at and case.state in OPEN_STATES
        if case is not None and due:
            _escalate_exception(work, case)
            return True
    deadlines.clear_stale(work.tx.connection, deadline)
    return False


def _words(step: EscalationStep, owner: str) -> tuple[str, dict[str, Any]]:
    told = f" {step.outcome['notify']} is told." if "notify" in step.outcome else ""
    moved = f" {step.outcome['reassign']} takes over from {owner}." if "reassign" in step.outcome else ""
    details = {f"step_{key}": value for key, value in step.outcome.items()}
    return f"The deadline passed, level {step.level}.{told}{moved} {step.because}", {"level": step.level, **details}


def _escalate_order(work: Work, order: Order) -> None:
    step = next_step(work, order)
    order.escalation_level = step.level
    because, details = _words(step, order.owner)
    order.reassigned_to = step.outcome.get("reassign", order.reassigned_to)
    change_order(work, order, "escalated", because, rule=f"escalation {step.rule}", **details)


def _escalate_exception(work: Work, case: ExceptionCase) -> None:
    order = order_of(work.tx, case)
    step = next_case_step(work, order, case)
    case.escalation_level = step.level
    because, details = _words(step, case.owner)
    hand_over(work, order, case, step.outcome.get("reassign", case.owner))
    save_exception(work, order, case, "escalated", because, rule=f"escalation {step.rule}", **details)
    if order is not None:
        change_order(work, order, "exception_escalated", because, rule=f"escalation {step.rule}", exception_id=case.id)


def hand_over(work: Work, order: Order | None, case: ExceptionCase, owner: str) -> None:
    """Give an exception to an owner, with its next deadline; whoever had claimed it has not any more."""
    if owner != case.owner:
        case.owner, case.claimed_by = owner, None
        case.state = "open" if case.state == "claimed" else case.state
    set_exception_deadline(work, order, case)
