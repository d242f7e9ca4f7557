"""The regional carrier's labels, 4 by 6 inches: ZPL for thermal printers, PDF for all others."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

from canonical_models import Address, LabelDocument, Location
from connector_service.adapters.carrier_contract import LabelFormat

DOTS = 40
"""Height of a line of ZPL, in dots of 1/203 inch."""
PDF_CHARACTERS = "cp1252"
"""What the fonts that every PDF reader has can show."""


@dataclass(frozen=True, slots=True)
class Face:
    """What stands on the label of one parcel."""

    carrier: str
    service: str
    number: str
    order_number: str
    piece: int
    pieces: int
    weight_g: int
    ship_from: Location
    ship_to: Address

    def sender(self) -> list[str]:
        """Where it comes from, line by line."""
        where = self.ship_from
        return [where.name, f"{where.postal_code} {where.city}", where.country]

    def receiver(self) -> list[str]:
        """Where it goes, line by line."""
        to = self.ship_to
        town = " ".join(part for part in (to.postal_code, to.city, to.region) if part)
        return [line for line in (to.name, to.company, to.line1, to.line2, town, to.country) if line]

    def facts(self) -> str:
        """Which parcel of how many, how heavy, of which order."""
        return f"{self.piece}/{self.pieces}   {self.weight_g / 1000:.3f} kg   {self.order_number}"


def documents(faces: Sequence[Face], wanted: LabelFormat) -> list[LabelDocument]:
    """One document per parcel. A PDF only when its fonts can show every character; else ZPL, which can."""
    printable = all(_shows(line) for face in faces for line in (*face.receiver(), *face.sender(), face.facts()))
    if wanted == "pdf" and printable:
        made = [(face, base64.b64encode(pdf(face)).decode()) for face in faces]
        return [LabelDocument(format="pdf", content=content, tracking_number=face.number) for face, content in made]
    return [LabelDocument(format="zpl", content=zpl(face), tracking_number=face.number) for face in faces]


def _shows(line: str) -> bool:
    try:
        line.encode(PDF_CHARACTERS)
    except UnicodeEncodeError:
        return False
    return True


def zpl(face: Face) -> str:
    """The label as ZPL in UTF-8 (`^CI28`), with a Code 128 barcode of the number."""
    lines = [f"{face.carrier}   {face.service}", *face.sender(), "", *face.receiver(), "", face.facts()]
    fields = "".join(
        f"^FO{DOTS},{DOTS * (at + 1)}^A0N,32,32^FH\\^FD{_escaped(line)}^FS" for at, line in enumerate(lines) if line
    )
    return f"^XA^CI28{fields}^FO{DOTS},{DOTS * 20}^BY3^BCN,200,Y^FD{face.number}^FS^XZ"


def _escaped(line: str) -> str:
    """Caret and tilde start printer commands, and the backslash an escape: as text they are written in hexadecimal."""
    return "".join(f"\\{ord(mark):02X}" if mark in "\\^~" or ord(mark) < 32 else mark for mark in line)


def pdf(face: Face) -> bytes:
    """The label as one page of PDF, the same bytes for the same label."""
    from reportlab.graphics.barcode.code128 import Code128
    from reportlab.lib.units import inch
    from reportlab.pdfgen.canvas import Canvas

    page = io.BytesIO()
    canvas = Canvas(page, pagesize=(4 * inch, 6 * inch), invariant=1)
    canvas.setTitle(face.number)
    text = canvas.beginText(0.25 * inch, 5.6 * inch)
    for size, lines in ((14, [face.carrier, face.service]), (9, ["", *face.sender()]), (13, ["", *face.receiver()])):
        text.setFont("Helvetica", size, leading=size * 1.25)
        text.textLines(lines, trim=0)
    canvas.drawText(text)
    canvas.setFont("Helvetica", 10)
    canvas.drawString(0.25 * inch, 1.75 * inch, face.facts())
    Code128(face.number, barWidth=1.1, barHeight=0.9 * inch).drawOn(canvas, 0, 0.6 * inch)
    canvas.drawCentredString(2 * inch, 0.35 * inch, face.number)
    canvas.save()
    return page.getvalue()
