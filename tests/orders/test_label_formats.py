"""Labels come as the purchase says, else as the location's printers take them, else the tenant's."""

from __future__ import annotations

import base64
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from canonical_models import Address, Label, LabelDocument
from connector_service.errors import InvalidInput, NotFound
from connector_service.orders.label_formats import set_label_format, tenant_label_format
from connector_service.orders.label_sheets import SHEETS, on_sheets
from connector_service.store import documents
from tests.house import TENANT, House, check_house
from tests.orders.native_account import rated

pytestmark = pytest.mark.anyio


def a_page(width: float, height: float, words: str, pages: int = 1) -> str:
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=(width, height), invariant=1)
    for _ in range(pages):
        canvas.drawString(10, 10, words)
        canvas.showPage()
    canvas.save()
    return base64.b64encode(made.getvalue()).decode()


def a_label(*papers: LabelDocument) -> Label:
    return Label(
        label_id="L1",
        carrier="ups",
        service="ground",
        tracking_number="1Z1",
        cost_minor=1,
        currency="USD",
        transit_days=1,
        weight_g=1,
        ship_to=Address(country="US"),
        reference="ref",
        bought_at="2026-11-23T12:00:00Z",
        documents=list(papers),
    )


def pages(document: LabelDocument) -> list[tuple[float, float]]:
    read = PdfReader(io.BytesIO(base64.b64decode(document.content)))
    return [(float(page.mediabox.width), float(page.mediabox.height)) for page in read.pages]


@given(
    width=st.floats(100, 900),
    height=st.floats(100, 1_200),
    count=st.integers(1, 3),
    paper=st.sampled_from(list(SHEETS)),
)
def test_each_page_of_a_label_is_on_a_sheet_of_its_own_with_its_words(
    width: float, height: float, count: int, paper: str
) -> None:
    document = LabelDocument(format="pdf", content=a_page(width, height, "1Z1 to Ana", count))
    (placed,) = on_sheets(a_label(document), paper).documents  # type: ignore[arg-type]
    assert pages(placed) == [pytest.approx(SHEETS[paper], abs=0.01)] * count  # type: ignore[index]
    text = PdfReader(io.BytesIO(base64.b64decode(placed.content))).pages[-1].extract_text()
    assert "1Z1 to Ana" in text


def test_what_is_no_label_and_what_cannot_be_read_stays_as_it_came() -> None:
    papers = [
        LabelDocument(format="zpl", content="^XA^XZ"),
        LabelDocument(format="pdf", content=base64.b64encode(b"no PDF at all").decode()),
        LabelDocument(format="pdf", content="?"),
        LabelDocument(kind="commercial_invoice", format="pdf", content=a_page(300, 300, "invoice")),
    ]
    assert on_sheets(a_label(*papers), "pdf_a4").documents == papers


async def bought(house: House, **item: str) -> LabelDocument:
    """The label of a parcel from a carrier that prints both formats."""
    shipment = await rated(house, "ups", account_country="US")
    await house.one("shipment.buy_label", shipment_id=shipment.id, **item)
    (paper, *_) = house.shipment(shipment.id).documents
    check_house(house.store)
    _, content = documents.read(house.store.reader, TENANT, paper.hash)
    shown = content.decode() if paper.format == "zpl" else base64.b64encode(content).decode()
    return LabelDocument(format=paper.format, content=shown)


async def tenant_takes(house: House, label_format: str) -> None:
    await house.store.administer(lambda connection: tenant_label_format(connection, TENANT, label_format))


async def test_without_a_word_labels_are_for_thermal_printers(full_house: House) -> None:
    assert (await bought(full_house)).format == "zpl"


async def test_a_tenant_settles_the_format_of_all_its_labels(full_house: House) -> None:
    await tenant_takes(full_house, "pdf_a4")
    document = await bought(full_house)
    assert document.format == "pdf"
    assert pages(document) == [pytest.approx(SHEETS["pdf_a4"], abs=0.01)]


async def test_a_location_whose_printers_take_something_else_says_so(full_house: House) -> None:
    await tenant_takes(full_house, "pdf_a4")
    for location in ("east", "west"):
        assert await full_house.change(lambda work, at=location: set_label_format(work, at, "zpl")) == "zpl"
    assert (await bought(full_house)).format == "zpl"


async def test_a_location_may_go_by_its_tenant_again(full_house: House) -> None:
    await tenant_takes(full_house, "pdf_letter")
    await full_house.change(lambda work: set_label_format(work, "east", "zpl"))
    assert await full_house.change(lambda work: set_label_format(work, "east", None)) == "pdf_letter"


async def test_a_purchase_may_say_otherwise(full_house: House) -> None:
    await tenant_takes(full_house, "pdf_a4")
    document = await bought(full_house, label_format="pdf")
    assert document.format == "pdf"
    assert pages(document) != [pytest.approx(SHEETS["pdf_a4"], abs=0.01)]


async def test_a_format_or_a_location_that_does_not_exist_is_refused(full_house: House) -> None:
    with pytest.raises(InvalidInput, match="zpl, pdf, pdf_a4, pdf_letter, not as 'pdf_a3'"):
        await tenant_takes(full_house, "pdf_a3")
    with pytest.raises(NotFound, match="'nowhere'; known are east, west"):
        await full_house.change(lambda work: set_label_format(work, "nowhere", "zpl"))
    error = await full_house.refused("shipment.buy_label", shipment_id="shp_1", label_format="pdf_a3")
    assert error["pointer"].endswith("/label_format") or "label_format" in error["pointer"]
