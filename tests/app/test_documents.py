"""A shipment's papers over HTTP: named with the shipment, kept beside the events, a tenant's own."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from canonical_models import Address, Label, LabelDocument, Order, Parcel, Shipment, ShipmentLine
from connector_service.clock import FakeClock
from connector_service.orders.customs import customs_of
from connector_service.orders.documents import keep_documents
from connector_service.orders.invoices import with_invoice
from connector_service.orders.parcels import Parcels
from connector_service.orders.purchase import take_label
from connector_service.orders.work import Work
from tests.app.conftest import Api, serving
from tests.house import LOCATIONS, PRODUCTS, TENANT, new_order

pytestmark = pytest.mark.anyio
ZPL = "^XA^FDTEST^XZ"
PDF = b"%PDF-1.4 a label"


def a_label(clock: FakeClock, **changes: Any) -> Label:
    fields: dict[str, Any] = {
        "label_id": "L1",
        "carrier": "swiftparcel",
        "service": "ground",
        "tracking_number": "SP1",
        "cost_minor": 900,
        "currency": "USD",
        "transit_days": 3,
        "weight_g": 480,
        "ship_to": Address(country="CA", name="Ana Bell"),
        "reference": "shp_1-1",
        "bought_at": clock.now(),
    }
    return Label(**{**fields, **changes})


def a_shipment(order: Order, clock: FakeClock) -> Shipment:
    return Shipment(
        tenant_id=TENANT,
        id="shp_1",
        version=0,
        created_at=clock.now(),
        updated_at=clock.now(),
        order_id=order.id,
        location_id="east",
        status_since=clock.now(),
        lines=[ShipmentLine(line_id="1", sku="TEE", quantity=2)],
        parcels=[Parcel(parcel_id="1", weight_g=240), Parcel(parcel_id="2", weight_g=240)],
    )


async def labelled(api: Api, clock: FakeClock, label: Label) -> None:
    (answer,) = await api.node("order.receive", {"order": new_order("N1")})

    def job(work: Work) -> None:
        order = work.tx.get(Order, answer["output"]["order_id"])
        shipment = a_shipment(order, clock)
        take_label(shipment, keep_documents(work, shipment, label))
        work.tx.save(shipment, "shipment.labelled", {"priority": "standard"})

    rules = api.services.rules.of(TENANT)
    await api.services.store.write(TENANT, lambda tx: job(Work(tx, rules, "tests")))


async def test_labels_of_each_parcel_are_listed_and_downloaded(tmp_path: Path, clock: FakeClock) -> None:
    papers = [
        LabelDocument(format="zpl", content=ZPL, tracking_number="SP1"),
        LabelDocument(format="pdf", content=base64.b64encode(PDF).decode(), tracking_number="SP2"),
    ]
    async with serving(tmp_path, clock) as api:
        await labelled(api, clock, a_label(clock, tracking_numbers=["SP1", "SP2"], documents=papers))
        found = (await api.mine.get("/v1/shipments/shp_1/documents")).json()["documents"]
        assert [(each["format"], each["tracking_number"]) for each in found] == [("zpl", "SP1"), ("pdf", "SP2")]
        got = [await api.mine.get(each["url"]) for each in found]
        assert [each.content for each in got] == [ZPL.encode(), PDF]
        assert [each.headers["content-type"].partition(";")[0] for each in got] == [
            "application/zpl",
            "application/pdf",
        ]
        kept = api.services.store.read(TENANT).get(Shipment, "shp_1")
        assert [parcel.tracking_number for parcel in kept.parcels] == ["SP1", "SP2"]


async def test_an_event_names_a_document_and_does_not_hold_it(tmp_path: Path, clock: FakeClock) -> None:
    async with serving(tmp_path, clock) as api:
        await labelled(api, clock, a_label(clock, document=ZPL))
        (event,) = api.services.store.read(TENANT).stream("shp_1")
        assert "^XA" not in event.model_dump_json()
        assert len(event.data["changes"]["documents"]) == 1


async def test_a_document_is_its_tenants_own(tmp_path: Path, clock: FakeClock) -> None:
    async with serving(tmp_path, clock) as api:
        await labelled(api, clock, a_label(clock, document=ZPL))
        url = (await api.mine.get("/v1/shipments/shp_1/documents")).json()["documents"][0]["url"]
        assert (await api.other.get(url)).status_code == 404
        assert (await api.other.get("/v1/shipments/shp_1/documents")).status_code == 404
        assert (await api.nobody.get(url)).status_code == 401


async def test_goods_that_cross_a_border_get_an_invoice_when_the_carrier_prints_none(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with serving(tmp_path, clock) as api:
        body = new_order("N1")
        body["lines"][0] |= {"unit_price_minor": 1_999, "title": "Tee, cotton"}
        body["ship_to"] = {"name": "Ana Bell", "line1": "12 Elm Street", "city": "Halifax", "country": "CA"}
        (answer,) = await api.node("order.receive", {"order": body})
        order = api.services.store.read(TENANT).get(Order, answer["output"]["order_id"])
        tee = PRODUCTS[0].model_copy(update={"hs_code": "610910", "origin_country": "PT"})
        plan = Parcels(order, a_shipment(order, clock), LOCATIONS[0], {"TEE": tee})
        customs = customs_of(plan)
        assert customs is not None
        (line,) = customs.lines
        assert (line.description, line.hs_code, line.origin_country) == ("Tee, cotton", "610910", "PT")
        assert (line.quantity, line.value_minor, line.currency, line.weight_g) == (2, 1_999, "USD", 180)
        label = with_invoice(plan, customs, a_label(clock))
        (invoice,) = label.documents
        assert invoice.kind == "commercial_invoice"
        assert base64.b64decode(invoice.content).startswith(b"%PDF")
        assert with_invoice(plan, customs, label) == label


def test_within_a_country_or_a_customs_union_nothing_is_declared() -> None:
    from connector_service.orders.customs import crosses_customs

    assert not crosses_customs("US", "US")
    assert not crosses_customs("DE", "FR")
    assert crosses_customs("DE", "GB")
    assert crosses_customs("US", "CA")
