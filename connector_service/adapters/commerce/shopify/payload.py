"""The part of Shopify's order JSON that is read here, strictly typed; every other field is ignored.

Names and types follow the Order resource of Shopify's Admin REST API; an `orders/create` webhook sends it whole.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

ShopifyId = int | Annotated[str, Field(min_length=1, max_length=64)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class NameValue(_Part):
    """A property of a line, or a note attribute of an order."""

    name: str
    value: str | int | None = None


class ShopifyAddress(_Part):
    """A postal address; Shopify sends null for whatever the customer left empty."""

    first_name: str | None = None
    last_name: str | None = None
    name: str | None = None
    company: str | None = None
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    province: str | None = None
    province_code: str | None = None
    zip: str | None = None
    country_code: str | None = None
    phone: str | None = None


class ShopifyLine(_Part):
    """A line item; `current_quantity` is what is left of `quantity` after edits, `grams` the weight of one piece."""

    id: ShopifyId
    sku: str | None = None
    title: str = ""
    quantity: int = Field(ge=0)
    current_quantity: int | None = Field(default=None, ge=0)
    grams: int | None = Field(default=None, ge=0)
    price: str
    requires_shipping: bool = True
    properties: list[NameValue] | None = None


class ShippingLine(_Part):
    """The delivery method that the customer chose."""

    code: str | None = None
    title: str | None = None


class ShopMoney(_Part):
    """An amount in the shop's currency."""

    amount: str


class MoneySet(_Part):
    """An amount in the shop's currency; the customer's own currency beside it is not read."""

    shop_money: ShopMoney


class ShopifyCustomer(_Part):
    """Who bought; `tags` is one text, separated by commas."""

    id: ShopifyId
    tags: str | None = None


class ShopifyOrder(_Part):
    """An order as Shopify's webhook sends it."""

    id: ShopifyId
    name: str = Field(min_length=1, max_length=64)
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    financial_status: str | None = None
    line_items: list[ShopifyLine] = Field(min_length=1, max_length=1_000)
    shipping_address: ShopifyAddress | None = None
    billing_address: ShopifyAddress | None = None
    email: str | None = None
    customer: ShopifyCustomer | None = None
    total_price: str
    subtotal_price: str
    total_tax: str | None = None
    total_discounts: str | None = None
    taxes_included: bool = False
    total_shipping_price_set: MoneySet | None = None
    shipping_lines: list[ShippingLine] | None = None
    note: str | None = None
    source_name: str | None = None
    note_attributes: list[NameValue] | None = None
