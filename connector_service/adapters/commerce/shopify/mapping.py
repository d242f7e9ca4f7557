"""From Shopify's order JSON to our order: pure functions, no clock, no network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import ValidationError

from canonical_models import Address, ExternalRef, NewOrder, NewOrderLine, OrderTotals, PaymentState, Priority
from connector_service.adapters.commerce.shopify.money import minor_units
from connector_service.adapters.commerce.shopify.payload import NameValue, ShopifyAddress, ShopifyLine, ShopifyOrder
from connector_service.errors import InvalidInput

SLUG = "shopify"

# `partially_paid` is pending: the money for the whole order is not there.
_PAYMENT = {
    None: PaymentState.PENDING,
    "pending": PaymentState.PENDING,
    "partially_paid": PaymentState.PENDING,
    "authorized": PaymentState.AUTHORIZED,
    "paid": PaymentState.CAPTURED,
    "partially_refunded": PaymentState.PARTIALLY_REFUNDED,
    "refunded": PaymentState.REFUNDED,
    "voided": PaymentState.VOIDED,
    "expired": PaymentState.VOIDED,
}
_FAST = re.compile(r"express|overnight|priority", re.IGNORECASE)
_UNION_TAGS = frozenset({"int", "str", "constrained-str"})  # pydantic names the tried type in an error's place
_NOTE_LIMIT = 2_000  # ours; Shopify lets a note run to 5,000, and an order is not refused for a long one


def order_from_webhook(payload: Mapping[str, Any], *, webhook_id: str | None = None) -> NewOrder:
    """The order in an `orders/create` webhook. Lines that need no shipping or were removed are left out.

    `webhook_id` (header `X-Shopify-Webhook-Id`) becomes an external reference beside Shopify's order id and name.

    Raises:
        InvalidInput: a field is missing or of the wrong type, or nothing is left to ship; `pointer` names the place.
    """
    try:
        order = ShopifyOrder.model_validate(payload)
    except ValidationError as error:
        raise _refusal(error) from error
    try:
        return _new_order(order, webhook_id)
    except ValidationError as error:
        raise _refusal(error) from error


def _refusal(error: ValidationError, at: str = "") -> InvalidInput:
    """The first finding in words; one of our own fields (a length that only we limit) is named by our name for it."""
    first, *others = error.errors(include_url=False)
    pointer = at + "".join(f"/{part}" for part in first["loc"] if part not in _UNION_TAGS)
    given = "" if first["type"] == "missing" else f", not {str(first['input'])[:80]!r}"
    more = f" ({len(others)} more like it)" if others else ""
    return InvalidInput(f"{pointer or '/'}: {first['msg']}{given}{more}.", pointer=pointer)


def _new_order(order: ShopifyOrder, webhook_id: str | None) -> NewOrder:
    lines = _lines(order)
    express, service_level = _speed(order)
    refs = {"order_id": str(order.id), "order_name": order.name, "webhook_id": webhook_id}
    return NewOrder(
        number=order.name.removeprefix("#"),
        source=SLUG,
        channel=order.source_name or "web",
        currency=order.currency,
        payment_state=_payment_state(order.financial_status),
        customer_id=str(order.customer.id) if order.customer else None,
        customer_tier=_tier(order),
        ship_to=_ship_to(order),
        bill_to=_bill_to(order),
        totals=_totals(order),
        risk_score=_risk_score(order),
        requested_delivery_at=_requested_delivery_at(order),
        service_level=service_level,
        priority=Priority.EXPRESS if express else Priority.STANDARD,
        note=(order.note or "")[:_NOTE_LIMIT],
        external_refs=[ExternalRef(system=SLUG, type=kind, value=value) for kind, value in refs.items() if value],
        lines=lines,
    )


def _lines(order: ShopifyOrder) -> list[NewOrderLine]:
    shippable = [(index, line) for index, line in enumerate(order.line_items) if line.requires_shipping]
    if not shippable:
        raise InvalidInput(
            "No line needs shipping (a digital order); only physical orders belong here.", pointer="/line_items"
        )
    lines = [_line(index, line, order.currency) for index, line in shippable if _quantity(line)]
    if not lines:
        raise InvalidInput(
            "Every line was removed or has quantity 0; at least one piece must be ordered.", pointer="/line_items"
        )
    return lines


def _quantity(line: ShopifyLine) -> int:
    return line.quantity if line.current_quantity is None else line.current_quantity


def _line(index: int, line: ShopifyLine, currency: str) -> NewOrderLine:
    pointer = f"/line_items/{index}"
    if not (line.sku or "").strip():
        raise InvalidInput(
            f"{pointer}/sku is empty; give the variant {line.title!r} a SKU, because the warehouse picks by it.",
            pointer=f"{pointer}/sku",
        )
    lot = _named(line.properties, "lot")
    return NewOrderLine(
        line_id=str(line.id),
        sku=(line.sku or "").strip(),
        title=line.title[:500],
        quantity_ordered=_quantity(line),
        unit_price_minor=minor_units(line.price, currency, f"{pointer}/price"),
        unit_weight_g=line.grams or 0,
        lot=lot[1] if lot else None,
    )


def _named(pairs: list[NameValue] | None, name: str) -> tuple[int, str] | None:
    """Index and text of the pair called `name`, if it has a value."""
    for index, pair in enumerate(pairs or []):
        text = "" if pair.value is None else str(pair.value).strip()
        if pair.name.strip().lower() == name and text:
            return index, text
    return None


def _speed(order: ShopifyOrder) -> tuple[bool, str]:
    """Whether the order is express, and its service level: `overnight`, `express` or `standard`."""
    method = " ".join(f"{line.code or ''} {line.title or ''}" for line in order.shipping_lines or [])
    if "overnight" in method.lower():
        return True, "overnight"
    return (True, "express") if _FAST.search(method) else (False, "standard")


def _payment_state(status: str | None) -> PaymentState:
    if status not in _PAYMENT:
        known = ", ".join(key for key in _PAYMENT if key)
        raise InvalidInput(f"{status!r} is not a payment state; one of {known} is.", pointer="/financial_status")
    return _PAYMENT[status]


def _tier(order: ShopifyOrder) -> Literal["standard", "gold", "platinum"]:
    """The best tier among the customer's tags."""
    tags = {tag.strip().lower() for tag in ((order.customer and order.customer.tags) or "").split(",")}
    return "platinum" if "platinum" in tags else "gold" if "gold" in tags else "standard"


