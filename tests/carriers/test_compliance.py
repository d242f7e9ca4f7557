"""What may not be sent, or not by everyone."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from canonical_models import Address, Dimensions, Parcel, Product
from connector_service.adapters import registry
from connector_service.carriers.compliance import (
    Packed,
    customs_gaps,
    is_military,
    is_po_box,
    parcel_facts,
    service_facts,
)
from connector_service.carriers.limits import LIMITS_FILE, Limits, known_carriers, limits_of


def address(**changes: Any) -> Address:
    fields = {"line1": "350 5th Ave", "city": "New York", "region": "NY", "postal_code": "10118", "country": "US"}
    return Address(**{**fields, **changes})


@pytest.mark.parametrize(
    "line",
    [
        *("PO Box 12", "P.O. Box 12", "p o box 12", "P. O. BOX 12", "Post Office Box 12", "Post Box 12", "POBox 12"),
        *("Postfach 10 01", "Postbus 12", "Caixa Postal 55", "Case postale 3", "Casella postale 3", "GPO Box 9"),
        *("Apartado de correos 4", "Boîte postale 7", "BP 12", "B.P. 12"),
    ],
)
def test_a_post_office_box_is_known_in_the_words_of_its_country(line: str) -> None:
    assert is_po_box(address(line1=line))
    assert is_po_box(address(line2=line))
    assert is_po_box(address(company=line))


@pytest.mark.parametrize(
    "line",
    ["12 Boxwood Lane", "1 Post Road", "7 Poboxer St", "3 Postal Way", "Unit BP", "20 Poststraße", "Box 9 Hill Rd"],
)
def test_a_street_that_sounds_like_one_is_none(line: str) -> None:
    assert not is_po_box(address(line1=line))


@pytest.mark.parametrize(
    ("changes", "military"),
    [
        ({"city": "APO", "region": "AE"}, True),
        ({"city": "fpo", "region": ""}, True),
        ({"region": "ap"}, True),
        ({"city": "Apollo", "region": "PA"}, False),
        ({"city": "APO", "region": "AE", "country": "DE"}, False),
    ],
)
def test_addresses_of_the_forces_are_known(changes: dict[str, str], military: bool) -> None:
    assert is_military(address(**changes)) is military


def packed(sku: str = "TEE", value: int = 2_000, **product: Any) -> Packed:
    return Packed(sku, Product(sku=sku, weight_g=100, **product), value)


def test_customs_asks_for_tariff_number_and_price_of_each_article() -> None:
    goods = [packed("A", hs_code="610910"), packed("B"), packed("C", value=0), packed("B"), Packed("D", None, 5)]
    assert customs_gaps(goods) == (
        "B has no tariff number (hs_code)",
        "C has no tariff number (hs_code) and no price",
        "D has no tariff number (hs_code)",
    )


def test_the_heaviest_longest_and_bulkiest_parcel_count() -> None:
    parcels = [
        Parcel(parcel_id="1", weight_g=900, dims_mm=Dimensions(length_mm=100, width_mm=500, height_mm=100)),
        Parcel(parcel_id="2", weight_g=100, dims_mm=Dimensions(length_mm=400, width_mm=300, height_mm=300)),
        Parcel(parcel_id="3", weight_g=50),
    ]
    facts = parcel_facts(parcels, address(), [packed()], international=False)
    assert (facts["weight_g"], facts["length_mm"], facts["girth_mm"]) == (900, 500, 1_600)


def test_of_what_nobody_measured_nothing_is_said() -> None:
    facts = parcel_facts([], address(), [], international=False)
    assert (facts["weight_g"], facts["length_mm"], facts["girth_mm"]) == (None, None, None)
    assert facts["customs_data_complete"] is None


def test_a_hazard_of_one_article_is_one_of_the_parcel_and_unknown_articles_leave_it_open() -> None:
    def lithium(*goods: Packed) -> bool | None:
        found: bool | None = parcel_facts([], address(), goods, international=False)["lithium"]
        return found

    unknown = Packed("X", None, 1)
    assert lithium(packed(), packed(lithium=True), unknown) is True
    assert lithium(packed(), unknown) is None
    assert lithium(packed()) is False


@pytest.mark.parametrize(
    ("needs", "international", "expected"),
    [
        ("always", False, True),
        ("abroad", True, True),
        ("abroad", False, False),
        ("never", True, False),
        (None, True, None),
    ],
)
def test_a_phone_number_is_needed_always_abroad_or_never(needs: Any, international: bool, expected: bool) -> None:
    facts = service_facts(Limits(needs_phone=needs), "US", international)
    assert facts["needs_phone"] is expected


def test_whether_a_country_is_served_is_open_for_a_carrier_that_is_not_in_the_table() -> None:
    assert service_facts(limits_of("pigeon", "air"), "RU", True)["serves_country"] is None
    assert service_facts(limits_of("ups", "ups_express"), "RU", True)["serves_country"] is False
    assert service_facts(limits_of("ups", "ups_express"), "DE", True)["serves_country"] is True


def test_a_service_differs_from_its_carrier_by_the_patterns_that_fit_it() -> None:
    assert limits_of("usps", "PRIORITY_MAIL-SP").takes_lithium is False
    assert limits_of("usps", "USPS_GROUND_ADVANTAGE-SP").takes_lithium is True
    assert limits_of("fedex", "fedex_smart_post").delivers_to_po_box is True
    assert limits_of("fedex", "fedex_2_day").delivers_to_po_box is False
    assert limits_of("fedex", "fedex_ground_home_delivery").max_length_mm == 2_743


def test_every_entry_names_a_carrier_and_its_month() -> None:
    assert known_carriers() <= set(registry.CARRIERS)
    assert all(entry["as_of"][:2] == "20" for entry in orjson.loads(LIMITS_FILE.read_bytes()).values())


def test_every_fact_says_where_it_was_read_or_that_nobody_could_check_it() -> None:
    facts = set(Limits.model_fields) - {"liability_currency"}
    for slug, entry in orjson.loads(LIMITS_FILE.read_bytes()).items():
        checked = {name for names in entry["checked"] for name in names.split()}
        unchecked = set(entry["unchecked"].split())
        assert {name for name in facts if entry[name] is not None} == checked | unchecked, slug
        assert not checked & unchecked, slug
        for service in entry["except_for"]:
            said = facts & set(service)
            assert said <= checked | set(service.get("unchecked", "").split()), (slug, service["services"])


@pytest.mark.parametrize(
    ("service", "weight_g", "length_mm"),
    [("DOM.EP", 30_000, 2_000), ("USA.XP", 30_000, 1_500), ("USA.TP", 1_000, 2_000), ("INT.TP", 2_000, 600)],
)
def test_canada_posts_packets_are_lighter_than_its_parcels(service: str, weight_g: int, length_mm: int) -> None:
    limits = limits_of("canadapost", service)
    assert (limits.max_weight_g, limits.max_length_mm) == (weight_g, length_mm)
