"""Exceptions: raised with an owner and a deadline, claimed, filled in, resolved, requeued onto the ordinary path."""

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
from connector_service.errors import Conflict, InvalidInput
from connector_service.exception_record import save_case
from connector_service.orders import ownership
from connector_service.orders.case_orders import its_order, order_of
from connector_service.orders.changes import change_order, change_shipment
from connector_service.orders.progress import DIVERTED, shipments_of, status_from_shipments, wake_shipments
from connector_service.orders.remediation import apply_remedy
from connector_service.orders.work import Work
from connector_service.rules_engine import Evaluation
from connector_service.store import callbacks, deadlines

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


def claim(work: Work, case: ExceptionCase, person: str) -> None:
    """A person takes the exception.

    Raises:
        Conflict: somebody else has it, or it is closed.
    """
    _check_open(case)
    if case.claimed_by not in (None, person):
        raise Conflict(f"The exception {case.id} is claimed by {case.claimed_by}; ask them to hand it over.")
    if case.claimed_by is None:
        case.claimed_by, case.state = person, "claimed"
        save_exception(work, order_of(work.tx, case), case, "claimed", f"{person} works on it.")


def resolve(work: Work, case: ExceptionCase, person: str, fields: dict[str, Any], steps: list[str], words: str) -> None:
    """Fill in fields and audit steps; with all of them complete and accepted the exception is resolved.

    Resolving as the catalog asks may end in cancelling the order; then the exception is cancelled with it.

    Raises:
        InvalidInput: a field is unknown, missing or not acceptable, or an audit step is missing or unknown.
        Conflict: the exception is closed, or about no order.
    """
    _check_open(case)
    order = its_order(work.tx, case)
    case.fields = {**case.fields, **fields}
    case.audit_done = {**case.audit_done, **dict.fromkeys(steps, person)}
    _check_complete(case)
    apply_remedy(work, order, case)
    if order.status == OrderStatus.CANCELLED:
        _keep_answer(work, order, case, person, words)
        return
    change_order(work, order, "remedied", f"{person} resolved {case.code}.", exception_id=case.id, fields=case.fields)
    case.state, case.resolved_by, case.resolution = "resolved", person, words or "resolved"
    save_exception(work, order, case, "resolved", case.resolution, fields=case.fields, audit_done=case.audit_done)
    if case.resume_url is not None:
        callbacks.enqueue(work.tx.connection, work.tenant_id, case.id, case.resume_url, work.now)


def _keep_answer(work: Work, order: Order, answered: ExceptionCase, person: str, words: str) -> None:
    """The remedy cancelled the order and its exceptions: say in the cancelled one who answered what."""
    case = work.tx.get(ExceptionCase, answered.id)
    case.fields, case.audit_done = answered.fields, answered.audit_done
    case.resolved_by, case.resolution = person, words or "resolved by cancelling the order"
    save_exception(work, order, case, "answered", case.resolution, fields=case.fields, audit_done=case.audit_done)


def await_resolution(work: Work, case: ExceptionCase, resume_url: str) -> None:
    """A flow waits and wants to be told at `resume_url`; of a resolution that is there already it hears at once."""
    case.resume_url = resume_url
    save_exception(work, order_of(work.tx, case), case, "awaited", f"A flow waits for {case.owner}.")
    if case.state not in ("open", "claimed"):
        callbacks.enqueue(work.tx.connection, work.tenant_id, case.id, resume_url, work.now)


def _check_complete(case: ExceptionCase) -> None:
    for kind, known, given in (
        ("fields", case.required_fields, case.fields),
        ("audit_steps", case.audit_steps, case.audit_done),
    ):
        for name in given:
            if name not in known:
                raise InvalidInput(
                    f"{case.code} has no {kind[:-1]} {name!r}; it has {', '.join(known) or 'none'}.",
                    pointer=f"/{kind}/{name}",
                )
        missing = [name for name in known if name not in given]
        if missing:
            raise InvalidInput(f"{case.code} still needs: {', '.join(missing)}.", pointer=f"/{kind}/{missing[0]}")
    for field in EXCEPTION_CATALOG[case.code].fields:
        value = case.fields[field.name]
        if field.type == "text" and not (isinstance(value, str) and value.strip()):
            raise InvalidInput(
                f"{field.name} must be a text that says {field.description}.", pointer=f"/fields/{field.name}"
            )


def _check_open(case: ExceptionCase) -> None:
    if case.state not in OPEN_STATES:
        raise Conflict(f"The exception {case.id} is {case.state}; nothing can be done with it any more.")


def requeue(work: Work, case: ExceptionCase) -> Order:
    """Put the object of a resolved exception back onto the ordinary path, where a flow takes it up again.

    Raises:
        Conflict: the exception is not resolved yet, or about no order.
    """
    order = its_order(work.tx, case)
    if case.state in ("requeued", "cancelled"):
        return order
    if case.state != "resolved":
        raise Conflict(f"The exception {case.id} is {case.state}: resolve it before its order may move.")
    if order.status == OrderStatus.CANCELLED:
        return order
    case.state, case.deadline_at = "requeued", None
    deadlines.clear_deadline(work.tx.connection, work.tenant_id, case.id)
    save_exception(work, order, case, "requeued", case.resolution)
    order.exception_ids.remove(case.id)
    if case.shipment_id is not None:
        _requeue_shipment(work, order, case)
    _requeue_order(work, order, case)
    return order


def _requeue_shipment(work: Work, order: Order, case: ExceptionCase) -> None:
    shipment = work.tx.get(Shipment, case.shipment_id or "")
    if shipment.status == ShipmentStatus.EXCEPTION and case.resume_shipment_status is not None:
        change_shipment(
            work, order, shipment, "requeued", case.resolution, status=case.resume_shipment_status, exception_id=case.id
        )


def _requeue_order(work: Work, order: Order, case: ExceptionCase) -> None:
    if order.exception_ids and order.status in DIVERTED:
        change_order(work, order, "exception_closed", f"{case.code} is closed; another exception is still open.")
        return
    if order.hold is not None:
        words = f"{case.code} is closed; the {order.hold} hold remains."
        change_order(work, order, "exception_closed", words, status=OrderStatus.ON_HOLD)
        return
    shipments = shipments_of(work, order)
    status = status_from_shipments(order, shipments) if shipments else case.resume_order_status
    change_order(work, order, "requeued", case.resolution, status=status, exception_id=case.id)
    wake_shipments(work, order, "The order may move again.", but=case.shipment_id)
