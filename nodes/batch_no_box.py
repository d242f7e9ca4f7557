"""A shipment that no box takes becomes an exception of its order, and stays none once somebody has said what to do."""

from __future__ import annotations

from pydantic import Field

from canonical_models import ExceptionCase, ExceptionCode, Order, Shipment
from connector_service.orders.exceptions import blocking, raise_exception
from connector_service.orders.views import ShipmentView
from connector_service.orders.work import Work
from connector_service.store import Transaction
from nodes.contract import Node, Result, ShipmentInput
from nodes.shapes import shipment_result


class NoBoxInput(ShipmentInput):
    """Which shipment, and what no box takes."""

    because: str = Field(title="Because", description="What is too large or too heavy")


def said_otherwise(tx: Transaction, shipment: Shipment) -> bool:
    """Whether somebody has said what a shipment is packed in instead of a box."""
    cases = tx.find_by(ExceptionCase, order_id=shipment.order_id, code=ExceptionCode.NO_BOX_FITS.value)
    return any(case.shipment_id == shipment.id and case.state in ("resolved", "requeued") for case in cases)


def _raise(work: Work, item: NoBoxInput) -> Result:
    shipment = work.tx.get(Shipment, item.shipment_id)
    order = work.tx.get(Order, shipment.order_id)
    case = blocking(work, order)
    if case is None:
        case = raise_exception(work, order, ExceptionCode.NO_BOX_FITS, item.because, shipment=shipment)
    return shipment_result(work, shipment.id, case)


NO_BOX = Node(
    name="shipment.no_box_fits",
    title="No Box Fits",
    action="Say that no box takes a shipment",
    description="The shipment waits until somebody says what it is packed in.",
    input=NoBoxInput,
    output=ShipmentView,
    run=_raise,
    raises=(ExceptionCode.NO_BOX_FITS,),
    subject="shipment_id",
)
