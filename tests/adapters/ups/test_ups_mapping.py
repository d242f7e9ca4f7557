"""Between UPS's shapes and ours, on answers that karrio recorded: the same rates and numbers, and nothing worse."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from canonical_models import TrackingType
from canonical_models.money import to_minor
from connector_service.adapters.carrier_contract import LabelRequest, Rate
from connector_service.adapters.carriers.ups import mapping, offers, services, tracking
from connector_service.adapters.karrio_bridge import Karrio
from connector_service.adapters.shapes import Unreadable
from connector_service.errors import NotFound, VendorRejected
from tests.contracts.carrier_contract import PARCELS, WAREHOUSE, a_label_request, a_pickup, a_rate_request
from tests.contracts.mangled import is_sound, mangled
from tests.contracts.recorded import recorded_answer

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KARRIO = Karrio(
    "ups", {"client_id": "a", "client_secret": "b", "account_number": "A1B2C3", "account_country_code": "US"}
)
RATE = Rate("ups", "ups_ground", 1_290, "USD", 4, "03")
recorded = partial(recorded_answer, "ups")


def from_country(code: str) -> object:
    return replace(a_rate_request(), ship_from=WAREHOUSE.model_copy(update={"country": code}))


def a_purchase(**changes: object) -> LabelRequest:
    return replace(a_label_request(RATE, "testing"), parcels=PARCELS[:1], **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "country", "zone"),
    [
        ("rates_ca", "CA", "CA"),
        ("rates_fr", "FR", "EU"),
        ("rates_without_taxes", "CA", "CA"),
        ("rates_with_gaps", "CA", "CA"),
    ],
)
def test_what_karrio_recorded_gives_the_same_rates_as_karrio(name: str, country: str, zone: str) -> None:
    theirs = KARRIO.read("rate", recorded(name), {"origin": zone})
    ours = offers.rates(from_country(country), NOW, recorded(name))  # type: ignore[arg-type]
    assert [(each.service, each.currency, each.transit_days) for each in ours] == [
        (each.service, each.currency, each.transit_days) for each in theirs
    ]
    assert [each.cost_minor for each in ours] == [
        to_minor(Decimal(str(each.total_charge)), each.currency) for each in theirs
    ]


def test_without_time_in_transit_the_days_are_what_the_service_usually_takes() -> None:
    payload = orjson.loads(recorded("rates_fr"))
    for each in payload["RateResponse"]["RatedShipment"]:
        del each["TimeInTransit"]
    rates = offers.rates(from_country("FR"), NOW, orjson.dumps(payload))  # type: ignore[arg-type]
    assert [(rate.transit_days, rate.transit_estimated) for rate in rates] == [(2, True), (3, True), (4, True)]


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "1.234", "free"])
def test_a_price_that_is_none_is_unreadable(amount: str) -> None:
    payload = orjson.loads(recorded("rates_without_taxes"))
    payload["RateResponse"]["RatedShipment"][1]["TotalCharges"]["MonetaryValue"] = amount
    for key in ("NegotiatedRateCharges", "TotalChargesWithTaxes"):
        payload["RateResponse"]["RatedShipment"][1].pop(key, None)
    with pytest.raises(Unreadable) as caught:
        offers.rates(a_rate_request(), NOW, orjson.dumps(payload))
    assert caught.value.pointer.startswith("/RateResponse/RatedShipment/1")


def test_a_service_is_named_by_where_it_starts_and_found_by_its_name() -> None:
    assert (services.name_of("11", "DE"), services.name_of("11", "CA")) == ("ups_standard_eu", "ups_standard_ca")
    assert (services.code_of("ups_standard_eu"), services.code_of("11")) == ("11", "11")


@pytest.mark.parametrize(("name", "number", "cost"), [("label", "1ZXXXXXXXXXXXXXXXX", 15_542)])
def test_a_recorded_label_has_karrios_number_and_what_was_charged(name: str, number: str, cost: int) -> None:
    theirs = KARRIO.read("shipment", recorded("label").replace(b"iVBORw0KGgo=", PNG), {"label": {"type": "PNG"}})
    ours = mapping.label(a_purchase(), NOW, recorded(name))
    assert (
        (ours.tracking_number, ours.label_id) == (theirs.tracking_number, theirs.shipment_identifier) == (number,) * 2
    )
    assert (ours.cost_minor, ours.currency, ours.weight_g) == (cost, "CAD", 4_536)
    assert ours.tracking_numbers == theirs.meta["tracking_numbers"]


PNG = b"iVBORw0KGgoAAAANSUhEUgAAAAgAAAAIAQAAAADsdIMmAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC"


def test_the_invoice_comes_with_the_label() -> None:
    body = recorded("label_with_invoice")
    context = orjson.loads(body)["ShipmentResponse"]["Response"].get("TransactionReference", {}).get("CustomerContext")
    label = mapping.label(replace(a_purchase(), reference=context or "any"), NOW, body)
    assert [each.kind for each in label.documents] == ["label", "commercial_invoice"]


def test_the_label_of_another_reference_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="another reference"):
        mapping.label(replace(a_purchase(), reference="shp-2"), NOW, recorded("label"))


def test_fewer_labels_than_parcels_are_unreadable() -> None:
    with pytest.raises(Unreadable, match="each parcel"):
        mapping.label(replace(a_purchase(), parcels=PARCELS), NOW, recorded("label"))


def test_a_reference_is_written_where_the_lane_wants_it() -> None:
    def native(country: str) -> dict[str, object]:
        home = WAREHOUSE.model_copy(update={"country": country})
        buyer = a_purchase().ship_to.model_copy(update={"country": country, "region": "NY"})
        req = a_purchase(ship_from=home, ship_to=buyer)
        origin = {
            "company_name": "N",
            "address_line1": "1 A",
            "city": "C",
            "postal_code": "10001",
            "country_code": country,
        }
        built = KARRIO.build("shipment", mapping.shipment_payload(req, origin, date(2026, 11, 23)))
        whole: dict[str, object] = mapping.with_references(built.body, req)["ShipmentRequest"]["Shipment"]
        return whole

    named = [{"Value": "testing"}, {"Code": "PO", "Value": "SO-1"}]
    american, german = native("US"), native("DE")
    assert "ReferenceNumber" not in american
    assert [each["ReferenceNumber"] for each in american["Package"]] == [named]  # type: ignore[attr-defined, index]
    assert german["ReferenceNumber"] == named


def test_recorded_scans_have_karrios_codes_and_times() -> None:
    (event,) = tracking.scans("string12345", with_number("scans", "string12345", "string"))
    assert (event.raw_code, event.type) == ("X/SR", TrackingType.IN_TRANSIT)
    assert event.occurred_at == datetime(2021, 2, 10, 7, 13, 56, tzinfo=UTC)
    assert event.place == "Wayne, NJ, US"


def with_number(name: str, new: str, old: str) -> bytes:
    return recorded(name).replace(f'"trackingNumber": "{old}"'.encode(), f'"trackingNumber": "{new}"'.encode())


def test_a_number_nobody_knows_is_not_found() -> None:
    with pytest.raises(NotFound, match="1ZA82D672031716786"):
        tracking.scans("1ZA82D672031716786", recorded("scans_unknown"))


def test_a_refusal_is_told_in_upss_words() -> None:
    assert mapping.refusal(recorded("refused")) == "Invalid inquiry number (TV1002)"


def test_a_recorded_collection_is_read() -> None:
    body = recorded("pickup")
    made = mapping.pickup(a_pickup(), "2026-11-23", body)
    assert made.confirmation == orjson.loads(body)["PickupCreationResponse"]["PRN"]
    mapping.done(mapping.called_off, recorded("pickup_cancelled"))


@pytest.mark.parametrize(
    "number", ["1Z5R89390357567127", "1Z879E930346834440", "1Z410E7W0392751591", "1Z999AA10123456784"]
)
def test_numbers_that_ups_gave_out_are_valid(number: str) -> None:
    assert mapping.valid_tracking_number(number)


@given(st.sampled_from("0123456789"), st.integers(2, 17))
def test_one_wrong_digit_is_noticed(digit: str, at: int) -> None:
    good = "1Z999AA10123456784"
    wrong = good[:at] + digit + good[at + 1 :]
    value = (ord(good[at]) - 63) % 10 if good[at].isalpha() else int(good[at])
    # Every second place counts twice, so that five more or less there changes nothing: UPS's own weakness.
    weight = 2 if at % 2 and at < 17 else 1
    assert mapping.valid_tracking_number(wrong) == (weight * (value - int(digit)) % 10 == 0)


@given(mangled(recorded("rates_fr")))
def test_mangled_rates_are_read_or_unreadable(body: bytes) -> None:
    with suppress(Unreadable):
        assert all(is_sound(rate) for rate in offers.rates(a_rate_request(), NOW, body))


@given(mangled(recorded("label")))
def test_a_mangled_label_is_read_or_unreadable(body: bytes) -> None:
    with suppress(ValidationError, Unreadable):
        mapping.label(a_purchase(), NOW, body)


@given(mangled(recorded("scans")))
def test_mangled_scans_are_read_or_unreadable(body: bytes) -> None:
    with suppress(ValidationError, Unreadable, NotFound, VendorRejected):
        tracking.scans("string12345", body)
