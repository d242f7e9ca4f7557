"""Between Canada Post's shapes and ours, on answers that karrio recorded: the same rates and numbers."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_models import TrackingType
from canonical_models.money import to_minor
from connector_service.adapters.carriers.canadapost import mapping, requests, xml
from connector_service.adapters.carriers.canadapost.codes import meaning
from connector_service.adapters.karrio_bridge import Karrio, table
from connector_service.adapters.shapes import Unreadable

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KARRIO = Karrio("canadapost", {"username": "u", "password": "p", "customer_number": "1"})
PAYLOADS = Path(__file__).parent / "payloads"
RATES, SHIPMENT, SCANS = ((PAYLOADS / f"{name}.xml").read_bytes() for name in ("rates", "shipment", "scans"))
TRACKED = [xml.written(each).encode() for each in xml.each(xml.read(SCANS), "tracking-detail")]


def test_what_karrio_recorded_gives_the_same_rates_as_karrio() -> None:
    theirs = KARRIO.read("rate", b"<wrapper>" + RATES + b"</wrapper>", {}, xml=True)
    ours = mapping.rates(None, NOW, RATES)
    names = table("canadapost", "ServiceType")
    assert [(names.map(each.service).name_or_key, each.currency, each.transit_days) for each in ours] == [
        (each.service, each.currency, each.transit_days) for each in theirs
    ]
    assert [each.cost_minor for each in ours] == [to_minor(Decimal(str(each.total_charge)), "CAD") for each in theirs]


def test_a_recorded_shipment_costs_what_is_due_with_tax() -> None:
    bought = mapping.info(SHIPMENT)
    assert (bought.shipment_id, bought.pin, bought.status) == ("545021584835957806", "123456789012", "transmitted")
    assert (bought.due, bought.days, bought.weight_g) == (3_158, 1, 20_000)
    assert bought.label_path == "/rs/artifact/6e93d53968881714/10001782951/0"


def test_recorded_scans_come_oldest_first_and_what_is_no_scan_is_left_out() -> None:
    events = mapping.events("7023210039414604", TRACKED[0])
    assert {event.raw_code: event.type for event in events} == {
        "0174": TrackingType.OUT_FOR_DELIVERY,
        "0100": TrackingType.IN_TRANSIT,
        "0173": TrackingType.ADDRESS_CORRECTION,
        "1496": TrackingType.DELIVERED,
    }
    assert [event.occurred_at for event in events] == sorted(event.occurred_at for event in events)


def test_codes_mean_the_same_with_and_without_leading_zeros() -> None:
    assert meaning("0174") is meaning("174") is TrackingType.OUT_FOR_DELIVERY
    assert meaning("20") is None
    assert meaning("new") is None


def test_a_link_to_another_host_is_followed_at_ours() -> None:
    answer = '<links><link rel="label" href="https://elsewhere.example/x/rs/artifact/1/2/0?a=b"/></links>'
    assert mapping.path_to("label", answer.encode()) == "/rs/artifact/1/2/0"
    with pytest.raises(Unreadable, match="no link"):
        mapping.path_to("label", b'<links><link rel="label" href="https://elsewhere.example/steal"/></links>')


def test_a_document_type_is_not_read() -> None:
    with pytest.raises(Unreadable, match="document type"):
        xml.read(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')


@pytest.mark.parametrize("reference", ["plain", "x" * 36, "é", "tab\there"])
def test_a_request_id_fits_and_tells_references_apart(reference: str) -> None:
    assert len(requests.request_id(reference)) <= requests.LONGEST_ID
    assert requests.request_id(reference) != requests.request_id(reference + "1")


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("7035114477138472", True),
        ("7035114477138473", False),
        ("LM123456785CA", True),
        ("LM123456784CA", False),
        ("LM123456785US", False),
    ],
)
def test_a_pin_has_its_check_digit(number: str, valid: bool) -> None:
    assert mapping.valid_tracking_number(number) is valid


@given(st.data())
def test_a_cut_or_changed_answer_is_unreadable_and_nothing_worse(data: st.DataObject) -> None:
    for body, read in (
        (RATES, lambda text: mapping.rates(None, NOW, text)),
        (SHIPMENT, mapping.info),
        (TRACKED[0], lambda text: mapping.events("7023210039414604", text)),
    ):
        at = data.draw(st.integers(0, len(body) - 1))
        changed = body[:at] + data.draw(st.sampled_from([b"", b"0", b"x", b"<", b"\xff"])) + body[at + 1 :]
        with suppress(Unreadable):
            read(data.draw(st.sampled_from([body[:at], changed])))
