"""Labels and other papers by the hash of their content, beside the events: an event only names them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import sqlite3
from datetime import datetime

from canonical_models import DocumentRef, LabelDocument
from connector_service.errors import NotFound
from connector_service.store.transaction import encode_time

SCHEMA = (
    "CREATE TABLE documents (tenant_id TEXT, hash TEXT, format TEXT, content BLOB, kept_at TEXT,"
    " PRIMARY KEY (tenant_id, hash))",
)


def keep(connection: sqlite3.Connection, tenant_id: str, document: LabelDocument, now: datetime) -> DocumentRef:
    """Keep a document, once however often it comes, and name it."""
    content = _bytes(document)
    named = hashlib.sha256(content).hexdigest()
    connection.execute(
        "INSERT OR IGNORE INTO documents (tenant_id, hash, format, content, kept_at) VALUES (?,?,?,?,?)",
        (tenant_id, named, document.format, content, encode_time(now)),
    )
    return DocumentRef(
        hash=named,
        kind=document.kind,
        format=document.format,
        size=len(content),
        tracking_number=document.tracking_number,
    )


def _bytes(document: LabelDocument) -> bytes:
    if document.format != "zpl":
        try:
            return base64.b64decode(document.content, validate=True)
        except binascii.Error:
            # Better a document as it came than none: the label is bought.
            pass
    return document.content.encode()


def read(connection: sqlite3.Connection, tenant_id: str, named: str) -> tuple[str, bytes]:
    """Format and content of a document.

    Raises:
        NotFound: the tenant has no such document.
    """
    row = connection.execute(
        "SELECT format, content FROM documents WHERE tenant_id = ? AND hash = ?", (tenant_id, named)
    ).fetchone()
    if row is None:
        raise NotFound(f"There is no document {named!r}.")
    return str(row[0]), bytes(row[1])
