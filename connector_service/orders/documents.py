"""The papers of a shipment: kept beside the events by their content, the shipment only names them."""

from __future__ import annotations

from canonical_models import Label, LabelDocument, Shipment
from connector_service.orders.work import Work
from connector_service.store import documents

ZPL_BEGINS = "^XA"


def keep_documents(work: Work, shipment: Shipment, label: Label) -> Label:
    """Keep the label's documents and name them on the shipment; the label as events carry it, without them."""
    papers = list(label.documents)
    is_paper = label.document.lstrip().startswith(ZPL_BEGINS)
    if is_paper and not papers:
        papers = [LabelDocument(format="zpl", content=label.document, tracking_number=label.tracking_number)]
    kept = [documents.keep(work.tx.connection, work.tenant_id, paper, work.now) for paper in papers]
    shipment.documents = kept
    return label.model_copy(update={"documents": [], "document": "" if is_paper else label.document})
