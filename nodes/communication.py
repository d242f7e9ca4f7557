"""Telling the customer, asking the rules, and saying that an event is dealt with."""

from __future__ import annotations

from pydantic import Field, JsonValue

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


class EvaluateInput(NodeInput):
    """A rule file and the facts to ask it about."""

    file: str = Field(title="Rule File", description="The file's id, such as ownership")
    facts: dict[str, JsonValue] = Field(title="Facts", description="Facts of the file's vocabulary")


class Evaluated(CanonicalModel):
    """What the rules say, and why."""

    file: str
    version: str
    rule: str | None
    fired: list[str]
    outcome: dict[str, JsonValue]
    because: str
    reasons: list[str]


class Acknowledged(CanonicalModel):
    """The delivery that is handled."""

    delivery_id: str | None


def _notify(work: Work, item: NotifyInput) -> Result:
    order = work.tx.get(Order, item.order_id)
    message = notify_customer(work, order, item.event_type)
    return Message(order_id=order.id, version=order.version, send=message is not None, **(message or {}))


def _evaluate(work: Work, item: EvaluateInput) -> Result:
    found = work.rules.evaluate(item.file, item.facts)
    return Evaluated(
        file=found.file_id,
        version=found.version,
        rule=found.rule,
        fired=list(found.fired),
        outcome=dict(found.outcome),
        because=found.because,
        reasons=list(found.reasons),
    )


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
        name="rule.evaluate",
        title="Evaluate",
        action="Evaluate a rule file",
        description="Ask a rule file about facts: which rule wins, what it says, and why.",
        input=EvaluateInput,
        output=Evaluated,
        run=_evaluate,
        read_only=True,
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
