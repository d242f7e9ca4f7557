"""Receive an order: keep it as it came, with its first owner and deadline."""

from __future__ import annotations

import hashlib

import orjson

from canonical_models import NewOrder, Order, OrderLine
from connector_service.errors import Conflict
from connector_service.orders.changes import change_order
from connector_service.orders.work import Work


def receive_order(work: Work, new: NewOrder) -> tuple[Order, bool]:
    """Keep a new order; returns it, and whether it had been received before with the same content.

    Raises:
        Conflict: the source sent other content under this number before.
    """
    said = content_hash(new)
    earlier = work.tx.order_by_number(new.source, new.number)
    if earlier is not None:
        if earlier.received_hash != said:
            raise Conflict(
                f"Order {new.number!r} of {new.source!r} was received before with other content, as {earlier.id}. "
                "Change that order, or send this one under its own number.",
                pointer="/number",
            )
        return earlier, True
    fields = {name: getattr(new, name) for name in NewOrder.model_fields if name != "lines"}
    order = Order(
        **fields,
        lines=[OrderLine(**line.model_dump()) for line in new.lines],
        tenant_id=work.tenant_id,
        id=work.new_id("ord"),
        version=0,
        created_at=work.now,
        updated_at=work.now,
        status_since=work.now,
        received_hash=said,
    )
    change_order(work, order, "received", f"Sent by {new.source} as {new.number}.", content_hash=said)
    return order, False


def content_hash(new: NewOrder) -> str:
    """The same for two messages that say the same of an order."""
    body = new.model_dump(mode="json", exclude={"external_refs"})
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()
