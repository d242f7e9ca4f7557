"""Exceptions: raised with an owner and a deadline, and routed by the rules; `resolving` is how they end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from canonical_models import (
    EXCEPTION_CATALOG,
    FINAL_ORDER_STATUSES,
    ORDER_TRANSITIONS,
    ExceptionCase,
    ExceptionCode,
    Order,
    OrderStatus,
    Shipment,
    ShipmentStatus,
    may_change,
)
from connector_service.errors import Conflict
from connector_service.exception_record import save_case
from connector_service.orders import ownership
from connector_service.orders.changes import change_order, change_shipment
from connector_service.orders.progress import DIVERTED, shipments_of, status_from_shipments
from connector_service.orders.work import Work
from connector_service.rules_engine import Evaluation
from connector_service.store import deadlines

OPEN_STATES = ("open", "claimed", "resolved")


def raise_exception(
    work: Work,
    order: Order,
    code: ExceptionCode,
    message: str,
    *,
    shipment: Shipment | None = None,
    rule: str | None = None,
    resume: OrderStatus | None = None,
    **evidence: Any,
) -> ExceptionCase:
    """Take an order (or one shipment of it) off the ordinary path, with an owner, a deadline and what is required.

    Raised twice for the same thing, the open exception is returned as it is. An order whose goods have left keeps its
    status: there is nothing to hold back any more. What diverts no order does not stop its shipment either.

    Raises:
        Conflict: the order is over.
    """
    if order.status in FINAL_ORDER_STATUSES:
        raise Conflict(f"The order {order.id} is {order.status}: nothing can be raised on it any more.")
    existing = open_exception(work, order, code, shipment)
    if existing is not None:
        return existing
    diverted = _diverted_status(order, EXCEPTION_CATALOG[code].diverts_to)
    case = _open_case(
        work, order, code, message, shipment=shipment, rule=rule, resume=resume, becomes=diverted, **evidence
    )
    event = {OrderStatus.QUARANTINED: "quarantined", OrderStatus.ON_HOLD: "held"}.get(diverted, "exception_raised")
    change_order(work, order, event, message, status=diverted, rule=rule, exception_id=case.id, code=code.value)
    return case


def raise_with(
    work: Work,
    order: Order,
    code: ExceptionCode,
    message: str,
    *,
    because: str,
    status: OrderStatus,
    resume: OrderStatus,
    evidence: Mapping[str, Any],
    **details: Any,
) -> ExceptionCase:
    """Raise an exception in the same change that brings the order to `status`, whose event (of that name) names it.

    With an open exception of the code only the order changes.
    """
    case = open_exception(work, order, code)
    if case is None:
        case = _open_case(work, order, code, message, resume=resume, becomes=status, seen=status, **evidence)
        details |= {"exception_id": case.id, "code": code.value}
    change_order(work, order, status.value, because, status=status, **details)
    return case


def _open_case(
    work: Work,
    order: Order,
    code: ExceptionCode,
    message: str,
    *,
    becomes: OrderStatus,
    seen: OrderStatus | None = None,
    shipment: Shipment | None = None,
    rule: str | None = None,
    resume: OrderStatus | None = None,
    **evidence: Any,
) -> ExceptionCase:
    """Make an exception of an order that is about to take a status; the order is not saved, a shipment is. `seen` is
    the status that the rules are asked with; the one that the order has, when there is none."""
    case = _new_case(work, order, code, message, shipment, evidence)
    case.resume_order_status = resume or case.resume_order_status
    routing = _route(work, order, case, seen or order.status, becomes)
    save_exception(
        work,
        order,
        case,
        "raised",
        message,
        rule=rule,
        owner_rule=ownership.rule_name(routing),
        owner_because=routing.because,
    )
    if shipment is not None and EXCEPTION_CATALOG[code].diverts_to is not None:
        change_shipment(
            work, order, shipment, "diverted", message, status=ShipmentStatus.EXCEPTION, rule=rule, exception_id=case.id
        )
    order.exception_ids.append(case.id)
    return case


def _new_case(
    work: Work, order: Order, code: ExceptionCode, message: str, shipment: Shipment | None, evidence: dict[str, Any]
) -> ExceptionCase:
    entry = EXCEPTION_CATALOG[code]
    return ExceptionCase(
        tenant_id=work.tenant_id,
        id=work.new_id("exc"),
        version=0,
        created_at=work.now,
        updated_at=work.now,
        code=code,
        order_id=order.id,
        shipment_id=shipment.id if shipment else None,
        message=message[:2_000],
        evidence=evidence,
        owner=entry.default_owner,
        queue="none",
        required_fields=[field.name for field in entry.fields],
        audit_steps=list(entry.audit_steps),
        resume_order_status=_resume_status(work, order),
        resume_shipment_status=shipment.status if shipment else None,
        raised_at=work.now,
    )


def open_exception(
    work: Work, order: Order, code: ExceptionCode | None = None, shipment: Shipment | None = None
) -> ExceptionCase | None:
    """The oldest open exception of an order, of one code or one shipment if given."""
    for exception_id in order.exception_ids:
        case = work.tx.get(ExceptionCase, exception_id)
        fits = code is None or case.code == code
        if fits and (shipment is None or case.shipment_id == shipment.id):
            return case
    return None


def blocking(work: Work, order: Order) -> ExceptionCase | None:
    """The exception that keeps the order from moving, or None when it may move.

    Raises:
        Conflict: a person holds the order, or it is cancelled.
    """
    if order.status == OrderStatus.CANCELLED:
        raise Conflict(f"The order {order.id} is cancelled; nothing more can be done with it.")
    if order.status not in DIVERTED:
        return None
    case = open_exception(work, order)
    if case is None:
        raise Conflict(f"The order {order.id} is on hold ({order.hold}); resume it with order.resume first.")
    return case


def save_exception(
    work: Work,
    order: Order | None,
    case: ExceptionCase,
    event: str,
    because: str,
    *,
    rule: str | None = None,
    **details: Any,
) -> None:
    """Save an exception with an event such as `claimed`, of an order if it is about one."""
    priority = order.priority.value if order is not None else None
    save_case(work.tx, case, event, work.actor, because, rule=rule, priority=priority, **details)


def _route(work: Work, order: Order, case: ExceptionCase, seen: OrderStatus, status: OrderStatus) -> Evaluation:
    facts = {
        "order_status": seen.value,
        "priority": order.priority.value,
        "country": order.ship_to.country,
        "total_minor": order.totals.total_minor,
        "customer_tier": order.customer_tier,
    }
    return route(work, order, case, facts, status)


def route(
    work: Work, order: Order | None, case: ExceptionCase, facts: dict[str, Any], status: OrderStatus | None = None
) -> Evaluation:
    """Give an exception the owner, queue and severity that the rules name for its code and these facts, and its
    deadline; `status`: the one that its order is about to take."""
    facts = {"code": case.code.value, **facts}
    evaluation = ownership.decide(work, "exception-routing", case.id, facts, case.order_id or "")
    case.owner, case.queue = evaluation.outcome["owner"], evaluation.outcome["queue"]
    case.severity = evaluation.outcome["severity"]
    set_exception_deadline(work, order, case, status)
    return evaluation


def set_exception_deadline(
    work: Work, order: Order | None, case: ExceptionCase, status: OrderStatus | None = None
) -> None:
    """Set the exception's one deadline: the next step of its escalation."""
    step = ownership.next_case_step(work, order, case, status)
    case.deadline_at = step.due_at
    row = deadlines.Deadline(work.tenant_id, case.id, "exception", step.due_at, step.level)
    deadlines.set_deadline(work.tx.connection, row)


def _resume_status(work: Work, order: Order) -> OrderStatus:
    if order.status not in DIVERTED:
        return order.status
    earlier = open_exception(work, order)
    resume = earlier.resume_order_status if earlier else None
    return resume or status_from_shipments(order, shipments_of(work, order))


def _diverted_status(order: Order, diverts_to: str | None) -> OrderStatus:
    if diverts_to is None or order.status == OrderStatus.QUARANTINED:
        return order.status
    status = OrderStatus(diverts_to)
    return status if may_change(ORDER_TRANSITIONS, order.status, status) else order.status
