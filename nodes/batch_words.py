"""What a customer may be told while their order is prepared, by the rules and texts of notifications: nothing of our
own troubles."""

from __future__ import annotations

from canonical_models import EXCEPTION_CATALOG, ExceptionCase, ExceptionCode, Order
from connector_service.orders.notifications import template_of, text_of
from connector_service.orders.work import Work

RAISED = "dockline.exception.raised.v1"
_BACKORDERED = "dockline.order.backordered.v1"
EVENT_OF = {ExceptionCode.INVENTORY_SHORT: _BACKORDERED, ExceptionCode.NO_LOCATION_FREE: _BACKORDERED}
"""What the rules know an exception by, where it is not its being raised."""


def may_hear(work: Work, order: Order, outcome: str, case: ExceptionCase | None, carriers: list[str]) -> str:
    """One sentence for a customer who asks; empty when there is no news, as of an order with nothing to do.

    Of an exception about which the rules tell the customer nothing: that the order is looked at, or takes longer.
    """
    if case is not None:
        facts = {"exception": case.code.value, "severity": case.severity}
        template = template_of(work, order, EVENT_OF.get(case.code, RAISED), **facts) or _unruled(case)
    elif outcome == "nothing":
        return ""
    elif outcome == "failed":
        template = "later"
    else:
        template = "labelled" if carriers else "preparing"
    return text_of(template, number=order.number, carrier=" and ".join(carriers))


def _unruled(case: ExceptionCase) -> str:
    """What waits for another system takes longer; what may be wrong is checked."""
    return "later" if EXCEPTION_CATALOG[case.code].diverts_to == "on_hold" else "checking"
