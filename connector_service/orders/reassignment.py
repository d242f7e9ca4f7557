"""Give the work of an owner who is out for too long to whom the rules name."""

from __future__ import annotations

from datetime import datetime

from canonical_models import FINAL_ORDER_STATUSES, ExceptionCase, Order, OrderStatus
from connector_service.business_time import business_time_between
from connector_service.orders.case_orders import order_of
from connector_service.orders.changes import change_order
from connector_service.orders.escalation import hand_over
from connector_service.orders.exceptions import OPEN_STATES, save_exception
from connector_service.orders.ownership import answering_exception, decide, rule_name
from connector_service.orders.work import Work
from connector_service.store.tenants import Absence

_OPEN_ORDERS = [status.value for status in OrderStatus if status not in FINAL_ORDER_STATUSES]


def reassign_work_of(work: Work, absence: Absence, others: dict[str, Absence]) -> int:
    """Hand over everything open of an absent owner, item by item as the rules say; returns how many moved.

    An owner whom the organisation no longer knows has nothing that the rules could hand over.
    """
    if absence.owner not in work.rules.organisation.owners:
        return 0
    cases = work.tx.find_by(ExceptionCase, owner=absence.owner, state=OPEN_STATES)
    orders = work.tx.find_by(Order, owner=absence.owner, status=_OPEN_ORDERS)
    orders = [order for order in orders if answering_exception(work, order) is None]
    facts = {
        "owner": absence.owner,
        "hours_out": _hours_out(work, absence, work.now),
        "deputy_hours_out": _deputy_hours(work, absence.owner, others),
        "open_items": len(cases) + len(orders),
    }
    return sum(_reassign_case(work, case, facts) for case in cases) + sum(
        _reassign_order(work, order, facts) for order in orders
    )


def _hours_out(work: Work, absence: Absence, now: datetime) -> int:
    owner = work.rules.organisation.owners[absence.owner]
    calendar = work.rules.organisation.calendars[owner.calendar]
    return int(business_time_between(calendar, absence.out_from, now).total_seconds() // 3600)


def _deputy_hours(work: Work, owner: str, others: dict[str, Absence]) -> int:
    deputy = work.rules.organisation.owners[owner].deputy
    return _hours_out(work, others[deputy], work.now) if deputy in others else 0


def _reassign_case(work: Work, case: ExceptionCase, facts: dict[str, object]) -> bool:
    order = order_of(work.tx, case)
    facts = {**facts, "priority": order.priority.value if order else None, "severity": case.severity}
    drawn_by = order.id if order else case.id
    evaluation = work.rules.evaluate("reassignment", facts, drawn_by)
    to = evaluation.outcome.get("reassign_to")
    if to is None or to == case.owner:
        return False
    decide(work, "reassignment", case.id, facts, drawn_by)
    before = case.owner
    hand_over(work, order, case, to)
    because = f"{before} is out; {to} takes over. {evaluation.because}"
    save_exception(work, order, case, "reassigned", because, rule=rule_name(evaluation))
    if order is not None:
        change_order(work, order, "exception_reassigned", because, rule=rule_name(evaluation), exception_id=case.id)
    return True


def _reassign_order(work: Work, order: Order, facts: dict[str, object]) -> bool:
    facts = {**facts, "priority": order.priority.value}
    evaluation = work.rules.evaluate("reassignment", facts, order.id)
    to = evaluation.outcome.get("reassign_to")
    if to is None or to == order.owner:
        return False
    decide(work, "reassignment", order.id, facts)
    because = f"{order.owner} is out; {to} takes over. {evaluation.because}"
    order.reassigned_to = to
    change_order(work, order, "reassigned", because, rule=rule_name(evaluation))
    return True
