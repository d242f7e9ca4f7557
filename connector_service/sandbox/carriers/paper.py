"""Sheets of paper as PDF 1.4: a few lines of text each, which is all a look-alike prints."""

from __future__ import annotations

from collections.abc import Sequence

LABEL = (288, 432)
"""Four by six inches, in points."""
LETTER = (612, 792)


def pdf(pages: Sequence[Sequence[str]], size: tuple[int, int] = LABEL) -> bytes:
    """One page per sequence of lines. The text is not compressed, so that a test can look for it."""
    width, height = size
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for at, lines in enumerate(pages):
        page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Resources<</Font<</F1 3 0 R>>>>"
        objects.append(f"{page}/Contents {5 + 2 * at} 0 R>>".encode())
        objects.append(_stream(lines, height))
    return _file(objects)


def _stream(lines: Sequence[str], height: int) -> bytes:
    shown = b"".join(b"(" + _escaped(line) + b")Tj T*\n" for line in lines)
    text = f"BT /F1 10 Tf 14 TL 20 {height - 40} Td\n".encode() + shown + b"ET"
    return f"<</Length {len(text)}>>stream\n".encode() + text + b"\nendstream"


def _escaped(line: str) -> bytes:
    return b"".join(b"\\" + char if char in (b"(", b")", b"\\") else char for char in _chars(line))


def _chars(line: str) -> list[bytes]:
    return [char.encode("cp1252", "replace") for char in line if char.isprintable()]


def _file(objects: Sequence[bytes]) -> bytes:
    whole, places = bytearray(b"%PDF-1.4\n"), []
    for number, each in enumerate(objects, start=1):
        places.append(len(whole))
        whole += f"{number} 0 obj\n".encode() + each + b"\nendobj\n"
    start = len(whole)
    whole += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    whole += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    whole += f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(whole)
