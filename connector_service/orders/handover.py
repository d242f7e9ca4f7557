"""When has a flow done its part? A delivery is handled once its object waits for somebody else than a flow."""

from __future__ import annotations

from canonical_models import ORDER_MOVED_BY, SHIPMENT_MOVED_BY, Order, Shipment, ShipmentStatus
from connector_service.store import Transaction, outbox


def acknowledge_if_done(tx: Transaction, delivery_id: str, *, always: bool) -> None:
    """Mark a delivery handled, unless its object still waits for a flow and no later event will drive it.

    `always`: the flow says itself that it is done.
    """
    found = outbox.leased(tx.connection, tx.tenant_id, delivery_id)
    if found is None:
        return
    subject, has_later = found
    if always or has_later or not waits_for_flow(tx, subject):
        outbox.acknowledge(tx.connection, tx.tenant_id, delivery_id)


def waits_for_flow(tx: Transaction, subject: str) -> bool:
    """Whether the next move of an order or shipment is a flow's; the work of a re-routed shipment is its order's."""
    if subject.startswith("shp_"):
        shipment = tx.get(Shipment, subject)
        if shipment.status != ShipmentStatus.CANCELLED:
            return SHIPMENT_MOVED_BY[shipment.status] == "flow" and not _diverted(tx, shipment)
        subject = shipment.order_id
    order = tx.find(Order, subject)
    return order is not None and ORDER_MOVED_BY[order.status] == "flow"


def _diverted(tx: Transaction, shipment: Shipment) -> bool:
    return tx.get(Order, shipment.order_id).status in ("quarantined", "on_hold")
