"""The commercial invoice of a shipment that goes through customs, for carriers that print none."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

from canonical_models import Address, Label, LabelDocument, Location
from canonical_models.money import in_words
from connector_service.adapters.carrier_contract import Customs, CustomsLine
from connector_service.orders.parcels import Parcels

LINES_PER_PAGE = 40
FONT_SHOWS = "cp1252"
COLUMNS = (("Goods", 20), ("HS code", 250), ("Origin", 320), ("Units", 365), ("Each", 405), ("Value", 480))
"""Heading and left edge of each column, in points."""


def with_invoice(plan: Parcels, customs: Customs | None, label: Label) -> Label:
    """The label with a commercial invoice among its documents, where customs wants one and the carrier made none."""
    if customs is None or any(document.kind == "commercial_invoice" for document in label.documents):
        return label
    content = base64.b64encode(invoice_pdf(plan, customs, label)).decode()
    invoice = LabelDocument(kind="commercial_invoice", format="pdf", content=content)
    return label.model_copy(update={"documents": [*label.documents, invoice]})


def invoice_pdf(plan: Parcels, customs: Customs, label: Label) -> bytes:
    """The invoice as PDF, the same bytes for the same shipment and label. Prices are those of the order."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    page = io.BytesIO()
    canvas = Canvas(page, pagesize=A4, invariant=1)
    canvas.setTitle(f"Commercial invoice {customs.invoice_number}")
    pages = [customs.lines[at : at + LINES_PER_PAGE] for at in range(0, len(customs.lines), LINES_PER_PAGE)]
    for number, lines in enumerate(pages, start=1):
        canvas.setFont("Helvetica-Bold", 14)
        canvas.drawString(20, 810, f"Commercial invoice {customs.invoice_number}   {number}/{len(pages)}")
        _write(canvas, 20, 790, _sender(plan.ship_from))
        _write(canvas, 300, 790, receiver_lines(plan.order.ship_to))
        _write(canvas, 20, 690, _terms(customs, label))
        _table(canvas, lines)
        if number == len(pages):
            _write(canvas, 20, 60, [f"Total: {total(customs)}", "I declare that this invoice is true and correct."])
        canvas.showPage()
    canvas.save()
    return page.getvalue()


def total(customs: Customs) -> str:
    """What all goods are worth, in words; goods in several currencies are added up apart."""
    sums: dict[str, int] = {}
    for line in customs.lines:
        sums[line.currency] = sums.get(line.currency, 0) + line.value_minor * line.quantity
    return ", ".join(in_words(minor, currency) for currency, minor in sums.items())


def receiver_lines(to: Address) -> list[str]:
    """Who gets it, line by line."""
    town = " ".join(part for part in (to.postal_code, to.city, to.region) if part)
    return ["To:", *(line for line in (to.name, to.company, to.line1, to.line2, town, to.country, to.phone) if line)]


def _sender(where: Location) -> list[str]:
    return ["From:", where.name, f"{where.postal_code} {where.city} {where.region}".strip(), where.country]


def _terms(customs: Customs, label: Label) -> list[str]:
    return [f"Carrier: {label.carrier} {label.tracking_number}", f"Terms: {customs.incoterm}, {customs.reason}"]


def _table(canvas: object, lines: Sequence[CustomsLine]) -> None:
    for heading, left in COLUMNS:
        _write(canvas, left, 650, [heading])
    for row, line in enumerate(lines):
        each, value = line.value_minor, line.value_minor * line.quantity
        cells = (
            line.description[:48],
            line.hs_code,
            line.origin_country,
            str(line.quantity),
            in_words(each, line.currency),
            in_words(value, line.currency),
        )
        for (_, left), cell in zip(COLUMNS, cells, strict=True):
            _write(canvas, left, 635 - 14 * row, [cell])


def _write(canvas: object, left: int, top: int, lines: Sequence[str]) -> None:
    """Lines of text below each other; a character that the font lacks shows as a question mark."""
    canvas.setFont("Helvetica", 9)  # type: ignore[attr-defined]
    for at, line in enumerate(lines):
        shown = line.encode(FONT_SHOWS, "replace").decode(FONT_SHOWS)
        canvas.drawString(left, top - 12 * at, shown)  # type: ignore[attr-defined]
