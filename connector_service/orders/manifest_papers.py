"""The list of a day's parcels as PDF to sign and as CSV, for carriers that make none themselves."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Sequence
from datetime import date

from canonical_models import LabelDocument, ManifestLine

ROWS_PER_PAGE = 50
HEADINGS = ("order", "shipment", "service", "tracking numbers", "grams")


def list_csv(lines: Sequence[ManifestLine]) -> LabelDocument:
    """One row per shipment."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADINGS)
    writer.writerows(_cells(line) for line in lines)
    return _document("csv", text.getvalue().encode())


def _cells(line: ManifestLine) -> tuple[str, ...]:
    return (line.order_number, line.shipment_id, line.service, " ".join(line.tracking_numbers), str(line.weight_g))


def list_pdf(carrier: str, location: str, day: date, part: int, lines: Sequence[ManifestLine]) -> LabelDocument:
    """The list with a line for the driver's signature, the same bytes for the same list."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    page = io.BytesIO()
    canvas = Canvas(page, pagesize=A4, invariant=1)
    pieces = sum(len(line.tracking_numbers) for line in lines)
    for at in range(0, len(lines), ROWS_PER_PAGE):
        canvas.setFont("Helvetica-Bold", 13)
        canvas.drawString(30, 805, f"{carrier}: {pieces} parcels from {location} on {day}, list {part}")
        canvas.setFont("Helvetica", 8)
        for row, line in enumerate(lines[at : at + ROWS_PER_PAGE]):
            order, _, service, numbers, grams = _cells(line)
            canvas.drawString(30, 780 - 14 * row, f"{order}   {service}   {numbers}   {grams} g")
        canvas.drawString(30, 40, "Received by the driver (name, time, signature): ______________________________")
        canvas.showPage()
    canvas.save()
    return _document("pdf", page.getvalue())


def _document(kind: str, content: bytes) -> LabelDocument:
    encoded = base64.b64encode(content).decode()
    return LabelDocument.model_validate({"kind": "manifest", "format": kind, "content": encoded})
