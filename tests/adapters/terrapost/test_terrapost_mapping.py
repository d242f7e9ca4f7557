from __future__ import annotations

from contextlib import suppress

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from canonical_models import Label, Parcel, TrackingType
from connector_service.adapters.carriers.terrapost import mapping
from connector_service.adapters.shapes import Unreadable
from tests.contracts.carrier_contract import BUYER, a_rate_request
from tests.contracts.mangled import is_sound, mangled
from tests.contracts.recorded import recorded_answer

RATES = recorded_answer("terrapost", "rates")
LABEL = recorded_answer("terrapost", "label")
LOOKUP = recorded_answer("terrapost", "lookup")
SCANS = recorded_answer("terrapost", "scans")


def test_the_cost_is_net_and_tax() -> None:
    charges = [offer["charges"] for offer in orjson.loads(RATES)["offers"]]
    assert [rate.cost_minor for rate in mapping.rates(RATES)] == [each["net"] + each["tax"] for each in charges]


@pytest.mark.parametrize(("grams", "kilograms"), [(0, "0.000"), (1, "0.001"), (1_300, "1.300"), (70_000, "70.000")])
def test_grams_become_kilograms_to_the_gram(grams: int, kilograms: str) -> None:
    parcels = (Parcel(parcel_id="P", weight_g=grams),)
    (piece,) = mapping.enquiry_body(a_rate_request(parcels=parcels))["pieces"]
    assert piece["weight_kg"] == kilograms


def test_millimetres_become_centimetres() -> None:
    measured, unmeasured = mapping.enquiry_body(a_rate_request())["pieces"]
    assert (measured["size_cm"], unmeasured["size_cm"]) == (["30.5", "20.0", "9.5"], None)


def test_a_label_has_its_weight_in_grams_and_the_printed_address() -> None:
    label = mapping.label("shp-1", LABEL)
    assert (label.weight_g, label.ship_to) == (1_300, BUYER)


def test_parts_of_a_gram_are_unreadable() -> None:
    payload = {**orjson.loads(LABEL), "weight_kg": "1.3001"}
    with pytest.raises(ValidationError, match="three decimals"):
        mapping.label("shp-1", orjson.dumps(payload))


def test_the_label_of_another_reference_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="another reference"):
        mapping.label("shp-2", LABEL)


def test_a_lookup_sorts_live_labels_by_age_and_leaves_voided_ones_out() -> None:
    (shipment,) = orjson.loads(LOOKUP)["shipments"]
    young = {**shipment, "shipment_id": "young", "created": "2031-01-01T00:00:00Z"}
    old = {**shipment, "shipment_id": "old", "created": "2020-01-01T00:00:00Z"}
    void = {**shipment, "shipment_id": "void", "state": "voided"}
    found = mapping.bought(orjson.dumps({"shipments": [young, void, old]}))
    assert [label.label_id for label in found.live] == ["old", "young"]
    assert found.any_voided


def test_every_kind_of_scan_but_a_doubted_address_has_a_code() -> None:
    assert set(mapping.SCANS.values()) == set(TrackingType) - {TrackingType.ADDRESS_CORRECTION}


def test_the_number_in_the_postal_unions_own_example_is_valid() -> None:
    assert mapping.valid_tracking_number("TE473124829TP")
    assert not mapping.valid_tracking_number("TE473124820TP")


@given(st.integers(0, 10**8 - 1))
def test_every_serial_has_exactly_one_check_digit(serial: int) -> None:
    numbers = [f"TE{serial:08}{check}TP" for check in range(10)]
    assert sum(map(mapping.valid_tracking_number, numbers)) == 1


@given(st.one_of(mangled(LABEL), st.binary(max_size=200)))
def test_a_mangled_label_is_read_or_refused_and_nothing_else(body: bytes) -> None:
    with suppress(ValidationError, Unreadable):
        assert isinstance(mapping.label("shp-1", body), Label)


@given(mangled(LOOKUP))
def test_a_mangled_lookup_is_read_or_refused_and_nothing_else(body: bytes) -> None:
    with suppress(ValidationError, Unreadable):
        assert len(mapping.bought(body).live) <= 1


@given(mangled(RATES))
def test_mangled_rates_are_read_or_refused_and_nothing_else(body: bytes) -> None:
    with suppress(Unreadable):
        assert all(is_sound(rate) for rate in mapping.rates(body))
