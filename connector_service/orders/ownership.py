"""Who owns an order now and by when somebody must act: asked of the rules at every change of status."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from canonical_models import FINAL_ORDER_STATUSES, ORDER_MOVED_BY, ExceptionCase, Order, OrderStatus
from connector_service.orders.trials import shadow_decision, shadow_step
from connector_service.orders.work import Work
from connector_service.rules_engine import EscalationStep, Evaluation
from connector_service.store import deadlines

_log = logging.getLogger(__name__)
UNRULED = timedelta(hours=4)
"""The deadline of what no rule covers."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answers for an object, and the rule that said so."""

    owner: str
    queue: str
    rule: str
    because: str


def decide(work: Work, file_id: str, subject_id: str, facts: dict[str, Any], order_id: str = "") -> Evaluation:
    """Ask a rule file, and keep the decision with its inputs and reasons.

    `order_id` is the order that the subject belongs to, when it is not the order itself: what is tried on a share of
    all orders is tried on whole orders.
    """
    evaluation = work.rules.evaluate(file_id, facts, order_id or subject_id)
    keep_evaluation(work, evaluation, facts, subject_id, order_id)
    return evaluation


def keep_evaluation(
    work: Work, evaluation: Evaluation, facts: Mapping[str, Any], subject_id: str, order_id: str = ""
) -> str:
    """Keep what a rule file answered to these facts as a decision about a subject; its id. See `decide` for
    `order_id`."""
    drawn_by = order_id or subject_id
    trial = work.rules.trial_of(evaluation.file_id)
    decision: dict[str, Any] = {
        "id": work.new_id("dec"),
        "subject_id": subject_id,
        "file_id": evaluation.file_id,
        "file_version": evaluation.version,
        "file_hash": evaluation.content_hash,
        "rule": evaluation.rule,
        "fired": evaluation.fired,
        "facts": evaluation.facts,
        "outcome": evaluation.outcome,
        "because": evaluation.because,
        "reasons": evaluation.reasons,
        "mode": "canary" if trial is not None and trial.answers_for(drawn_by) else "live",
    }
    work.tx.keep_decision(decision)
    if trial is not None and trial.mode == "shadow":
        shadow_decision(work, trial, subject_id, facts, decision)
    return str(decision["id"])


def rule_name(evaluation: Evaluation) -> str:
    """How the audit trail names the rule that decided: `ownership@1.0.0 OWN-030`."""
    return f"{evaluation.file_id}@{evaluation.version} {evaluation.rule or 'default'}"


def order_facts(order: Order, exception: ExceptionCase | None) -> dict[str, Any]:
    """The facts `order@1` of an order."""
    return {
        "status": order.status.value,
        "hold": order.hold,
        "priority": order.priority.value,
        "channel": order.channel,
        "country": order.ship_to.country,
        "currency": order.currency,
        "total_minor": order.totals.total_minor,
        "risk_score": order.risk_score,
        "customer_tier": order.customer_tier,
        "line_count": len(order.lines),
        "exception": exception.code.value if exception else None,
        "waiting_for": order.waiting_for,
    }


def escalation_facts(order: Order, exception: ExceptionCase | None = None) -> dict[str, Any]:
    """The facts `deadline@1` of an order, or of an exception of it."""
    return {
        "status": order.status.value,
        "exception": exception.code.value if exception else None,
        "priority": order.priority.value,
        "country": order.ship_to.country,
        "customer_tier": order.customer_tier,
        "waiting_for": exception.waiting_for if exception else order.waiting_for,
    }


def settle_order(work: Work, order: Order) -> Answer:
    """Set the order's one owner and one deadline, and return who it is and why.

    An order that waits for a person because of an exception belongs to that exception's owner and has its deadline.
    """
    exception = answering_exception(work, order)
    if exception is not None:
        order.owner, order.queue, order.deadline_at = exception.owner, exception.queue, exception.deadline_at
        deadlines.clear_deadline(work.tx.connection, work.tenant_id, order.id)
        return Answer(
            order.owner, order.queue, f"exception {exception.id}", f"It waits for its exception {exception.code}."
        )
    evaluation = decide(work, "ownership", order.id, order_facts(order, None))
    order.owner, order.queue = order.reassigned_to or evaluation.outcome["owner"], evaluation.outcome["queue"]
    order.deadline_at = _set_deadline(work, order)
    return Answer(order.owner, order.queue, rule_name(evaluation), evaluation.because)


def answering_exception(work: Work, order: Order) -> ExceptionCase | None:
    """The open exception whose owner answers for the order, when it is a person's turn."""
    if not order.exception_ids or ORDER_MOVED_BY[order.status] != "person":
        return None
    return work.tx.get(ExceptionCase, order.exception_ids[0])


def _set_deadline(work: Work, order: Order) -> datetime | None:
    if order.status in FINAL_ORDER_STATUSES:
        deadlines.clear_deadline(work.tx.connection, work.tenant_id, order.id)
        return None
    step = next_step(work, order)
    due = deadlines.Deadline(work.tenant_id, order.id, "order", step.due_at, step.level)
    deadlines.set_deadline(work.tx.connection, due)
    return step.due_at


def next_step(work: Work, order: Order) -> EscalationStep:
    """The next escalation of an order.

    Rule files that name no deadline for something unfinished do not leave it without one.
    """
    since = {"status_since": order.status_since, "exception_since": order.status_since}
    return _asked(work, escalation_facts(order), since, order.escalation_level, order.id)


def next_case_step(
    work: Work, order: Order | None, case: ExceptionCase, status: OrderStatus | None = None
) -> EscalationStep:
    """The next escalation of an exception, of an order (`status`: the one it is about to take) or of none."""
    since = {"status_since": order.status_since if order else case.raised_at, "exception_since": case.raised_at}
    if order is None:
        return _asked(work, {"exception": case.code.value}, since, case.escalation_level, case.id)
    facts = {**escalation_facts(order, case), "status": (status or order.status).value}
    return _asked(work, facts, since, case.escalation_level, case.id, order.id)


def _asked(
    work: Work, facts: dict[str, Any], since: dict[str, datetime], level: int, subject_id: str, order_id: str = ""
) -> EscalationStep:
    step = work.rules.next_step("escalation", facts, since, (), work.now, level, order_id or subject_id)
    trial = work.rules.trial_of("escalation")
    if trial is not None and trial.mode == "shadow":
        shadow_step(work, trial, subject_id, facts, since, level, step)
    if step is not None:
        return step
    _log.error("the escalation rules name no deadline for %s; it is looked at in %s", facts, UNRULED)
    because = "No escalation rule covers this; its owner looks at it."
    return EscalationStep("none", level + 1, work.now + UNRULED, {"level": level + 1}, because)
