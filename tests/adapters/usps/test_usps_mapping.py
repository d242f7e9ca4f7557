"""Between the Postal Service's shapes and ours, on answers that karrio recorded: the same rates and numbers."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from canonical_models import TrackingType
from canonical_models.money import to_minor
from connector_service.adapters.carrier_contract import Rate
from connector_service.adapters.carriers.usps import mapping, tracking
from connector_service.adapters.carriers.usps.codes import OWN_PACKAGING, meaning
from connector_service.adapters.karrio_bridge import Karrio
from connector_service.adapters.shapes import Unreadable
from tests.adapters.native_carriers import AUSTIN, PORTLAND, a_label_request
from tests.contracts.mangled import mangled
from tests.contracts.recorded import recorded_answer

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KARRIO = Karrio("usps", {"client_id": "u", "client_secret": "p", "account_number": "1"})
LINA = AUSTIN.model_copy(update={"name": "Lina Smith"})
REQUEST = a_label_request(Rate("usps", "PRIORITY_MAIL-SP", 1_876, "USD", 3, ""), PORTLAND, LINA)
LABEL = (Path(__file__).parent / "payloads" / "label.txt").read_bytes()
recorded = partial(recorded_answer, "usps")


def test_what_karrio_recorded_gives_the_same_rates_as_karrio_for_parcels_in_our_own_boxes() -> None:
    theirs = [
        (each.meta["usps_mail_class"], each.meta["usps_rate_indicator"], each.total_charge, each.transit_days)
        for each in KARRIO.read("rate", b"[" + recorded("rates") + b"]", {})
    ]
    ours = mapping.rates(None, NOW, recorded("rates"))
    assert len(ours) >= 2
    for rate in ours:
        mail_class, _, indicator = rate.service.rpartition("-")
        same = [each for each in theirs if each[:2] == (mail_class, indicator)]
        assert rate.cost_minor in {to_minor(Decimal(str(each[2])), "USD") for each in same}
        assert rate.transit_days in {each[3] for each in same}
    assert {rate.service.rpartition("-")[2] for rate in ours} <= OWN_PACKAGING


def test_a_label_that_came_in_parts_has_the_number_and_postage_that_were_recorded() -> None:
    label = mapping.label(REQUEST, LINA, NOW, LABEL)
    assert (label.tracking_number, label.cost_minor) == ("9234690361980900000142", 1_876)
    assert (label.weight_g, label.ship_to.city) == (1_860, "Oklahoma City")
    assert tracking.valid_tracking_number(label.tracking_number)


def test_what_karrio_recorded_gives_the_scans_oldest_first() -> None:
    number = str(tracking._Tracking.model_validate_json(recorded("scans")).trackingNumber)
    events = tracking.events(number, recorded("scans"))
    assert events[-1].type is TrackingType.DELIVERED
    assert TrackingType.OUT_FOR_DELIVERY in {event.type for event in events}
    assert [event.occurred_at for event in events] == sorted(event.occurred_at for event in events)


@pytest.mark.parametrize(
    ("code", "words", "kind"),
    [
        ("NT", "In Transit to Next Facility", TrackingType.IN_TRANSIT),
        ("NT", "In Transit, Arriving Late", TrackingType.DELAYED),
        ("01", "Delivered, To Original Sender", TrackingType.RETURN_TO_SENDER),
        ("ZZ", "Something new", None),
    ],
)
def test_words_say_more_than_codes(code: str, words: str, kind: TrackingType | None) -> None:
    assert meaning(code, words) is kind


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("9234690361980900000142", True),
        ("9234690361980900000143", False),
        ("420731089234690361980900000142", True),
        ("923469036198090000014", False),
    ],
)
def test_a_barcode_has_its_check_digit(number: str, valid: bool) -> None:
    assert tracking.valid_tracking_number(number) is valid


@given(st.data())
def test_a_mangled_answer_is_unreadable_and_nothing_worse(data: st.DataObject) -> None:
    with suppress(Unreadable, ValidationError):
        mapping.rates(None, NOW, data.draw(mangled(recorded("rates"))))
    with suppress(Unreadable, ValidationError):
        tracking.events("9400", data.draw(mangled(recorded("scans"))))
    with suppress(Unreadable, ValidationError):
        mapping.label(REQUEST, LINA, NOW, LABEL[: data.draw(st.integers(0, len(LABEL)))])
