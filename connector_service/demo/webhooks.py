"""Order webhooks as Shopify would send them for the demo's customers."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from canonical_models import Priority
from connector_service.demo.catalog import LOTS, Article
from connector_service.demo.places import Market, Place

Payload = dict[str, Any]
_SHIPPING_USD_MINOR = {Priority.STANDARD: 590, Priority.EXPRESS: 1490}
_SHIPPING_LINE = {Priority.STANDARD: ("STANDARD", "Standard shipping"), Priority.EXPRESS: ("EXPRESS", "Express")}


@dataclass(frozen=True, slots=True)
class Basket:
    """What is bought, by whom it is not yet known: articles with quantities, and when."""

    number: int
    place: Place
    market: Market
    lines: Sequence[tuple[Article, int]]
    priority: Priority
    created_at: datetime
    demands_lot: bool = False


def order_webhook(basket: Basket, rng: random.Random) -> Payload:
    """The body of Shopify's `orders/create` webhook; amounts add up, ids follow from the order's number."""
    lines = [_line(basket, index, article, quantity) for index, (article, quantity) in enumerate(basket.lines)]
    address = _address(basket, rng)
    code, title = _SHIPPING_LINE[basket.priority]
    return {
        "id": 5_500_000_000_000 + basket.number,
        "admin_graphql_api_id": f"gid://shopify/Order/{5_500_000_000_000 + basket.number}",
        "name": f"#{basket.number}",
        "order_number": basket.number,
        "created_at": basket.created_at.isoformat(),
        "currency": basket.market.currency,
        "financial_status": "paid",
        "fulfillment_status": None,
        "source_name": rng.choice(("web", "web", "web", "shop", "pos")),
        "email": _email(address, basket.number),
        "customer": {"id": 7_700_000_000_000 + basket.number, "tags": rng.choice(("", "", "", "", "gold"))},
        "tags": "",
        "note": None,
        "note_attributes": [],
        "line_items": lines,
        "shipping_lines": [{"code": code, "title": title}],
        "shipping_address": address,
        "billing_address": dict(address),
        **_money(basket, rng),
    }


def _line(basket: Basket, index: int, article: Article, quantity: int) -> Payload:
    product = article.product
    demanded = basket.demands_lot and product.lot_tracked
    return {
        "id": basket.number * 100 + index + 1,
        "sku": product.sku,
        "title": product.title,
        "quantity": quantity,
        "grams": product.weight_g,
        "price": _decimal(_price(article, basket.market)),
        "requires_shipping": True,
        "properties": [{"name": "lot", "value": next(iter(LOTS))}] if demanded else [],
    }


def _address(basket: Basket, rng: random.Random) -> Payload:
    market, place = basket.market, basket.place
    first_name, last_name = rng.choice(market.first_names), rng.choice(market.last_names)
    return {
        "first_name": first_name,
        "last_name": last_name,
        "name": f"{first_name} {last_name}",
        "company": None,
        "address1": rng.choice(market.streets).format(n=rng.randint(1, 240)),
        "address2": None,
        "city": place.city,
        "province": place.region or None,
        "province_code": place.region or None,
        "zip": place.postal_code,
        "country": market.country_name,
        "country_code": market.country,
        "phone": f"{market.phone}{rng.randint(0, 99):02d}",
    }


def _email(address: Payload, number: int) -> str:
    """No two orders share an address, so that only the duplicates meant to be look like duplicates."""
    plain = unicodedata.normalize("NFKD", f"{address['first_name']}.{address['last_name']}")
    letters = "".join(char for char in plain.lower() if char.isascii() and (char.isalpha() or char == "."))
    return f"{letters}.{number}@example.com"


def _price(article: Article, market: Market) -> int:
    return article.price_usd_minor * market.rate_percent // 100


def _decimal(minor: int) -> str:
    """Every demo currency has two decimal places."""
    return f"{minor // 100}.{minor % 100:02d}"


def _money(basket: Basket, rng: random.Random) -> Payload:
    """Shopify's subtotal is after discounts; where prices include the tax, the total does not add it again."""
    market = basket.market
    gross = sum(_price(article, market) * quantity for article, quantity in basket.lines)
    discount = gross // 10 if rng.random() < 0.12 else 0
    subtotal = gross - discount
    shipping = _SHIPPING_USD_MINOR[basket.priority] * market.rate_percent // 100
    base = 100 + market.tax_percent if market.tax_included else 100
    tax = (subtotal + shipping) * market.tax_percent // base
    total = subtotal + shipping + (0 if market.tax_included else tax)
    return {
        "taxes_included": market.tax_included,
        "total_line_items_price": _decimal(gross),
        "total_discounts": _decimal(discount),
        "subtotal_price": _decimal(subtotal),
        "total_tax": _decimal(tax),
        "total_price": _decimal(total),
        "total_shipping_price_set": {"shop_money": {"amount": _decimal(shipping), "currency_code": market.currency}},
    }
