"""What the customer is told: composed once per order and occasion, for a flow to send."""

from __future__ import annotations

from typing import Any

from canonical_models import Event, ExceptionCase, Order
from connector_service.orders.changes import change_order
from connector_service.orders.ownership import decide, rule_name
from connector_service.orders.work import Work
from connector_service.rules_engine import Evaluation

EXCEPTION_RAISED = "dockline.exception.raised.v1"
TEXTS = {
    "shipped": ("Your order {number} is on its way", "Your order {number} has left us.{tracking}"),
    "shipped_express": ("Your order {number} is on its way", "Express order {number} has left us.{tracking}"),
    "shipped_de": ("Ihre Bestellung {number} ist unterwegs", "Ihre Bestellung {number} ist unterwegs.{tracking}"),
    "partially_shipped": (
        "Part of your order {number} is on its way",
        "Part of your order {number} has left us, the rest follows.{tracking}",
    ),
    "delivered": ("Your order {number} was delivered", "Your order {number} was delivered."),
    "cancelled": ("Your order {number} was cancelled", "Your order {number} was cancelled."),
    "backordered": ("Your order {number} takes longer", "Your order {number} waits for stock. We work on it."),
    "returned": ("Your order {number} is back", "Your order {number} is back with us; the refund is on its way."),
    "question": ("A question about your order {number}", "We need your answer before order {number} can go on."),
    "delivery_failed": ("Your order {number} could not be delivered", "We look into the delivery of {number}."),
    "delayed": (
        "Your order {number} takes longer",
        "The carrier is late with your order {number}. We have asked where it is and tell you what we hear.{tracking}",
    ),
    "address_question": (
        "Where shall we deliver your order {number}?",
        "The carrier doubts the address of order {number}. Please tell us the right one.{tracking}",
    ),
    "damaged": (
        "Your order {number} was damaged on its way",
        "The carrier reports damage to your order {number}. Tell us whether we shall replace or refund it.",
    ),
    "lost": (
        "Your order {number} is lost",
        "The carrier cannot find your order {number}. Tell us whether we shall send it again or refund it.",
    ),
    "coming_back": (
        "Your order {number} comes back to us",
        "The carrier could not deliver your order {number} and brings it back. Tell us whether we shall send it again.",
    ),
    "preparing": ("We are preparing your order {number}", "We are preparing your order {number}."),
    "labelled": (
        "Your order {number} is packed",
        "Your order {number} is packed and waits for {carrier} to collect it.",
    ),
    "checking": (
        "We are checking your order {number}",
        "We are checking your order {number} once more before it leaves us. You need not do anything.",
    ),
    "later": (
        "Your order {number} takes a little longer",
        "Your order {number} takes a little longer than planned. You need not do anything.",
    ),
}
"""Subject and text by template; partners replace them in their flow, brands in their own tenant."""


def message_of(work: Work, order: Order, event_type: str) -> tuple[dict[str, str] | None, str]:
    """What the customer should hear after an event, or None; and the rule that says so.

    What is said of an exception goes by the order's newest open one.
    """
    facts = _facts(order, event_type) | (_exception_facts(work, order) if event_type == EXCEPTION_RAISED else {})
    evaluation = decide(work, "notifications", order.id, facts)
    template = _for_customer(evaluation)
    if template is None or not order.ship_to.email:
        return None, rule_name(evaluation)
    numbers = _tracking_numbers(work.tx.timeline(order.id))
    words = {"number": order.number, "tracking": f" Track it: {', '.join(numbers)}." if numbers else ""}
    subject, text = TEXTS[template]
    channel = str(evaluation.outcome.get("channel", "email"))
    to = order.ship_to.email
    message = {"template": template, "channel": channel, "to": to, "subject": subject.format(**words)}
    return {**message, "text": text.format(**words)}, rule_name(evaluation)


def _facts(order: Order, event_type: str) -> dict[str, Any]:
    return {
        "event_type": event_type,
        "status": order.status.value,
        "priority": order.priority.value,
        "country": order.ship_to.country,
        "customer_tier": order.customer_tier,
    }


def _exception_facts(work: Work, order: Order) -> dict[str, Any]:
    if not order.exception_ids:
        return {}
    case = work.tx.get(ExceptionCase, order.exception_ids[-1])
    return {"exception": case.code.value, "severity": case.severity}


def _for_customer(evaluation: Evaluation) -> str | None:
    template = evaluation.outcome.get("template")
    return template if evaluation.outcome.get("audience") == "customer" and template in TEXTS else None


def template_of(work: Work, order: Order, event_type: str, **more: Any) -> str | None:
    """The template that the rules name for the customer when something happens, or None; nothing is sent or kept.

    `more` are facts `notification@1` of what happened, such as the exception's code.
    """
    return _for_customer(work.rules.evaluate("notifications", {**_facts(order, event_type), **more}, order.id))


def text_of(template: str, **words: str) -> str:
    """A template's text with its words put in."""
    return TEXTS[template][1].format(**{"tracking": "", **words})


def _tracking_numbers(timeline: list[Event]) -> list[str]:
    found = [event.data.get("tracking_number") for event in timeline if event.type == "dockline.shipment.labelled.v1"]
    return [str(number) for number in found if number]


def notify_customer(work: Work, order: Order, event_type: str) -> dict[str, str] | None:
    """Compose the message and record that the customer is told; the same occasion a second time gives None."""
    message, rule = message_of(work, order, event_type)
    if message is None or _was_told(work.tx.timeline(order.id), message["template"]):
        return None
    because = f"{message['template']} by {message['channel']}."
    change_order(work, order, "customer_notified", because, rule=rule, template=message["template"])
    return message


def _was_told(timeline: list[Event], template: str) -> bool:
    told = "dockline.order.customer_notified.v1"
    return any(event.type == told and event.data.get("template") == template for event in timeline)
