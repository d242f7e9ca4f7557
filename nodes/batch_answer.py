"""Put the answer to a batch together: what became of each order, of each task, and what customers may be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from canonical_models import ExceptionCase, Order, ShipmentStatus
from connector_service.orders.progress import shipments_of
from connector_service.orders.views import ExceptionView, ShipmentView
from connector_service.orders.work import Work
from connector_service.workers import Ended, Ending, Limits
from connector_service.workers.picture import mermaid
from nodes.batch_analysis import Analysis, Found
from nodes.batch_models import (
    BatchOutput,
    Counts,
    OrderOutcome,
    Outcome,
    PreparedShipment,
    TaskReport,
)
from nodes.batch_steps import Diverted
from nodes.batch_summary import in_words
from nodes.batch_words import may_hear

AllEnded = Mapping[str, Ended[Any]]


def answer(work: Work, analysis: Analysis, ended: AllEnded, limits: Limits, seconds: float) -> BatchOutput:
    """The answer, from what the tasks came to and the orders as they are now. `seconds`: how long it all took."""
    because = {task_id: _because(each, ended, limits) for task_id, each in ended.items()}
    of_order: dict[str, list[Ended[Any]]] = {}
    for each in ended.values():
        for order_id in each.task.order_ids:
            of_order.setdefault(order_id, []).append(each)
    orders = [_order(work, each, of_order.get(each.order_id, []), because, ended) for each in analysis.found]
    return BatchOutput(
        summary=in_words(orders),
        counts=_counts(orders, ended),
        orders=orders,
        tasks=[_task(each, because[task_id]) for task_id, each in ended.items()],
        took_ms=_ms(seconds),
        picture=mermaid(analysis.plan, {task_id: each.ending.value for task_id, each in ended.items()}),
    )


def may_help_to_repeat(output: BatchOutput) -> bool:
    """Whether something stayed undone that the same batch again may do."""
    return any(order.outcome == "failed" and order.retryable for order in output.orders)


def _ms(seconds: float) -> int:
    return round(seconds * 1_000)


def _counts(orders: list[OrderOutcome], ended: AllEnded) -> Counts:
    outcomes = Counter(order.outcome for order in orders)
    endings = Counter(each.ending for each in ended.values())
    return Counts(
        orders=len(orders),
        done=outcomes["done"],
        exception=outcomes["exception"],
        failed=outcomes["failed"],
        nothing=outcomes["nothing"],
        tasks={ending: endings[ending] for ending in Ending},
    )


def _because(each: Ended[Any], ended: AllEnded, limits: Limits) -> str:
    if each.error is not None:
        return each.error.detail
    if each.ending == Ending.TIMED_OUT:
        return f"It was not done within {limits.timeout:g} s."
    if each.ending == Ending.NOT_STARTED:
        return "The time of the batch was over before its turn came."
    if each.because_of is None:
        return ""
    return f"{each.because_of} did not succeed: {_because(ended[each.because_of], ended, limits)}"


def _task(each: Ended[Any], because: str) -> TaskReport:
    task, times = each.task, each.times
    return TaskReport(
        task_id=task.id,
        kind=task.kind,  # type: ignore[arg-type]  # the analysis makes no other kinds
        subject=task.subject,
        order_ids=list(task.order_ids),
        needs=list(task.needs),
        priority=task.priority.value,
        ending=each.ending,
        because=because,
        waited_ms=_ms(times.began_at - times.ready_at),
        took_ms=_ms(times.ended_at - times.began_at),
    )


def _order(
    work: Work, found: Found, tasks: list[Ended[Any]], because: Mapping[str, str], ended: AllEnded
) -> OrderOutcome:
    order = work.tx.find(Order, found.order_id)
    cases = [work.tx.get(ExceptionCase, case_id) for case_id in order.exception_ids] if order else []
    failures = [each for each in tasks if each.ending != Ending.SUCCEEDED]
    outcome = _outcome(found, tasks, failures, cases)
    told = may_hear(work, order, outcome, cases[-1] if cases else None, _carriers(work, order)) if order else ""
    return OrderOutcome(
        order_id=found.order_id,
        number=order.number if order else "",
        priority=order.priority.value if order else "",
        outcome=outcome,
        because=because[failures[0].task.id] if failures else found.reason,
        retryable=outcome == "failed" and any(_retryable(each, ended) for each in failures),
        exceptions=[ExceptionView.of(case) for case in cases],
        shipments=_shipments(work, order, tasks) if order else [],
        customer_may_hear=told,
    )


def _outcome(found: Found, tasks: list[Ended[Any]], failures: list[Ended[Any]], cases: list[ExceptionCase]) -> Outcome:
    if found.refused:
        return "failed"
    if not tasks:
        return "exception" if cases else "nothing"
    if not failures:
        return "done"
    raised = any(case.id not in found.exceptions_before for case in cases)
    return "exception" if raised or any(isinstance(each.error, Diverted) for each in failures) else "failed"


def _retryable(each: Ended[Any], ended: AllEnded) -> bool:
    root = ended[each.because_of] if each.because_of else each
    return root.error.retryable if root.error is not None else True


def _carriers(work: Work, order: Order) -> list[str]:
    """The carriers of an order of which everything has its label and nothing has left; else none."""
    shipments = shipments_of(work, order)
    if any(shipment.status != ShipmentStatus.LABELLED for shipment in shipments):
        return []
    return sorted({shipment.carrier for shipment in shipments if shipment.carrier})


def _shipments(work: Work, order: Order, tasks: list[Ended[Any]]) -> list[PreparedShipment]:
    parcels = {each.task.subject: each.value for each in tasks if each.task.kind == "packing" and each.value}
    return [
        PreparedShipment(shipment=ShipmentView.of(shipment), parcels=parcels.get(shipment.id, []))
        for shipment in shipments_of(work, order)
    ]
