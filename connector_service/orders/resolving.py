"""Exceptions worked off: claimed, filled in, resolved, and their orders requeued onto the ordinary path."""

from __future__ import annotations

from typing import Any

from canonical_models import EXCEPTION_CATALOG, ExceptionCase, Order, OrderStatus, Shipment, ShipmentStatus
from connector_service.errors import Conflict, InvalidInput
from connector_service.orders.case_orders import its_order, order_of
from connector_service.orders.changes import change_order, change_shipment
from connector_service.orders.exceptions import OPEN_STATES, save_exception
from connector_service.orders.progress import DIVERTED, shipments_of, status_from_shipments, wake_shipments
from connector_service.orders.remediation import apply_remedy
from connector_service.orders.work import Work
from connector_service.store import callbacks, deadlines


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
