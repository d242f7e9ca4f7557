"""The order that an exception is about; one about a credential has none."""

from __future__ import annotations

from canonical_models import EXCEPTION_CATALOG, ExceptionCase, Order
from connector_service.errors import Conflict
from connector_service.store import Transaction


def order_of(tx: Transaction, case: ExceptionCase) -> Order | None:
    """The order, if it is about one."""
    return tx.get(Order, case.order_id) if case.order_id is not None else None


def its_order(tx: Transaction, case: ExceptionCase) -> Order:
    """The order that it is about.

    Raises:
        Conflict: it is about no order; says what closes it.
    """
    order = order_of(tx, case)
    if order is None:
        asked = EXCEPTION_CATALOG[case.code].acceptance
        raise Conflict(f"The exception {case.id} is about no order, and nothing is resolved or requeued here. {asked}")
    return order
