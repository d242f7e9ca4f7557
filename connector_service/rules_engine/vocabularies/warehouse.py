"""Vocabularies about what lies, is picked, packed, labelled and collected in a warehouse."""

from __future__ import annotations

from canonical_models import Dimensions, InventoryPosition, Parcel, Pickup, Product, Reservation, ShipmentLine
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
from connector_service.rules_engine.vocabularies.orders import Declared, Facts


def warehouse_vocabularies() -> dict[str, Declared]:
    """Every vocabulary of this module by its name."""
    return {
        "inventory@1": ("Stock of one SKU in one lot at one location, for questions of what it is good for.", _stock()),
        "pre_pick@1": ("What is about to be picked, against what the warehouse counted.", _pre_pick()),
        "post_pick@1": ("What was picked, against what was ordered.", _post_pick()),
        "packing@1": ("A packed parcel, against what it should be.", _packing()),
        "shipping@1": ("A bought label, against the shipment it is for.", _shipping()),
        "pickup@1": ("A carrier's collection at a location, for questions of what to do about it.", _pickup()),
    }


def _units(description: str, example: int) -> FactDocument:
    return number("SKU units", description, example)


def _sku() -> FactDocument:
    return of(ShipmentLine, "sku", "TEA-001", "The article.")


def _lot_status() -> FactDocument:
    return choice(("ok", "expired", "recalled", "missing"), "What is known of the lot.", "ok")


def _stock() -> Facts:
    return {
        "sku": of(InventoryPosition, "sku", "TEA-001", "The article."),
        "location_id": of(InventoryPosition, "location_id", "us-east", "Where it lies."),
        "lot": of(InventoryPosition, "lot", "L-2291"),
        "lot_tracked": of(Product, "lot_tracked", False, "Whether the article is kept by lot."),
        "lot_status": _lot_status(),
        "on_hand": of(InventoryPosition, "on_hand", 40, "What lies there.", "SKU units"),
        "reserved": of(InventoryPosition, "reserved", 12, "What orders have a claim on.", "SKU units"),
        "unavailable": of(InventoryPosition, "unavailable", 0, "What may not be promised.", "SKU units"),
        "available": _units("What may be promised to the next order: on hand less reserved and unavailable.", 28),
        "reservation": of(Reservation, "state", "held", "The state of the reservation in question, if there is one."),
        "days_to_expiry": number("days", "Until the lot expires; missing when it does not.", 120),
        "hours_since_count": number("hours", "How old the figures are.", 2),
        "as_of": of(InventoryPosition, "as_of", "2026-11-09T15:00:00Z", "When the figures were taken (UTC)."),
    }


def _pre_pick() -> Facts:
    line = {
        "sku": _sku(),
        "quantity": of(ShipmentLine, "quantity", 2, "How many are to be picked.", "SKU units"),
        "sku_known": flag("Whether the warehouse knows the article."),
        "counted": _units("What the warehouse counts on hand.", 10),
        "lot": of(ShipmentLine, "lot", "L-2291", "The lot allocated."),
        "lot_required": flag("Whether the line must come from a known lot.", False),
        "lot_status": _lot_status(),
    }
    return {"lines": lines("The lines of the shipment.", line)}


def _post_pick() -> Facts:
    line = {
        "sku": _sku(),
        "ordered": _units("How many were to be picked.", 2),
        "picked": of(ShipmentLine, "quantity_picked", 2, "How many were picked.", "SKU units"),
        "barcode_expected": of(Product, "barcode", "4006381333931", "The article's barcode; missing when it has none."),
        "barcode_scanned": of(ShipmentLine, "barcode_scanned", "4006381333931", "The barcode scanned."),
        "lot_allocated": of(ShipmentLine, "lot", "L-2291", "The lot to pick from; missing when any will do."),
        "lot_picked": of(ShipmentLine, "lot_picked", "L-2291", "The lot picked from."),
    }
    return {"lines": lines("The lines of the shipment.", line)}


def _packing() -> Facts:
    return {
        "weight_g": of(Parcel, "weight_g", 1250, "The parcel on the scale."),
        "expected_weight_g": number("grams", "Contents and box by the catalog.", 1200),
        "length_mm": of(Dimensions, "length_mm", 300, "The parcel's length."),
        "width_mm": of(Dimensions, "width_mm", 200, "The parcel's width."),
        "height_mm": of(Dimensions, "height_mm", 150, "The parcel's height."),
        "lines": lines(
            "The lines in the parcel.",
            {
                "sku": _sku(),
                "ordered": _units("How many belong in it.", 2),
                "packed": of(ShipmentLine, "quantity_packed", 2, "How many were packed.", "SKU units"),
            },
        ),
    }


def _shipping() -> Facts:
    return {
        "checksum_ok": flag("Whether the tracking number's check digit is right."),
        "carrier_matches": flag("Whether the label is from the carrier chosen."),
        "service_matches": flag("Whether the label is for the service chosen."),
        "address_matches": flag("Whether the label shows the order's address."),
        "pieces_match": flag("Whether there is a tracking number for each parcel, or one for all of them."),
        "cost_minor": number("minor units", "What the label cost; missing in another currency than the offer.", 950),
        "offered_minor": number("minor units", "What the carrier offered to take for it.", 900),
        "label_weight_g": number("grams", "The weight the label was bought for.", 1250),
        "weight_g": of(Parcel, "weight_g", 1250, "The parcel on the scale."),
        "transit_days": number("business days", "How long the carrier will take.", 3),
        "promised_days": number("business days", "What the customer was promised.", 3),
    }


def _pickup() -> Facts:
    return {
        "question": choice(("owner", "deadline"), "What is asked: who looks after it, or by when.", "owner"),
        "status": of(Pickup, "status", "confirmed", "How far the appointment is."),
        "trouble": of(Pickup, "trouble", "pickup_refused", "Why somebody has to look at it; missing when all is well."),
        "location_id": of(Pickup, "location_id", "us-east", "Where the parcels wait."),
        "carrier": of(Pickup, "carrier", "swiftparcel", "Who collects them."),
        "parcels_waiting": number("parcels", "How many wait to be collected.", 42),
        "express_waiting": number("parcels", "How many of them are express.", 3),
        "minutes_to_window_end": number("minutes", "Until the window closes; negative when it has.", 45),
        "confirmed": flag("Whether the carrier gave a confirmation number."),
        "route": text("The carrier's route, where it names one.", "R-7"),
        "window_start": of(Pickup, "window_start", "2026-11-09T20:00:00Z", "When the driver may come (UTC)."),
        "window_end": of(Pickup, "window_end", "2026-11-09T22:00:00Z", "When the driver must have come (UTC)."),
        "ready_at": moment("When the parcels were ready (UTC)."),
        "trouble_since": moment("Since when somebody has to look at it (UTC)."),
    }
