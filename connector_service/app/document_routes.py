"""The papers of shipments: which there are, and their content."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from canonical_models import Shipment
from connector_service.app.services import KnownCaller, UsedServices
from connector_service.store import documents

router = APIRouter(tags=["documents"])
MEDIA_TYPES = {
    "zpl": "application/zpl; charset=utf-8",
    "pdf": "application/pdf",
    "png": "image/png",
    "gif": "image/gif",
    "csv": "text/csv; charset=utf-8",
}


@router.get("/v1/shipments/{shipment_id}/documents", summary="List the documents of a shipment")
async def list_documents(shipment_id: str, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Labels, invoices and the like, each with where its content is."""
    shipment = services.store.read(caller.tenant_id).get(Shipment, shipment_id)
    found = [{**each.model_dump(), "url": f"/v1/documents/{each.hash}"} for each in shipment.documents]
    return {"shipment_id": shipment.id, "documents": found}


@router.get(
    "/v1/documents/{document_hash}",
    summary="Get a document",
    response_class=Response,
    responses={200: {"content": {each.partition(";")[0]: {} for each in MEDIA_TYPES.values()}}},
)
async def get_document(document_hash: str, caller: KnownCaller, services: UsedServices) -> Response:
    """The content as the printer takes it. A hash never means anything else, so it may be kept for ever."""
    kind, content = documents.read(services.store.reader, caller.tenant_id, document_hash)
    headers = {
        "content-disposition": f'attachment; filename="{document_hash[:16]}.{kind}"',
        "cache-control": "private, max-age=31536000, immutable",
        "x-content-type-options": "nosniff",
    }
    return Response(content, media_type=MEDIA_TYPES[kind], headers=headers)
