"""Carrier nodes beside rating and buying: choose among the offers, and hand out the papers of a shipment."""

from __future__ import annotations

import base64

from pydantic import Field, JsonValue

from canonical_models import CanonicalModel, DocumentRef, ExceptionCode, Order, Shipment
from connector_service.orders.choosing import choose_offer
from connector_service.orders.views import ShipmentView
from connector_service.orders.work import Work
from connector_service.store import documents
from nodes.contract import Exceptional, Node, Result, ShipmentInput
from nodes.shapes import FROM_ITEM_SHIPMENT

AS_TEXT = ("zpl", "csv")


class ChooseInput(ShipmentInput):
    """A rated shipment, and which of its offers may be chosen."""

    carrier: str = Field(default="", title="Carrier", description="Only offers of this carrier; empty: of all")
    service: str = Field(default="", title="Service", description="Only offers for this service; empty: for all")


class ChosenView(ShipmentView):
    """A shipment with the offer that is taken, and why; without one when it has its label already."""

    choice: dict[str, JsonValue] | None


class Paper(CanonicalModel):
    """One document: ZPL and CSV as text, everything else as base64."""

    kind: str
    format: str
    tracking_number: str
    size: int
    content: str


class Papers(ShipmentView):
    """A shipment with everything there is to print for it; `label_url` is where its carrier keeps the label."""

    currency: str | None
    tracking_numbers: list[str]
    tracking_url: str
    label_url: str
    documents: list[Paper]


def _choose(work: Work, item: ChooseInput) -> Result:
    shipment = work.tx.get(Shipment, item.shipment_id)
    order = work.tx.get(Order, shipment.order_id)
    case, choice = choose_offer(work, order, shipment, item.carrier, item.service)
    seen = ShipmentView.of(work.tx.get(Shipment, item.shipment_id))
    view = ChosenView(**dict(seen), choice=choice)
    return view if case is None else Exceptional(case, view)


def _documents(work: Work, item: ShipmentInput) -> Result:
    shipment = work.tx.get(Shipment, item.shipment_id)
    label = shipment.label
    return Papers(
        **dict(ShipmentView.of(shipment)),
        currency=label.currency if label else None,
        tracking_numbers=(label.tracking_numbers or [label.tracking_number]) if label else [],
        tracking_url=label.tracking_url if label else "",
        label_url=label.document if label else "",
        documents=[_paper(work, each) for each in shipment.documents],
    )


def _paper(work: Work, named: DocumentRef) -> Paper:
    _, content = documents.read(work.tx.connection, work.tenant_id, named.hash)
    text = content.decode() if named.format in AS_TEXT else base64.b64encode(content).decode()
    return Paper(**named.model_dump(exclude={"hash"}), content=text)


NODES = (
    Node(
        name="shipment.choose_carrier",
        title="Choose Carrier",
        action="Choose the carrier of a shipment",
        description="Take the best of the offers by the rules, or the best of the carrier and service you name. "
        "The output says why: every offer with its score term by term, and which may not be taken.",
        input=ChooseInput,
        output=ChosenView,
        run=_choose,
        raises=(ExceptionCode.CARRIER_REJECTED,),
        fields_from_item=FROM_ITEM_SHIPMENT,
        subject="shipment_id",
    ),
    Node(
        name="shipment.get_documents",
        title="Get Documents",
        action="Get the label and papers of a shipment",
        description="Everything there is to print for a shipment: labels and customs papers, ready for a printer.",
        input=ShipmentInput,
        output=Papers,
        run=_documents,
        fields_from_item=FROM_ITEM_SHIPMENT,
        read_only=True,
    ),
)
