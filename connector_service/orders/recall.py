"""Cancel an order whose parcels have their labels: each label is given back to its carrier, the goods to the shelf.

Nothing is cancelled before the carrier has taken the label back. One that does not answer is tried again by itself
(`carrier_retries`); one that refuses has the parcel already, and a person decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from canonical_models import ExceptionCase, ExceptionCode, Label, Order, OrderStatus, Shipment
from connector_service.errors import VendorError
from connector_service.orders.cancellation import cancel_order, check_stoppable
from connector_service.orders.exceptions import raise_exception
from connector_service.orders.progress import shipments_of
from connector_service.orders.systems import Systems
from connector_service.orders.voided import take_off
from connector_service.orders.work import Work


@dataclass(frozen=True, slots=True)
class Recalled:
    """One label to give back; `wms` is asked to put the goods back that it has under `reference`."""

    shipment_id: str
    label: Label
    wms: str
    reference: str


@dataclass(frozen=True, slots=True)
class NotVoided:
    """Where it ended: the carrier, or the warehouse, did not do its part."""

    recalled: Recalled
    error: VendorError
    by_carrier: bool


def plan_cancel(work: Work, order: Order) -> tuple[Recalled, ...] | None:
    """The labels to give back before the order is cancelled; None when it is cancelled already.

    Raises:
        Conflict: a shipment of it is at the warehouse, or gone.
    """
    if order.status == OrderStatus.CANCELLED:
        return None
    wms_of = {location.id: location.wms for location in work.tx.locations()}
    found = []
    for shipment in shipments_of(work, order):
        check_stoppable(work, order, shipment)
        if shipment.label is not None:
            found.append(Recalled(shipment.id, shipment.label, wms_of[shipment.location_id], shipment.id))
    return tuple(found)


async def give_back(systems: Systems, plan: tuple[Recalled, ...]) -> NotVoided | None:
    """Void the labels, and have the warehouse put the goods back; both may be asked again. None: all is done."""
    for each in plan:
        try:
            await systems.carrier(each.label.carrier).void_label(each.label)
        except VendorError as error:
            return NotVoided(each, error, by_carrier=True)
        try:
            await systems.warehouse(each.wms).cancel(each.reference)
        except VendorError as error:
            return NotVoided(each, error, by_carrier=False)
    return None


def record_cancel(
    work: Work, order: Order, plan: tuple[Recalled, ...], answer: NotVoided | VendorError | None, because: str
) -> ExceptionCase | None:
    """Cancel the order whose labels are void, or say who has to act.

    Raises:
        VendorError: the warehouse did not put the goods back; ask again.
    """
    if order.status == OrderStatus.CANCELLED:
        return None
    if isinstance(answer, VendorError):
        raise answer
    if answer is not None:
        return _not_yet(work, order, answer, because)
    for each in plan:
        shipment = work.tx.get(Shipment, each.shipment_id)
        if shipment.label is not None and shipment.label.label_id == each.label.label_id:
            take_off(work, shipment, f"{each.label.carrier} voided label {each.label.label_id}.")
    cancel_order(work, order, because)
    return None


def _not_yet(work: Work, order: Order, answer: NotVoided, because: str) -> ExceptionCase:
    if not answer.by_carrier:
        raise answer.error
    shipment, label = work.tx.get(Shipment, answer.recalled.shipment_id), answer.recalled.label
    asked = f"The order is to be cancelled ({because}), and label {label.tracking_number} is not void"
    if answer.error.retryable:
        return raise_exception(
            work,
            order,
            ExceptionCode.CARRIER_UNREACHABLE,
            f"{asked} yet: {answer.error.detail}",
            shipment=shipment,
            step="cancel",
            waiting_for=[label.carrier],
            because=because,
        )
    words = f"{asked}: {answer.error.detail}"
    evidence: dict[str, Any] = {"carrier": label.carrier, "tracking_number": label.tracking_number, "because": because}
    return raise_exception(work, order, ExceptionCode.LABEL_NOT_VOIDED, words, shipment=shipment, **evidence)
