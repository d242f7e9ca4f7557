"""Telling the customer, and saying that an event is dealt with."""

from __future__ import annotations

from pydantic import Field

from canonical_models import CanonicalModel, Order
from connector_service.orders.notifications import notify_customer
from connector_service.orders.work import Work
from nodes.contract import Node, NodeInput, OrderInput, Result


class NotifyInput(OrderInput):
    """An order and what happened to it."""

    event_type: str = Field(title="Event Type", description="The event the customer may hear of")


class Message(CanonicalModel):
    """What to send; `send` is false when the customer hears nothing, or was told before."""

    order_id: str
    version: int
    send: bool
    template: str = ""
    channel: str = ""
    to: str = ""
    subject: str = ""
    text: str = ""


class Acknowledged(CanonicalModel):
    """The delivery that is handled."""

    delivery_id: str | None


def _notify(work: Work, item: NotifyInput) -> Result:
    order = work.tx.get(Order, item.order_id)
    message = notify_customer(work, order, item.event_type)
    return Message(order_id=order.id, version=order.version, send=message is not None, **(message or {}))


NODES = (
    Node(
        name="notification.compose",
        title="Compose",
        action="Compose the customer's message",
        description="What the customer should hear of an event, once per occasion; send it with any n8n node.",
        input=NotifyInput,
        output=Message,
        run=_notify,
        fields_from_item=("order_id", "version", "event_type"),
        subject="order_id",
    ),
    Node(
        name="event.acknowledge",
        title="Acknowledge",
        action="Acknowledge an event",
        description="Say that an event is dealt with, at the end of a flow that moves nothing on.",
        input=NodeInput,
        output=Acknowledged,
        run=lambda work, item: Acknowledged(delivery_id=item.delivery_id),
    ),
)
