"""The answer to a batch in a few sentences: what succeeded, what failed and why, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence

from canonical_models import EXCEPTION_CATALOG, ExceptionCode
from nodes.batch_models import OrderOutcome

NAMED = 5
"""So many orders of each kind are named; the rest is counted."""


def in_words(orders: Sequence[OrderOutcome]) -> str:
    """`3 of 5 orders are done. 1 left the ordinary path: N4 (No box takes it; warehouse). ...`"""
    by: dict[str, list[OrderOutcome]] = {}
    for order in orders:
        by.setdefault(order.outcome, []).append(order)
    done = len(by.get("done", []))
    parts = [f"{done} of {len(orders)} {'order is' if len(orders) == 1 else 'orders are'} done."]
    if stopped := by.get("exception"):
        parts.append(f"{len(stopped)} left the ordinary path: {_named(stopped, [_why(each) for each in stopped])}.")
    if failed := by.get("failed"):
        because = [each.because.rstrip(".") for each in failed]
        parts.append(f"{len(failed)} could not be worked on: {_named(failed, because)}.")
        again = sum(each.retryable for each in failed)
        parts.append(f"The same batch again may help {again} of them." if again else "Repeating it will not help them.")
    if idle := by.get("nothing"):
        parts.append(f"{len(idle)} had nothing to do.")
    return " ".join(parts)


def _why(order: OrderOutcome) -> str:
    if not order.exceptions:
        return order.because.rstrip(".")
    case = order.exceptions[-1]
    return f"{EXCEPTION_CATALOG[ExceptionCode(case.code)].title}; {case.owner}"


def _named(orders: Sequence[OrderOutcome], because: Sequence[str]) -> str:
    shown = [
        f"{order.number or order.order_id} ({why})" for order, why in zip(orders[:NAMED], because[:NAMED], strict=True)
    ]
    more = len(orders) - len(shown)
    return ", ".join([*shown, f"{more} more"] if more else shown)
