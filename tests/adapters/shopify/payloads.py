"""Order webhooks in the shape Shopify sends, with fields that nobody here reads left in."""

from __future__ import annotations

import copy
from typing import Any

_ORDER: dict[str, Any] = {
    "id": 820982911946154508,
    "admin_graphql_api_id": "gid://shopify/Order/820982911946154508",
    "app_id": None,
    "name": "#1001",
    "order_number": 1001,
    "currency": "USD",
    "financial_status": "paid",
    "fulfillment_status": None,
    "created_at": "2026-11-09T10:00:00-05:00",
    "email": "ada@example.com",
    "source_name": "web",
    "note": "Leave at the door",
    "note_attributes": [],
    "tags": "gift",
    "taxes_included": False,
    "subtotal_price": "45.00",
    "total_discounts": "5.00",
    "total_tax": "3.60",
    "total_price": "56.60",
    "total_shipping_price_set": {
        "shop_money": {"amount": "8.00", "currency_code": "USD"},
        "presentment_money": {"amount": "8.00", "currency_code": "USD"},
    },
    "shipping_lines": [{"id": 271878346596884015, "code": "STD", "title": "Standard Shipping", "price": "8.00"}],
    "customer": {"id": 115310627314723954, "tags": "newsletter, Gold", "email": "ada@example.com"},
    "line_items": [
        {
            "id": 866550311766439020,
            "sku": "TEA-GREEN-100",
            "title": "Green tea",
            "quantity": 2,
            "current_quantity": 2,
            "grams": 120,
            "price": "25.00",
            "requires_shipping": True,
            "vendor": "Somebody",
            "properties": [{"name": "lot", "value": "L-7"}],
        }
    ],
    "shipping_address": {
        "first_name": "Ada",
        "last_name": "Byron",
        "name": "Ada Byron",
        "company": None,
        "address1": "1 Main St",
        "address2": None,
        "city": "Sacramento",
        "province": "California",
        "province_code": "CA",
        "zip": "95814",
        "country": "United States",
        "country_code": "US",
        "phone": "+1 555 0100",
        "latitude": 38.58,
    },
    "billing_address": None,
}


def order_payload(**changes: Any) -> dict[str, Any]:
    """A sound order, with some of its top-level fields replaced."""
    return {**copy.deepcopy(_ORDER), **changes}


def line_payload(**changes: Any) -> dict[str, Any]:
    """A sound line item, with some of its fields replaced."""
    return {**copy.deepcopy(_ORDER["line_items"][0]), **changes}


def address_payload(**changes: Any) -> dict[str, Any]:
    """A sound address, with some of its fields replaced."""
    return {**copy.deepcopy(_ORDER["shipping_address"]), **changes}
