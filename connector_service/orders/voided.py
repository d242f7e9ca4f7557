"""What becomes of a shipment whose label is void, and of its order when that was to be cancelled."""

from __future__ import annotations

from canonical_models import ExceptionCase, Order, Shipment
from connector_service.orders.cancellation import cancel_order
from connector_service.orders.work import Work


def take_off(work: Work, shipment: Shipment, because: str) -> None:
    """The shipment has no label any more."""
    number = shipment.label.tracking_number if shipment.label is not None else ""
    shipment.label, shipment.carrier, shipment.service = None, None, None
    shipment.offers, shipment.documents = [], []
    shipment.label_attempt += 1
    data = {
        "actor": work.actor,
        "because": because,
        "rule": None,
        "from_status": shipment.status.value,
        "to_status": shipment.status.value,
        "tracking_number": number,
    }
    work.tx.save(shipment, "shipment.label_voided", data)


def settle_parcel(work: Work, order: Order, case: ExceptionCase, stopped: bool) -> None:
    """A person says what became of a parcel whose label the carrier did not take back: it was stopped, and the order is
    cancelled; or it was let go, and is on its way like any other."""
    if not stopped:
        return
    shipment = work.tx.get(Shipment, case.shipment_id or "")
    take_off(work, shipment, "The parcel was stopped.")
    cancel_order(work, order, str(case.evidence.get("because", "The parcel was stopped.")))
