"""Labels as carriers print them: ZPL for thermal printers, PDF, PNG and GIF for people's."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from connector_service.sandbox.carriers.paper import pdf
from connector_service.sandbox.world import Sold

if TYPE_CHECKING:
    from PIL import ImageFont

IMAGE = (450, 300)
"""Six by four inches at 75 dots an inch: small, since it is printed for every label."""
CYCLE = (3, 1, 2, 1, 1, 3, 1, 2)


def label(sold: Sold, number: str, form: str, carrier: str, service: str) -> bytes:
    """The label of one piece. `form` is ZPL, PDF, PNG or GIF; ZPL is ASCII text with UTF-8 written as `_xx`."""
    lines = _lines(sold, number, carrier, service)
    if form == "ZPL":
        return _zpl(lines, number)
    return pdf([lines]) if form == "PDF" else _image(lines, number, form)


def _lines(sold: Sold, number: str, carrier: str, service: str) -> list[str]:
    to = sold.receiver
    numbers = sold.numbers()
    place = " ".join(filter(None, (to["city"], to["region"], to["postal_code"])))
    return [
        service if service.startswith(carrier) else f"{carrier} {service}",
        f"{numbers.index(number) + 1} OF {len(numbers)}  {_grams(sold, number)} G",
        *(line for line in (to["name"], to["company"], to["line1"], to["line2"], place, to["country"]) if line),
        f"REF {sold.reference}",
        f"TRACKING # {number}",
    ]


def _grams(sold: Sold, number: str) -> int:
    return next((piece.weight_g for piece in sold.pieces if piece.tracking_number == number), sold.weight_g)


def _zpl(lines: Sequence[str], number: str) -> bytes:
    """Each field says with ^FH that `_xx` is a byte, so that no name can be a printer command."""
    fields = "".join(f"^FO40,{40 + 40 * at}^FH^FD{_hexed(line)}^FS" for at, line in enumerate(lines))
    return f"^XA^CI28{fields}^FO40,{80 + 40 * len(lines)}^BCN,120^FD{number}^FS^XZ".encode()


def _hexed(line: str) -> str:
    return "".join(char if char.isascii() and char not in "^~_\\" else _bytes(char) for char in line)


def _bytes(char: str) -> str:
    return "".join(f"_{byte:02X}" for byte in char.encode())


def _image(lines: Sequence[str], number: str, form: str) -> bytes:
    from PIL import Image, ImageDraw  # here, since it takes memory and few labels are images

    image = Image.new("1", IMAGE, 1)
    draw = ImageDraw.Draw(image)
    for at, line in enumerate(lines):
        draw.text((20, 20 + 16 * at), line.encode("latin-1", "replace").decode("latin-1"), font=_font(), fill=0)
    left = 20
    for at, char in enumerate(number):  # stripes that look like a bar code and are none
        width = CYCLE[(ord(char) + at) % len(CYCLE)]
        draw.rectangle((left, 190, left + width, 280), fill=0)
        left += width + CYCLE[ord(char) % len(CYCLE)] + 2
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


@cache
def _font() -> ImageFont.ImageFont:
    from PIL import ImageFont

    return ImageFont.load_default_imagefont()
