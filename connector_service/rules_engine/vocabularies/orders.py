"""Vocabularies about orders and who answers for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import get_args

from canonical_models import (
    EXCEPTION_CATALOG,
    ExceptionCase,
    ExceptionCode,
    Order,
    OrderStatus,
    OrderTotals,
    Shipment,
    ShipmentStatus,
)
from canonical_models.credential import SystemKind
from canonical_models.exception_catalog import CatalogEntry
from connector_service.rules_engine.vocabularies.fact_words import (
    FactDocument,
    choice,
    flag,
    lines,
    moment,
    number,
    of,
    text,
)

Facts = dict[str, FactDocument]
Declared = tuple[str, Facts]
"""What a vocabulary is about, and its facts."""


def order_vocabularies(owners: Sequence[str]) -> dict[str, Declared]:
    """Every vocabulary of this module by its name."""
    return {
        "order@1": ("An order and its circumstances, for questions of ownership.", _order()),
        "shipment@1": ("A shipment of an order, for questions of ownership.", _shipment()),
        "deadline@1": ("An order and since when it is as it is, for questions of time.", _deadline()),
        "exception@1": ("An exception when it is raised, for questions of where it goes.", _exception(owners)),
        "assignment@1": (
            "An owner and the work that waits there, for questions of who stands in.",
            _assignment(owners),
        ),
        "notification@1": ("Something that happened, for questions of who hears of it.", _notification()),
        "intake@1": ("An order as it comes in, for questions of whether its data can be trusted.", _intake()),
    }


def _status() -> FactDocument:
    return of(Order, "status", "received", "Where the order is in its life.")


_OF_ORDERS = [code for code, entry in EXCEPTION_CATALOG.items() if entry.subject != "credential"]


def _open_exception(codes: Iterable[ExceptionCode] = _OF_ORDERS) -> FactDocument:
    return choice(codes, "The code of the oldest open exception; missing when there is none.", "address_invalid")


def buyer() -> Facts:
    """What was promised to whom."""
    return {
        "priority": of(Order, "priority", "standard", "How the customer paid to have it handled."),
        "country": text("Where the order ships to, ISO 3166-1 alpha-2.", "US"),
        "customer_tier": of(Order, "customer_tier", "standard", "What the customer's contract promises."),
    }


def _waiting_for() -> FactDocument:
    return of(Order, "waiting_for", "customer", "Whose answer the order waits for; missing when nobody's.")


def _order() -> Facts:
    return {
        "status": _status(),
        "hold": of(Order, "hold", "legal", "Why the order is held; missing when it is not."),
        **buyer(),
        "channel": of(Order, "channel", "web", "Through which channel it was sold."),
        "source": of(Order, "source", "shopify"),
        "payment_state": of(Order, "payment_state", "captured", "What the selling system says of the money."),
        "currency": of(Order, "currency", "USD", "ISO 4217 code of the order's money."),
        "total_minor": of(OrderTotals, "total_minor", 12900, "The order's total."),
        "risk_score": of(Order, "risk_score", 12, "The seller's fraud score, 0 harmless to 100.", "points"),
        "line_count": number("lines", "How many lines the order has.", 3),
        "exception": _open_exception(),
        "waiting_for": _waiting_for(),
        "status_since": of(Order, "status_since", "2026-11-09T15:00:00Z", "When the order took its status (UTC)."),
    }


def _shipment() -> Facts:
    return {
        "status": of(Shipment, "status", "in_transit", "Where the shipment is on its way."),
        "exception": choice(_OF_ORDERS, "The code of its oldest open exception; missing without one.", "pick_failed"),
        "hold": of(Order, "hold", "legal", "Why its order is held; missing when it is not."),
        "location_id": of(Shipment, "location_id", "us-east", "The location it ships from."),
        "carrier": of(Shipment, "carrier", "swiftparcel", "Its carrier; missing before one is chosen."),
        "service": of(Shipment, "service", "ground", "The carrier's service; missing before one is chosen."),
        "label_bought": flag("Whether it has a label that is not void."),
        "attempt": of(Shipment, "attempt", 1, unit="attempts"),
        "parcel_count": number("parcels", "How many parcels it has.", 1),
        **buyer(),
        "status_since": of(Shipment, "status_since", "2026-11-09T15:00:00Z", "When it took its status (UTC)."),
        "ship_by": of(Shipment, "ship_by", "2026-11-09T22:00:00Z", "By when it must leave (UTC)."),
    }


def _deadline() -> Facts:
    return {
        "status": _status(),
        "exception": _open_exception(ExceptionCode),
        **buyer(),
        "waiting_for": _waiting_for(),
        "status_since": moment("When the order took its status (UTC)."),
        "exception_since": of(
            ExceptionCase, "raised_at", "2026-11-09T15:00:00Z", "When the oldest open exception was raised (UTC)."
        ),
    }


def _exception(owners: Sequence[str]) -> Facts:
    return {
        "code": of(ExceptionCase, "code", "pick_failed", "The exception's code in the catalog."),
        "subject": of(
            CatalogEntry, "subject", "order", "Whether it is about the order, one shipment of it, or a credential."
        ),
        "system": choice(get_args(SystemKind), "Where the credential opens; missing for an order.", "carrier"),
        "order_status": choice(OrderStatus, "The order's status when it was raised.", "released"),
        "shipment_status": choice(ShipmentStatus, "The shipment's status then; missing without a shipment.", "picked"),
        "state": of(ExceptionCase, "state", "open", "How far the work on it is."),
        "owner": choice(owners, "Who answers for it now; missing before it is routed.", "operations"),
        "attempts": number("attempts", "How often this was tried before it was raised.", 1),
        **buyer(),
        "total_minor": of(OrderTotals, "total_minor", 12900, "The order's total."),
        "raised_at": of(ExceptionCase, "raised_at", "2026-11-09T15:00:00Z", "When it was raised (UTC)."),
    }


def _assignment(owners: Sequence[str]) -> Facts:
    return {
        "owner": choice(owners, "The owner answerable now.", "warehouse"),
        "hours_out": number("business hours", "How long the owner has been away or silent.", 5),
        "deputy_hours_out": number("business hours", "How long the owner's deputy has been away or silent.", 0),
        "open_items": number("items", "Orders and exceptions this owner has open.", 14),
        "priority": of(Order, "priority", "standard", "How the customer paid to have it handled."),
        "severity": of(ExceptionCase, "severity", "medium", "How bad the exception is; missing for an order."),
    }


def _notification() -> Facts:
    return {
        "event_type": text("The event's type.", "dockline.order.shipped.v1"),
        "status": _status(),
        "shipment_status": of(Shipment, "status", "in_transit", "Where the shipment is on its way."),
        "exception": _open_exception(),
        "severity": of(ExceptionCase, "severity", "medium", "How bad the exception is."),
        "level": of(ExceptionCase, "escalation_level", 1, "The escalation's level.", "level"),
        **buyer(),
        "local_hour": number("hour of the day", "The hour where the reader is, 0 to 23; missing when unknown.", 14),
    }


def _intake() -> Facts:
    return {
        **buyer(),
        "payment_state": of(Order, "payment_state", "captured", "What the selling system says of the money."),
        "carrier_needs_phone": flag("Whether every carrier that serves the address asks for a phone number."),
        "phone_given": flag("Whether the address has a phone number."),
        "email_given": flag("Whether the customer can be mailed."),
        "name_given": flag("Whether the address names a person or a company."),
        "days_to_delivery": number("days", "From now to the delivery the customer asked for.", 4),
        "subtotal_minor": of(OrderTotals, "subtotal_minor", 10000, "The lines before discount, shipping and tax."),
        "discount_minor": of(OrderTotals, "discount_minor", 500, "What was taken off."),
        "shipping_minor": of(OrderTotals, "shipping_minor", 900, "What the customer pays for shipping."),
        "tax_minor": of(OrderTotals, "tax_minor", 800, "Tax that comes on top of the prices."),
        "total_minor": of(OrderTotals, "total_minor", 11200, "What the customer pays."),
        "lines": lines(
            "The lines of the order.",
            {
                "sku": text("The article.", "TEA-001"),
                "quantity": number("SKU units", "How many were ordered.", 2),
                "line_minor": number("minor units of its currency", "Unit price times quantity.", 10000),
                "unit_weight_g": number("grams", "One unit; missing when neither shop nor catalog says.", 250),
                "customs_code_given": flag("Whether the article has a customs tariff number."),
            },
        ),
        "international": flag("Whether the parcel crosses a customs border.", False),
    }
