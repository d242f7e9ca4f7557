"""Validate an order: payment, SKUs, address, and whether it is a duplicate."""

from __future__ import annotations

from datetime import timedelta

from canonical_models import ExceptionCase, ExceptionCode, Order, OrderStatus, PaymentState
from connector_service.orders.address import Standardised, standardise
from connector_service.orders.changes import change_order
from connector_service.orders.exceptions import blocking, raise_exception
from connector_service.orders.kit_lines import open_kits, unknown_parts
from connector_service.orders.work import Work
from connector_service.store.kinds import order_fingerprint

DUPLICATE_WINDOW = timedelta(hours=24)


def validate_order(work: Work, order: Order) -> ExceptionCase | None:
    """Make a received order `validated`, or raise the first exception that keeps it from it.

    An order that is past this step stays as it is.
    """
    blocked = blocking(work, order)
    if blocked is not None or order.status != OrderStatus.RECEIVED:
        return blocked
    checked = standardise(order.ship_to)
    return (
        _check_duplicate(work, order, checked)
        or _check_payment(work, order)
        or _check_skus(work, order)
        or _pass(work, order, checked)
    )


def _fingerprints(order: Order, checked: Standardised) -> set[str]:
    """How the order looks as it was sent, and as an earlier one like it looks once it is validated."""
    body = order.model_dump(mode="json")
    standard = {**body, "ship_to": checked.address.model_dump(mode="json")} if checked.changes else body
    return {order_fingerprint(body), order_fingerprint(standard)}


def _check_duplicate(work: Work, order: Order, checked: Standardised) -> ExceptionCase | None:
    since = order.created_at - DUPLICATE_WINDOW
    earlier = [
        other
        for fingerprint in _fingerprints(order, checked)
        for other in work.tx.similar_orders(fingerprint, since)
        if (other.created_at, other.id) < (order.created_at, order.id) and other.status != OrderStatus.CANCELLED
    ]
    if not earlier or _accepted(work, order, ExceptionCode.DUPLICATE_ORDER):
        return None
    first = min(earlier, key=lambda other: (other.created_at, other.id))
    words = f"The same customer ordered the same lines to the same address as order {first.number} ({first.id})."
    return raise_exception(
        work, order, ExceptionCode.DUPLICATE_ORDER, words, duplicate_of=first.id, duplicate_number=first.number
    )


def _accepted(work: Work, order: Order, code: ExceptionCode) -> bool:
    cases = work.tx.find_by(ExceptionCase, order_id=order.id, code=code.value)
    return any(case.state in ("resolved", "requeued") for case in cases)


def _check_payment(work: Work, order: Order) -> ExceptionCase | None:
    if order.payment_state == PaymentState.CAPTURED:
        return None
    words = f"The payment is {order.payment_state}, not captured."
    return raise_exception(
        work, order, ExceptionCode.PAYMENT_NOT_CAPTURED, words, payment_state=order.payment_state.value
    )


def _check_skus(work: Work, order: Order) -> ExceptionCase | None:
    known = work.tx.products(line.sku for line in order.lines)
    unknown = {line.line_id: line.sku for line in order.lines if line.sku not in known}
    unknown |= unknown_parts(work, order, known)
    if not unknown:
        return None
    words = f"The catalog has no {', '.join(sorted(set(unknown.values())))}."
    return raise_exception(work, order, ExceptionCode.SKU_UNKNOWN, words, lines=unknown)


def _pass(work: Work, order: Order, checked: Standardised) -> ExceptionCase | None:
    if checked.problems:
        words = " ".join(f"{problem.field}: {problem.what}. {problem.right}" for problem in checked.problems)
        fields = [problem.field for problem in checked.problems]
        return raise_exception(work, order, ExceptionCode.ADDRESS_INVALID, words[:2_000], fields=fields)
    order.ship_to = checked.address
    open_kits(work, order)
    corrections = [
        {"field": change.field, "before": change.before, "after": change.after, "why": change.why}
        for change in checked.changes
    ]
    because = "Paid, every SKU known, address checked"
    because += f", {len(corrections)} address fields standardised." if corrections else "."
    change_order(work, order, "validated", because, status=OrderStatus.VALIDATED, address_corrections=corrections)
    return None
