"""Carrier nodes beside rating and buying: papers to print, and what waits to be handed over."""

from __future__ import annotations

import base64

from pydantic import Field

from canonical_models import CanonicalModel, Shipment
from connector_service.orders.handovers import Handover, waiting_today
from connector_service.orders.views import ShipmentView
from connector_service.orders.work import Work
from connector_service.store import documents
from nodes.contract import Node, NodeInput, Result, ShipmentInput
from nodes.shapes import FROM_ITEM_SHIPMENT

AS_TEXT = ("zpl", "csv")


class DocumentInput(NodeInput):
    """Which document."""

    hash: str = Field(
        pattern=r"^[0-9a-f]{64}$", title="Hash", description="What manifests and shipments call the document"
    )


class Document(CanonicalModel):
    """What to print: ZPL and CSV as text, everything else as base64; `size` in bytes."""

    hash: str
    format: str
    size: int
    content: str


class Paper(Document):
    """A document of a shipment; `tracking_number` is its parcel's, empty for all."""

    kind: str
    tracking_number: str


class Handovers(CanonicalModel):
    """What waits for its carriers, by location and carrier."""

    waiting: list[Handover]


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
        documents=[
            Paper(**dict(_read(work, each.hash)), kind=each.kind, tracking_number=each.tracking_number)
            for each in shipment.documents
        ],
    )


def _read(work: Work, named: str) -> Document:
    kind, content = documents.read(work.tx.connection, work.tenant_id, named)
    text = content.decode() if kind in AS_TEXT else base64.b64encode(content).decode()
    return Document(hash=named, format=kind, size=len(content), content=text)


def _waiting(work: Work, item: NodeInput) -> Result:
    return Handovers(waiting=waiting_today(work))


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
    Node(
        name="document.get",
        title="Get",
        action="Get a document",
        description="One label, customs paper or manifest, ready for a printer.",
        input=DocumentInput,
        output=Document,
        run=lambda work, item: _read(work, item.hash),
        fields_from_item=("hash",),
        read_only=True,
    ),
    Node(
        name="manifest.waiting",
        title="Get What Waits",
        action="Get what waits to be handed over",
        description="Every carrier and location with parcels labelled today that are on no list yet.",
        input=NodeInput,
        output=Handovers,
        run=_waiting,
        read_only=True,
    ),
)
