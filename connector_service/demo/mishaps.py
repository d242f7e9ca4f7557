"""Every predictable way for an order to go wrong: what is done to it, and what must become of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from canonical_models import EXCEPTION_CATALOG, ExceptionCode, OrderStatus
from connector_service.demo.catalog import SHORT_AT, SHORT_SKUS, locations
from connector_service.demo.places import MARKETS

Payload = dict[str, Any]
Outcome = Literal["shipped", "exception", "quarantined", "replayed", "refused"]
EVERYWHERE = tuple(MARKETS)


@dataclass(frozen=True, slots=True)
class Expected:
    """What must become of an order.

    `shipped`, and `replayed` (its webhook is sent twice), end with `order_status` shipped and no exception; `exception`
    and `quarantined` with an open exception of `code`; of a `refused` one there is a rejected message and no order.
    """

    outcome: Outcome
    code: str | None
    order_status: str | None
    note: str


SHIPPED = Expected("shipped", None, OrderStatus.SHIPPED.value, "an ordinary order")


def _leave(payload: Payload, rng: random.Random) -> None:
    """Nothing is wrong with the order itself."""


@dataclass(frozen=True, slots=True)
class Mishap:
    """One way to go wrong: how many of 500 orders do, and what such an order must be like.

    `spoil` changes the webhook; `scenario` tells the sandbox what to do with the order; with `adds` the order gets a
    further line of such a SKU and quantity; `by_lot` puts a SKU kept by lot first.
    """

    name: str
    per_500: int
    expected: Expected
    spoil: Callable[[Payload, random.Random], None] = _leave
    scenario: str | None = None
    countries: tuple[str, ...] = EVERYWHERE
    standard_only: bool = False
    adds: tuple[tuple[str, ...], int] | None = None
    by_lot: bool = False


def _diverted(code: ExceptionCode, note: str, status: OrderStatus | None = None) -> Expected:
    """The outcome that the exception catalog gives a code."""
    reached = (status or OrderStatus(EXCEPTION_CATALOG[code].diverts_to or "")).value
    outcome: Outcome = "quarantined" if reached == OrderStatus.QUARANTINED else "exception"
    return Expected(outcome, code.value, reached, note)


_FOREIGN_POSTAL_CODES = {"US": "00000", "CA": "Z1Z 1Z1", "GB": "ZZ1 1ZZ", "DE": "8033", "BR": "00000-000"}


def _break_address(payload: Payload, rng: random.Random) -> None:
    address = payload["shipping_address"]
    field = rng.choice(("zip", "city", "address1"))
    address[field] = _FOREIGN_POSTAL_CODES[address["country_code"]] if field == "zip" else ""


_REGION_NAMES = {"CA": "California", "NY": "new york", "TX": "Texas", "SP": "Sao Paulo", "RJ": "Rio de Janeiro"}


def _blur_address(payload: Payload, rng: random.Random) -> None:
    """What a person typed in a hurry and a machine can put right."""
    address = payload["shipping_address"]
    address["zip"] = address["zip"].replace(" ", "").replace("-", "").lower()
    address["city"] = f" {address['city']} "
    region = address["province_code"]
    if address["country_code"] == "DE":
        address["province"] = address["province_code"] = "Bayern"
    elif address["country_code"] in ("US", "BR") and region in _REGION_NAMES:
        address["province"] = address["province_code"] = _REGION_NAMES[region]


def _unknown_sku(payload: Payload, rng: random.Random) -> None:
    line = rng.choice(payload["line_items"])
    line["sku"] = f"DISCONTINUED-{line['id']}"


def _unpaid(payload: Payload, rng: random.Random) -> None:
    payload["financial_status"] = "pending"


def _quantity_in_words(payload: Payload, rng: random.Random) -> None:
    payload["line_items"][0]["quantity"] = "two"


def _no_currency(payload: Payload, rng: random.Random) -> None:
    del payload["currency"]


def _no_address(payload: Payload, rng: random.Random) -> None:
    payload["shipping_address"] = None


def _price_as_number(payload: Payload, rng: random.Random) -> None:
    payload["line_items"][0]["price"] = float(payload["line_items"][0]["price"])


_C = ExceptionCode
_REFUSED = Expected("refused", None, None, "the webhook is refused with its place, and kept as rejected")
_SHORT_COUNTRIES = tuple(location.country for location in locations() if location.id in SHORT_AT)

MISHAPS: tuple[Mishap, ...] = (
    Mishap(
        "address_invalid", 4, _diverted(_C.ADDRESS_INVALID, "the address cannot be mended safely"), spoil=_break_address
    ),
    Mishap(
        "address_fixable",
        5,
        Expected("shipped", None, OrderStatus.SHIPPED.value, "the address is standardised, and the change recorded"),
        spoil=_blur_address,
    ),
    Mishap("sku_unknown", 3, _diverted(_C.SKU_UNKNOWN, "a line names a SKU nobody sells"), spoil=_unknown_sku),
    Mishap("payment_pending", 4, _diverted(_C.PAYMENT_NOT_CAPTURED, "the money is not there yet"), spoil=_unpaid),
    Mishap(
        "inventory_short",
        3,
        _diverted(
            _C.INVENTORY_SHORT, "one line wants more than there is; the rest ships", OrderStatus.PARTIALLY_SHIPPED
        ),
        countries=_SHORT_COUNTRIES,
        standard_only=True,
        adds=(SHORT_SKUS, 40),
    ),
    Mishap(
        "count_short",
        2,
        _diverted(_C.INVENTORY_MISMATCH, "the warehouse counts less than we do"),
        scenario="count_short",
    ),
    Mishap("wrong_lot", 2, _diverted(_C.LOT_MISMATCH, "another lot is picked"), scenario="wrong_lot", by_lot=True),
    Mishap("wrong_barcode", 2, _diverted(_C.BARCODE_MISMATCH, "another article is picked"), scenario="wrong_barcode"),
    Mishap(
        "pick_short_once",
        4,
        Expected("shipped", None, OrderStatus.SHIPPED.value, "the first location cannot pick it, another one does"),
        scenario="pick_short_once",
        countries=("US",),
    ),
    Mishap("pick_short_always", 2, _diverted(_C.PICK_FAILED, "no location can pick it"), scenario="pick_short_always"),
    Mishap("overweight", 2, _diverted(_C.WEIGHT_MISMATCH, "the parcel is too heavy"), scenario="overweight"),
    Mishap("carrier_reject", 2, _diverted(_C.CARRIER_REJECTED, "every carrier refuses"), scenario="carrier_reject"),
    Mishap(
        "label_bad_checksum",
        2,
        _diverted(_C.LABEL_INVALID, "the tracking number's check digit is wrong"),
        scenario="label_bad_checksum",
    ),
    Mishap(
        "label_wrong_address",
        2,
        _diverted(_C.LABEL_INVALID, "the label bears another address"),
        scenario="label_wrong_address",
    ),
    Mishap("wms_down", 2, _diverted(_C.WMS_UNREACHABLE, "the warehouse system is down for it"), scenario="wms_down"),
    Mishap("wms_reject", 2, _diverted(_C.WMS_REJECTED, "the warehouse refuses the release"), scenario="wms_reject"),
    Mishap("carrier_down", 2, _diverted(_C.CARRIER_UNREACHABLE, "no carrier answers for it"), scenario="carrier_down"),
    Mishap("slow_transit", 2, _diverted(_C.TRANSIT_TOO_SLOW, "every service takes too long"), scenario="slow_transit"),
    Mishap(
        "sent_twice",
        4,
        Expected("replayed", None, OrderStatus.SHIPPED.value, "the webhook comes twice; one order ships once"),
    ),
    Mishap("quantity_in_words", 1, _REFUSED, spoil=_quantity_in_words),
    Mishap("no_currency", 1, _REFUSED, spoil=_no_currency),
    Mishap("no_address", 1, _REFUSED, spoil=_no_address),
    Mishap("price_as_number", 1, _REFUSED, spoil=_price_as_number),
)
"""All of them but the duplicate, which takes two orders."""

DUPLICATE = _diverted(_C.DUPLICATE_ORDER, "the same customer ordered the same a short while before")
DUPLICATES_PER_500 = 3
