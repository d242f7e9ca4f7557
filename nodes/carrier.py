"""Carrier nodes beside rating and buying: hand out the papers of a shipment."""

from __future__ import annotations

import base64

from canonical_models import CanonicalModel, DocumentRef, Shipment
from connector_service.orders.views import ShipmentView
from connector_service.orders.work import Work
from connector_service.store import documents
from nodes.contract import Node, Result, ShipmentInput
from nodes.shapes import FROM_ITEM_SHIPMENT

AS_TEXT = ("zpl", "csv")


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
