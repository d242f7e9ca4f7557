"""Between MyDHL API's shapes and ours, on answers that karrio recorded: the same rates and numbers."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from canonical_models.money import to_minor
from connector_service.adapters.carrier_contract import Rate
from connector_service.adapters.carriers.dhl_express import mapping
from connector_service.adapters.karrio_bridge import Karrio
from connector_service.adapters.shapes import Unreadable
from tests.adapters.native_carriers import KIEL, LYON, a_label_request
from tests.contracts.mangled import mangled
from tests.contracts.recorded import recorded_answer

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KARRIO = Karrio("mydhl", {"username": "u", "password": "p", "account_number": "1"})
REQUEST = a_label_request(Rate("dhl_express", "P", 2_599, "USD", 3, "P"), KIEL, LYON)
recorded = partial(recorded_answer, "dhl_express")


def test_what_karrio_recorded_gives_the_same_rates_as_karrio() -> None:
    theirs = KARRIO.read("rate", recorded("rates"), {})
    ours = mapping.rates(recorded("rates"), NOW)
    assert [(each.service, each.currency) for each in ours] == [
        (each.meta["product_code"], each.currency) for each in theirs
    ]
    assert [each.cost_minor for each in ours] == [
        to_minor(Decimal(str(each.total_charge)), each.currency) for each in theirs
    ]


def test_days_that_nobody_named_are_what_the_product_usually_takes() -> None:
    assert [(rate.transit_days, rate.transit_estimated) for rate in mapping.rates(recorded("rates"), NOW)] == [
        (3, True),
        (2, True),
    ]


def test_what_karrio_recorded_gives_the_same_waybill_as_karrio() -> None:
    theirs = KARRIO.read("shipment", recorded("label"), {"service": "P"})
    ours = mapping.label(REQUEST, LYON, NOW, recorded("label"))
    assert ours.tracking_number == theirs.tracking_number == "9356579890"
    assert ours.documents[0].content == theirs.docs.label
    assert (ours.cost_minor, ours.currency, ours.ship_to) == (2_599, "USD", LYON)


def test_what_karrio_recorded_gives_the_scans_oldest_first() -> None:
    events = mapping.events("9356579890", recorded("scans"))
    assert [(event.type.value, event.raw_code, event.place) for event in events] == [
        ("picked_up", "PU", "Los Angeles, CA"),
        ("delivered", "OK", "New York, NY"),
    ]


def test_the_price_of_the_bill_comes_before_the_same_price_in_other_currencies() -> None:
    prices = (
        b'{"currencyType": "BASEC", "priceCurrency": "USD", "price": 11},'
        b'{"currencyType": "BILLC", "priceCurrency": "EUR", "price": 10.5}'
    )
    (rate,) = mapping.rates(b'{"products": [{"productCode": "P", "totalPrice": [' + prices + b"]}]}", NOW)
    assert (rate.cost_minor, rate.currency) == (1_050, "EUR")


def test_an_offset_moves_the_time_of_a_scan() -> None:
    event = b'{"date": "2026-11-21", "time": "23:30:00", "GMTOffset": "-05:00", "typeCode": "PU"}'
    body = b'{"shipments": [{"shipmentTrackingNumber": 3318810025, "events": [' + event + b"]}]}"
    (scan,) = mapping.events("3318810025", body)
    assert scan.occurred_at == datetime(2026, 11, 22, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize(("number", "valid"), [("3318810025", True), ("8487135506", True), ("3318810024", False)])
def test_a_waybill_has_its_check_digit(number: str, valid: bool) -> None:
    assert mapping.valid_tracking_number(number) is valid


@given(st.data())
def test_a_mangled_answer_is_unreadable_and_nothing_worse(data: st.DataObject) -> None:
    for name, read in (
        ("rates", lambda body: mapping.rates(body, NOW)),
        ("label", lambda body: mapping.label(REQUEST, LYON, NOW, body)),
        ("scans", lambda body: mapping.events("9356579890", body)),
    ):
        with suppress(Unreadable, ValidationError):
            read(data.draw(mangled(recorded(name))))
