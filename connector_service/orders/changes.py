"""The only way an order or shipment changes: status table, owner, deadline, event with its reason, all at once."""

from __future__ import annotations

from typing import Any

from canonical_models import (
    ORDER_TRANSITIONS,
    SHIPMENT_TRANSITIONS,
    Order,
    OrderStatus,
    Shipment,
    ShipmentStatus,
    may_change,
)
from connector_service.errors import TransitionRefused
from connector_service.inventory.backorders import follow_queue
from connector_service.inventory.claims import renew
from connector_service.orders.ownership import settle_order
from connector_service.orders.work import Work

_RENEWS_NOTHING = frozenset(
    {"escalated", "exception_escalated", "reassigned", "exception_reassigned", "claims_expired"}
    | {"allocated", "partially_allocated"}
)
"""Events of an order that did not move, and those after which its claims are new."""
_HOLDS_CLAIMS = frozenset({OrderStatus.ALLOCATED, OrderStatus.PARTIALLY_ALLOCATED, OrderStatus.PARTIALLY_SHIPPED})
"""Where an order may have claims that are not bound yet, and moves. One that waits for a person loses them in time, and
is allocated again when it is let go."""


def change_order(
    work: Work,
    order: Order,
    event: str,
    because: str,
    *,
    status: OrderStatus | None = None,
    rule: str | None = None,
    **details: Any,
) -> None:
    """Save a changed order with an event such as `validated`, its owner and deadline settled by the rules.

    Raises:
        TransitionRefused: the order may not go to `status` from where it is.
    """
    before = order.status
    if status is not None and status != before:
        _check(may_change(ORDER_TRANSITIONS, before, status), "order", order.id, before, status)
        order.status, order.status_since = status, work.now
        order.escalation_level, order.reassigned_to = 0, None
    answer = settle_order(work, order)
    data = {
        "actor": work.actor,
        "because": because,
        "rule": rule,
        "from_status": before.value if order.version else None,
        "to_status": order.status.value,
        "owner": answer.owner,
        "owner_rule": answer.rule,
        "owner_because": answer.because,
        "queue": answer.queue,
        "deadline_at": order.deadline_at.isoformat() if order.deadline_at else None,
        "priority": order.priority.value,
        **details,
    }
    work.tx.save(order, f"order.{event}", data)
    follow_queue(work, order, event)
    if order.status in _HOLDS_CLAIMS and event not in _RENEWS_NOTHING:
        renew(work, order)


def change_shipment(
    work: Work,
    order: Order,
    shipment: Shipment,
    event: str,
    because: str,
    *,
    status: ShipmentStatus | None = None,
    rule: str | None = None,
    **details: Any,
) -> None:
    """Save a changed shipment with an event such as `packed`.

    Raises:
        TransitionRefused: the shipment may not go to `status` from where it is.
    """
    before = shipment.status
    if status is not None and status != before:
        _check(may_change(SHIPMENT_TRANSITIONS, before, status), "shipment", shipment.id, before, status)
        shipment.status, shipment.status_since = status, work.now
    data = {
        "actor": work.actor,
        "because": because,
        "rule": rule,
        "from_status": before.value if shipment.version else None,
        "to_status": shipment.status.value,
        "location_id": shipment.location_id,
        "priority": order.priority.value,
        **details,
    }
    work.tx.save(shipment, f"shipment.{event}", data)
    if order.status in _HOLDS_CLAIMS:
        renew(work, order)


def _check(allowed: bool, kind: str, object_id: str, before: str, after: str) -> None:
    if not allowed:
        table = ORDER_TRANSITIONS if kind == "order" else SHIPMENT_TRANSITIONS
        options = ", ".join(sorted(table[before])) or "nothing: it is final"  # type: ignore[index]
        raise TransitionRefused(
            f"The {kind} {object_id} is {before} and cannot become {after}. From {before} it may become {options}.",
            pointer="/status",
        )
