"""The event types that a flow may subscribe to."""

from __future__ import annotations

EVENT_TYPES: dict[str, str] = {
    "dockline.order.received.v1": "An order came in.",
    "dockline.order.requeued.v1": "An order may move again: let go, its stock came in, or its claims ran out.",
    "dockline.order.validated.v1": "An order passed its checks.",
    "dockline.order.allocated.v1": "All of an order is reserved.",
    "dockline.order.partially_allocated.v1": "Part of an order is reserved, the rest is short.",
    "dockline.order.backordered.v1": "Nothing of an order is in stock.",
    "dockline.order.released.v1": "The warehouse has all of an order.",
    "dockline.order.partially_shipped.v1": "Part of an order has left.",
    "dockline.order.shipped.v1": "All of an order has left.",
    "dockline.order.delivered.v1": "All of an order was delivered.",
    "dockline.order.closed.v1": "Nothing is left to do for an order.",
    "dockline.order.cancelled.v1": "An order was cancelled.",
    "dockline.order.quarantined.v1": "An order may not move until its exception is resolved.",
    "dockline.order.held.v1": "An order is on hold.",
    "dockline.order.escalated.v1": "An order's deadline passed.",
    "dockline.order.reassigned.v1": "An order has another owner because its owner is out.",
    "dockline.shipment.planned.v1": "A location was chosen for part of an order.",
    "dockline.shipment.released.v1": "The warehouse has a shipment.",
    "dockline.shipment.picked.v1": "A shipment is picked.",
    "dockline.shipment.packed.v1": "A shipment is packed.",
    "dockline.shipment.pick_failed.v1": "The warehouse did not find the goods of a shipment.",
    "dockline.shipment.requeued.v1": "A shipment may move again after an exception.",
    "dockline.shipment.labelled.v1": "A shipment has its label.",
    "dockline.shipment.shipped.v1": "A shipment has left.",
    "dockline.shipment.in_transit.v1": "The carrier has a shipment.",
    "dockline.shipment.delivered.v1": "A shipment was delivered.",
    "dockline.shipment.tracked.v1": "A carrier has scanned a parcel of a shipment.",
    "dockline.exception.raised.v1": "An order or shipment left the ordinary path.",
    "dockline.exception.claimed.v1": "Somebody works on an exception.",
    "dockline.exception.resolved.v1": "An exception is resolved and waits to be requeued.",
    "dockline.exception.escalated.v1": "An exception's deadline passed.",
    "dockline.exception.reassigned.v1": "An exception has another owner because its owner is out.",
}
"""Event type to what it means; every other event is in the audit trail only."""
