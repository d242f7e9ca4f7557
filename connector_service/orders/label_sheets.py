"""Labels on sheets of office paper: carriers print pages of 4 by 6 inches, not every dock has a printer for them."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Mapping

from canonical_models import Label, LabelDocument
from canonical_models.inventory import LabelPaper

SHEETS: Mapping[LabelPaper, tuple[float, float]] = {"pdf_a4": (595.28, 841.89), "pdf_letter": (612.0, 792.0)}
"""Width and height in points of 1/72 inch."""
MARGIN = 18.0
"""A quarter of an inch, which office printers cannot reach."""
_LABELS = ("label", "return_label")


def on_sheets(label: Label, paper: LabelPaper) -> Label:
    """The label with its PDF pages in the upper left of sheets, smaller only where they are larger than the sheet.

    What the carrier printed otherwise, and a PDF that cannot be read, stay as they came.
    """
    documents = [
        _on_sheet(each, SHEETS[paper]) if each.kind in _LABELS and each.format == "pdf" else each
        for each in label.documents
    ]
    return label.model_copy(update={"documents": documents})


def _on_sheet(document: LabelDocument, sheet: tuple[float, float]) -> LabelDocument:
    from pypdf.errors import PyPdfError

    try:
        content = _placed(base64.b64decode(document.content, validate=True), sheet)
    except (binascii.Error, PyPdfError, ValueError, KeyError, TypeError):
        return document
    return document.model_copy(update={"content": base64.b64encode(content).decode()})


def _placed(pdf: bytes, sheet: tuple[float, float]) -> bytes:
    from pypdf import PdfWriter, Transformation

    printed, placed, (width, height) = PdfWriter(clone_from=io.BytesIO(pdf)), PdfWriter(), sheet
    for page in printed.pages:
        page.transfer_rotation_to_content()
        box = page.mediabox
        room = (width - 2 * MARGIN) / float(box.width), (height - 2 * MARGIN) / float(box.height)
        scale = min(1.0, *room)
        left, top = MARGIN - float(box.left) * scale, height - MARGIN - float(box.top) * scale
        blank = placed.add_blank_page(width=width, height=height)
        blank.merge_transformed_page(page, Transformation().scale(scale).translate(left, top))
    made = io.BytesIO()
    placed.write(made)
    return made.getvalue()
