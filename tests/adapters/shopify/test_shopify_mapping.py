from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from canonical_models import NewOrder, PaymentState, Priority
from connector_service.adapters.commerce.shopify import order_from_webhook
from connector_service.errors import InvalidInput
from tests.adapters.shopify.payloads import address_payload, line_payload, order_payload


def order(**changes: Any) -> NewOrder:
    return order_from_webhook(order_payload(**changes))


def refused(**changes: Any) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        order(**changes)
    return caught.value


def test_a_whole_order_is_mapped_field_by_field() -> None:
    mapped = order_from_webhook(order_payload(), webhook_id="b54557e4")
    assert (mapped.number, mapped.source, mapped.channel, mapped.currency) == ("1001", "shopify", "web", "USD")
    assert (mapped.payment_state, mapped.priority, mapped.service_level) == ("captured", "standard", "standard")
    assert (mapped.customer_id, mapped.customer_tier) == ("115310627314723954", "gold")
    assert mapped.ship_to.model_dump(exclude_defaults=True) == {
        "name": "Ada Byron",
        "line1": "1 Main St",
        "city": "Sacramento",
        "region": "CA",
        "postal_code": "95814",
        "country": "US",
        "phone": "+1 555 0100",
        "email": "ada@example.com",
    }
    assert mapped.lines[0].model_dump(exclude_defaults=True) == {
        "line_id": "866550311766439020",
        "sku": "TEA-GREEN-100",
        "title": "Green tea",
        "quantity_ordered": 2,
        "unit_price_minor": 2500,
        "unit_weight_g": 120,
        "lot": "L-7",
    }
    assert {ref.type: ref.value for ref in mapped.external_refs} == {
        "order_id": "820982911946154508",
        "order_name": "#1001",
        "webhook_id": "b54557e4",
    }


@pytest.mark.parametrize("taxes_included", [False, True])
def test_totals_add_up_whether_or_not_prices_hold_the_tax(taxes_included: bool) -> None:
    totals = order(taxes_included=taxes_included, total_price="53.00" if taxes_included else "56.60").totals
    parts = totals.subtotal_minor - totals.discount_minor + totals.shipping_minor + totals.tax_minor
    assert parts == totals.total_minor == (5300 if taxes_included else 5660)


@pytest.mark.parametrize(
    ("currency", "text", "minor"),
    [("USD", "19.9", 1990), ("JPY", "1000.00", 1000), ("KWD", "1.234", 1234), ("EUR", "7", 700)],
)
def test_money_becomes_minor_units_of_its_currency(currency: str, text: str, minor: int) -> None:
    mapped = order(currency=currency, line_items=[line_payload(price=text)], total_discounts="0", total_tax="0",
                   total_shipping_price_set=None, subtotal_price="5", total_price="5")  # fmt: skip
    assert mapped.lines[0].unit_price_minor == minor


@pytest.mark.parametrize("text", ["19.999", "-1.00", "1,00", "1e3", "", "１.00", "NaN"])
def test_an_amount_that_is_no_plain_decimal_is_refused_where_it_stands(text: str) -> None:
    assert refused(line_items=[line_payload(price=text)]).pointer == "/line_items/0/price"


def test_an_amount_sent_as_a_json_number_is_refused() -> None:
    assert refused(total_price=56.6).pointer == "/total_price"


@pytest.mark.parametrize(
    ("code", "title", "level"),
    [
        ("UPS-EXPRESS", "UPS", "express"),
        (None, "Priority Mail", "express"),
        ("x", "Overnight by noon", "overnight"),
        ("STD", "Economy", "standard"),
    ],
)
def test_the_delivery_method_decides_the_priority(code: str | None, title: str, level: str) -> None:
    mapped = order(shipping_lines=[{"code": code, "title": title}])
    assert mapped.service_level == level
    assert mapped.priority == (Priority.STANDARD if level == "standard" else Priority.EXPRESS)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("pending", PaymentState.PENDING),
        ("partially_paid", PaymentState.PENDING),
        (None, PaymentState.PENDING),
        ("authorized", PaymentState.AUTHORIZED),
        ("voided", PaymentState.VOIDED),
    ],
)
def test_the_financial_status_becomes_a_payment_state(status: str | None, state: PaymentState) -> None:
    assert order(financial_status=status).payment_state == state


def test_an_unknown_financial_status_is_refused_with_the_known_ones() -> None:
    error = refused(financial_status="gratis")
    assert error.pointer == "/financial_status"
    assert "partially_refunded" in error.detail


def test_removed_and_digital_lines_are_left_out() -> None:
    lines = [
        line_payload(id=1, quantity=0, current_quantity=0),
        line_payload(id=2, quantity=3, current_quantity=1),
        line_payload(id=3, requires_shipping=False, sku=None),
        line_payload(id=4, quantity=3, current_quantity=0),
    ]
    assert [(line.line_id, line.quantity_ordered) for line in order(line_items=lines).lines] == [("2", 1)]


def test_an_all_digital_order_is_refused_with_words() -> None:
    error = refused(shipping_address=None, line_items=[line_payload(requires_shipping=False)])
    assert error.pointer == "/line_items"
    assert "digital" in error.detail


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"currency": None}, "/currency"),
        ({"line_items": [line_payload(quantity="two")]}, "/line_items/0/quantity"),
        ({"line_items": [line_payload(), line_payload(quantity=1.5)]}, "/line_items/1/quantity"),
        ({"line_items": [line_payload(quantity=True)]}, "/line_items/0/quantity"),
        ({"line_items": [line_payload(quantity=-1)]}, "/line_items/0/quantity"),
        ({"line_items": [line_payload(quantity=0, current_quantity=0)]}, "/line_items"),
        ({"line_items": []}, "/line_items"),
        ({"line_items": [line_payload(sku="  ")]}, "/line_items/0/sku"),
        ({"shipping_address": None}, "/shipping_address"),
        ({"shipping_address": address_payload(country_code=None)}, "/shipping_address/country_code"),
        ({"shipping_address": address_payload(zip=95814)}, "/shipping_address/zip"),
        ({"id": [1]}, "/id"),
        ({"shipping_address": address_payload(address1="x" * 201)}, "/shipping_address/line1"),
        ({"note_attributes": [{"name": "requested_delivery_at", "value": "soon"}]}, "/note_attributes/0/value"),
        ({"note_attributes": [{"name": "risk_score", "value": "101"}]}, "/note_attributes/0/value"),
    ],
)
def test_a_wrong_field_is_refused_with_its_place(changes: dict[str, Any], pointer: str) -> None:
    error = refused(**changes)
    assert error.pointer == pointer


def test_a_missing_field_is_refused_with_its_place() -> None:
    payload = order_payload()
    del payload["currency"]
    with pytest.raises(InvalidInput) as caught:
        order_from_webhook(payload)
    assert caught.value.pointer == "/currency"


def test_note_attributes_say_when_it_must_arrive_and_how_risky_it_is() -> None:
    mapped = order(
        note_attributes=[
            {"name": "gift", "value": None},
            {"name": "Requested_Delivery_At", "value": "2026-11-20T17:00:00-05:00"},
            {"name": "risk_score", "value": 40},
        ]
    )
    assert mapped.requested_delivery_at == datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
    assert mapped.risk_score == 40


def test_a_billing_address_without_a_country_is_dropped_and_with_one_is_kept() -> None:
    assert order(billing_address=address_payload(country_code=None)).bill_to is None
    kept = order(billing_address=address_payload(city="Fresno")).bill_to
    assert kept is not None
    assert kept.city == "Fresno"