def _ship_to(order: ShopifyOrder) -> Address:
    if order.shipping_address is None:
        raise InvalidInput("The order has lines to ship but no shipping_address.", pointer="/shipping_address")
    return _address(order.shipping_address, order.email, "/shipping_address")


def _bill_to(order: ShopifyOrder) -> Address | None:
    """Shopify leaves the billing country empty for some wallets; nothing goes there, so that is no reason to refuse."""
    billing = order.billing_address
    return _address(billing, order.email, "/billing_address") if billing and billing.country_code else None


def _address(address: ShopifyAddress, email: str | None, pointer: str) -> Address:
    country = (address.country_code or "").strip().upper()
    if not re.fullmatch(r"[A-Z]{2}", country):
        raise InvalidInput(
            f"{country!r} is not a country code; send two letters such as US (ISO 3166-1).",
            pointer=f"{pointer}/country_code",
        )
    full_name = " ".join(part for part in (address.first_name, address.last_name) if part)
    try:
        return Address(
            name=full_name or address.name or "",
            company=address.company or "",
            line1=address.address1 or "",
            line2=address.address2 or "",
            city=address.city or "",
            region=address.province_code or address.province or "",
            postal_code=address.zip or "",
            country=country,
            phone=address.phone or "",
            email=email or "",
        )
    except ValidationError as error:
        raise _refusal(error, at=pointer) from error


def _totals(order: ShopifyOrder) -> OrderTotals:
    """Shopify's subtotal is after discounts and may hold the tax; ours is before both, so that the parts add up."""
    shipping_set = order.total_shipping_price_set
    shipping_text = shipping_set.shop_money.amount if shipping_set else "0"
    tax = minor_units(order.total_tax or "0", order.currency, "/total_tax")
    discount = minor_units(order.total_discounts or "0", order.currency, "/total_discounts")
    subtotal = minor_units(order.subtotal_price, order.currency, "/subtotal_price")
    return OrderTotals(
        subtotal_minor=subtotal + discount - (tax if order.taxes_included else 0),
        discount_minor=discount,
        shipping_minor=minor_units(shipping_text, order.currency, "/total_shipping_price_set/shop_money/amount"),
        tax_minor=tax,
        total_minor=minor_units(order.total_price, order.currency, "/total_price"),
    )


def _requested_delivery_at(order: ShopifyOrder) -> datetime | None:
    found = _named(order.note_attributes, "requested_delivery_at")
    if found is None:
        return None
    index, text = found
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidInput(
            f"{text!r} is not a moment; send ISO 8601 with its zone, such as 2026-11-20T17:00:00-05:00.",
            pointer=f"/note_attributes/{index}/value",
        )
    return moment


def _risk_score(order: ShopifyOrder) -> int:
    found = _named(order.note_attributes, "risk_score")
    if found is None:
        return 0
    index, text = found
    if not (text.isascii() and text.isdigit() and int(text) <= 100):
        raise InvalidInput(
            f"{text!r} is not a risk score; send a whole number from 0 to 100.",
            pointer=f"/note_attributes/{index}/value",
        )
    return int(text)
