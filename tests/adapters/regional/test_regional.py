"""A carrier without an API, over a real store: rates from its table, labels made here, scans told by people."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_models import Address, Parcel, TrackingEvent, TrackingType
from connector_service.adapters import registry
from connector_service.adapters.carrier_contract import LabelRequest, Rate, RateRequest, Unsupported
from connector_service.adapters.carriers.regional import SLUG, numbers
from connector_service.adapters.carriers.regional.client import Regional
from connector_service.adapters.carriers.regional.printing import Face, zpl
from connector_service.adapters.http import Transport, open_client
from connector_service.carriers.stored import StoredLabels, StoredTables
from connector_service.clock import FakeClock
from connector_service.errors import Conflict, NotFound, VendorRejected
from connector_service.store import Store
from tests.carriers.questions import KIEL, TENANT, a_request, a_table

pytestmark = pytest.mark.anyio


@dataclass
class Desk:
    """A tenant's desk at the regional carrier; `carrier()` is another process's adapter over the same store."""

    path: Path
    clock: FakeClock
    store: Store
    labels: StoredLabels

    def carrier(self, tenant_id: str = TENANT, **settings: Any) -> Regional:
        connection = registry.CARRIERS[SLUG].settings.model_validate({"webhook_secret": "hush", **settings})
        transport = Transport(open_client(), self.clock, desk=self.labels)
        made = registry.carrier(SLUG, connection, transport.tenant(tenant_id))
        assert isinstance(made, Regional)
        return made

    async def scan(self, number: str, kind: TrackingType) -> int:
        event = TrackingEvent(
            event_id=f"{number}-{kind}",
            carrier=SLUG,
            tracking_number=number,
            type=kind,
            occurred_at=self.clock.advance(timedelta(hours=1)),
        )
        return await self.labels.keep_scans(TENANT, [event])


def open_desk(path: Path, clock: FakeClock) -> Desk:
    store = Store(path, clock)
    return Desk(path, clock, store, StoredLabels(store, StoredTables(store)))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path / "desk.sqlite", FakeClock())
    yield opened
    opened.store.close()


@pytest.fixture
async def carrier(desk: Desk) -> Regional:
    await desk.labels.known_tables.put(TENANT, SLUG, a_table(), "tests")
    return desk.carrier()


def purchase(rate: Rate, reference: str = "shp-1", **changes: Any) -> LabelRequest:
    asked = a_request()
    request = LabelRequest(reference, rate, "N1", asked.ship_from, asked.ship_to, asked.parcels)
    return replace(request, **changes)


async def a_label(carrier: Regional, reference: str = "shp-1", **changes: Any) -> Any:
    return await carrier.buy_label(purchase((await carrier.rates(a_request()))[0], reference, **changes))


async def test_rates_come_from_the_table(carrier: Regional) -> None:
    rates = await carrier.rates(a_request())
    found = [(rate.carrier, rate.service, rate.cost_minor, rate.transit_days, rate.source) for rate in rates]
    assert found == [(SLUG, "standard", 490, 3, "live"), (SLUG, "express", 990, 1, "live")]
    (express,) = await carrier.rates(a_request(service="express"))
    assert express.service == "express"


@pytest.mark.parametrize(
    "request_",
    [
        a_request(ship_to=Address(country="FR", postal_code="75001")),
        a_request(parcels=(Parcel(parcel_id="P", weight_g=2_001),)),
        a_request(service="overnight"),
    ],
)
async def test_what_the_table_has_no_price_for_is_refused(carrier: Regional, request_: RateRequest) -> None:
    with pytest.raises(VendorRejected, match="no price"):
        await carrier.rates(request_)


async def test_without_a_table_for_the_day_the_refusal_says_how_to_add_one(desk: Desk, carrier: Regional) -> None:
    with pytest.raises(VendorRejected, match="PUT /v1/carriers/regional/rates"):
        await carrier.rates(a_request(ship_date=date(2025, 12, 31)))
    with pytest.raises(VendorRejected, match="PUT /v1/carriers/regional/rates"):
        await desk.carrier("other").rates(a_request())


async def test_a_new_table_holds_at_once(desk: Desk, carrier: Regional) -> None:
    await desk.labels.known_tables.put(TENANT, SLUG, a_table(fuel_surcharge_per_mille=100), "tests")
    assert [rate.cost_minor for rate in await carrier.rates(a_request())] == [539, 1_089]


async def test_a_label_is_what_was_asked_for(carrier: Regional) -> None:
    label = await a_label(carrier)
    assert (label.carrier, label.service, label.reference) == (SLUG, "standard", "shp-1")
    assert (label.cost_minor, label.currency, label.transit_days, label.weight_g) == (490, "EUR", 3, 1_200)
    assert label.ship_to == a_request().ship_to
    assert carrier.valid_tracking_number(label.tracking_number)
    assert label.tracking_number in label.document


async def test_a_price_that_changed_since_the_rate_is_charged_as_it_is_now(desk: Desk, carrier: Regional) -> None:
    rate = (await carrier.rates(a_request()))[0]
    await desk.labels.known_tables.put(TENANT, SLUG, a_table(fuel_surcharge_per_mille=100), "tests")
    assert (await carrier.buy_label(purchase(rate))).cost_minor == 539


async def test_the_same_reference_is_one_label_however_often_and_from_wherever_it_is_bought(
    desk: Desk, carrier: Regional
) -> None:
    rate = (await carrier.rates(a_request()))[0]
    bought = []

    async def buy(from_: Regional) -> None:
        bought.append(await from_.buy_label(purchase(rate)))

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(buy, carrier)
    elsewhere = open_desk(desk.path, desk.clock)
    await buy(elsewhere.carrier())
    elsewhere.store.close()
    assert len({label.tracking_number for label in bought}) == 1
    assert bought[-1] == bought[0]
    assert await carrier.find_label("shp-1") == bought[0]


async def test_no_two_references_share_a_number(desk: Desk, carrier: Regional) -> None:
    labels = [await a_label(carrier, f"shp-{at}") for at in range(30)]
    assert len({label.tracking_number for label in labels}) == 30
    assert await carrier.find_label("shp-30") is None


async def test_each_parcel_has_its_number_and_its_sheet(carrier: Regional) -> None:
    parcels = tuple(Parcel(parcel_id=f"P{at}", weight_g=100 * at) for at in (1, 2, 3))
    label = await a_label(carrier, parcels=parcels)
    assert label.tracking_number == label.tracking_numbers[0]
    assert len(set(label.tracking_numbers)) == 3
    assert all(carrier.valid_tracking_number(number) for number in label.tracking_numbers)
    assert [sheet.tracking_number for sheet in label.documents] == label.tracking_numbers
    assert ["2/3   0.200 kg" in sheet.content for sheet in label.documents] == [False, True, False]


async def test_a_pdf_is_one_page_per_parcel(carrier: Regional) -> None:
    (sheet,) = (await a_label(carrier, format="pdf")).documents
    content = base64.b64decode(sheet.content)
    assert (sheet.format, content[:5], content.count(b"/Type /Page\n")) == ("pdf", b"%PDF-", 1)


async def test_a_name_that_pdf_fonts_cannot_show_is_printed_as_zpl(carrier: Regional) -> None:
    there = a_request().ship_to.model_copy(update={"name": "Łukasz Żak"})
    label = await a_label(carrier, format="pdf", ship_to=there)
    assert [sheet.format for sheet in label.documents] == ["zpl"]
    assert "Łukasz Żak" in label.document


async def test_a_voided_reference_is_spent(carrier: Regional) -> None:
    label = await a_label(carrier)
    await carrier.void_label(label)
    await carrier.void_label(label)
    with pytest.raises(VendorRejected, match="voided"):
        await a_label(carrier)
    with pytest.raises(VendorRejected, match="voided"):
        await carrier.find_label("shp-1")


async def test_a_collected_parcel_keeps_its_label(desk: Desk, carrier: Regional) -> None:
    label = await a_label(carrier, parcels=(Parcel(parcel_id="A"), Parcel(parcel_id="B")))
    await desk.scan(label.tracking_numbers[1], TrackingType.PICKED_UP)
    with pytest.raises(VendorRejected, match="collected"):
        await carrier.void_label(label)


async def test_a_label_of_somebody_else_cannot_be_voided(desk: Desk, carrier: Regional) -> None:
    label = await a_label(carrier)
    with pytest.raises(VendorRejected, match="no label"):
        await desk.carrier("other").void_label(label)
    assert await carrier.find_label("shp-1") == label


async def test_scans_come_oldest_first_and_once(desk: Desk, carrier: Regional) -> None:
    label = await a_label(carrier)
    for kind in (TrackingType.PICKED_UP, TrackingType.DELIVERED):
        assert await desk.scan(label.tracking_number, kind) == 1
    (*_, last) = events = await carrier.track(label.tracking_number)
    assert [event.type.value for event in events] == ["label_created", "picked_up", "delivered"]
    assert [event.occurred_at for event in events] == sorted(event.occurred_at for event in events)
    assert await desk.labels.keep_scans(TENANT, [last]) == 0
    assert await carrier.track(label.tracking_number) == events


async def test_an_unknown_number_is_not_found(desk: Desk, carrier: Regional) -> None:
    label = await a_label(carrier)
    third = numbers.tracking_number("RG", 1, 3)
    for number in ("nowhere", third, numbers.tracking_number("RG", 99, 1)):
        with pytest.raises(NotFound, match=number):
            await carrier.track(number)
    with pytest.raises(NotFound):
        await desk.carrier("other").track(label.tracking_number)


async def test_return_labels_are_not_offered(carrier: Regional) -> None:
    with pytest.raises(Unsupported, match="return label"):
        await a_label(carrier, is_return=True)


async def test_without_a_desk_it_cannot_be_connected() -> None:
    settings = registry.CARRIERS[SLUG].settings.model_validate({"webhook_secret": "hush"})
    with pytest.raises(Conflict, match="desk"):
        registry.carrier(SLUG, settings, Transport(open_client(), FakeClock()).tenant(TENANT))


@given(st.from_regex("[A-Z]{2,4}", fullmatch=True), st.integers(0, 10**10 - 1), st.integers(1, 999), st.data())
def test_a_wrong_digit_is_noticed(prefix: str, serial: int, piece: int, data: st.DataObject) -> None:
    number = numbers.tracking_number(prefix, serial, piece)
    assert numbers.valid(prefix, number)
    assert not numbers.valid("XX", number) or prefix == "XX"
    at = data.draw(st.integers(len(prefix), len(number) - 1))
    wrong = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != number[at]))
    assert not numbers.valid(prefix, number[:at] + wrong + number[at + 1 :])


@pytest.mark.parametrize("number", ["", "RG", "RG1", "RG" + "١" * 14, "RG00000000010016\n", "rg00000000010014"])
def test_what_has_not_the_form_of_a_tracking_number_is_none(number: str) -> None:
    assert not numbers.valid("RG", number)


@given(st.text(max_size=40))
def test_no_name_can_command_the_printer(name: str) -> None:
    face = Face("R", "standard", "RG1", "N1", 1, 1, 1, KIEL, Address(name="x" + name, country="DE"))
    plain = zpl(Face("R", "standard", "RG1", "N1", 1, 1, 1, KIEL, Address(name="x", country="DE")))
    printed = zpl(face)
    assert re.findall(r"[\^~][A-Z0-9]{2}", printed) == re.findall(r"[\^~][A-Z0-9]{2}", plain)


def test_the_pdf_library_is_loaded_only_when_a_pdf_is_made() -> None:
    code = (
        "import sys; from connector_service.adapters import registry; sys.exit(any(m.startswith('reportlab') for m in "
        "sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
