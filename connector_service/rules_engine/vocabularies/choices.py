"""Vocabularies about candidates: locations, carriers' offers, and remedies, each judged one by one."""

from __future__ import annotations

from collections.abc import Sequence

from canonical_models import Dimensions, ExceptionCase, Location, Offer, Order, Parcel
from canonical_models.remediation import RemediationIntent
from connector_service.rules_engine.vocabularies.carrier_numbers import carrier_numbers, term_weights
from connector_service.rules_engine.vocabularies.fact_words import (
    MINOR_UNITS,
    choice,
    flag,
    money,
    number,
    of,
    step_number,
    text,
)
from connector_service.rules_engine.vocabularies.orders import Declared, Facts


def choice_vocabularies(owners: Sequence[str]) -> dict[str, Declared]:
    """Every vocabulary of this module by its name."""
    return {
        "location@1": ("One location that could ship an order, for questions of which is best.", _location()),
        "carrier@1": ("One carrier's offer for a shipment, for questions of which is best.", _carrier()),
        "remediation@1": ("A remedy that wants to run on its own, for questions of whether it may.", _remedy(owners)),
    }


def step_numbers() -> dict[str, Facts]:
    """By vocabulary, the numbers of its files that the connector's steps read, beside what the rules answer."""
    return {"location@1": {**_weights(), **_prices(), **_limits()}, "carrier@1": carrier_numbers()}


def _weights() -> Facts:
    terms = {
        "landed_cost": "what handling and carriage cost",
        "lateness": "days after the promise",
        "shipments": "every shipment more",
        "utilisation": "how full the day of a location is",
        "balance": "units taken out of what a location keeps for its own customers",
        "merit": "what the weights of the rules that hold for a location lack to 1,000",
    }
    return term_weights(terms)


def _prices() -> Facts:
    prices = {
        "late_day_minor": ("One shipment that arrives one day after the promise.", 300),
        "shipment_minor": ("One more shipment, beside its handling and carriage.", 200),
        "full_minor": ("One shipment from a location whose day is full; half of it from one half full.", 100),
        "drained_minor": ("One unit taken out of what a location keeps for its own customers.", 100),
        "merit_minor": ("One shipment from a location that no rule speaks for; nothing at a merit of 1,000.", 200),
    }
    return {name: step_number(MINOR_UNITS, words, 0, 1_000_000, usual) for name, (words, usual) in prices.items()}


def _limits() -> Facts:
    return {
        "max_splits": step_number("locations", "How many locations more than one may ship an order.", 0, 100, 20),
        "spread_per_mille": step_number(
            "per mille",
            "Locations whose cost differs by up to this share the orders; 0: only equal ones do.",
            0,
            100,
            50,
        ),
        "budget_ms": step_number(
            "milliseconds", "So long a better plan is looked for; 0 takes the first one found.", 0, 500, 50
        ),
        "keep_days": step_number(
            "days", "For so many days of its own recent demand a location keeps stock, where it can.", 0, 60, 3
        ),
    }


def _goods() -> Facts:
    return {
        "hazmat": flag("Whether dangerous goods are among the lines.", False),
        "lithium": flag("Whether lithium batteries are among the lines.", False),
    }


def _location() -> Facts:
    return {
        "location_id": of(Location, "id", "us-east", "The candidate."),
        "kind": of(Location, "kind", "warehouse", "What it is: warehouse, store or 3PL."),
        "serves_country": flag("Whether it ships to the order's country."),
        "same_country": flag("Whether it lies in the order's country."),
        "same_region": flag("Whether it lies in the order's region as well."),
        "failed_before": flag("Whether it could not pick this order before.", False),
        "answers": flag("Whether its warehouse system answers now; missing when nobody has called it."),
        "carrier_collects": flag(
            "Whether one of its carriers has an account with the seller; missing when any may collect."
        ),
        **_goods(),
        "handles_hazmat": flag("Whether it may store and pack dangerous goods."),
        "handles_lithium": flag("Whether it may pack lithium batteries."),
        "cold_chain": flag("Whether lines must stay cold.", False),
        "handles_cold_chain": flag("Whether it can keep lines cold."),
        "units_needed": number("SKU units", "What the order still needs.", 4),
        "units_available": number("SKU units", "What of that this location can promise.", 4),
        "cover_days": number(
            "days",
            "How long its stock lasts after this order, of the line that lasts the shortest, by what sold there in the "
            "last four weeks; missing before a week is known.",
            30,
        ),
        "capacity_used_pct": number(
            "percent", "How much of the capacity of the day it ships next is taken; missing without one.", 60
        ),
        "minutes_to_cut_off": number(
            "minutes",
            "Until today's cut-off, negative after it; missing when it does not ship today or names none.",
            90,
        ),
        "handling_minor": of(Location, "handling_minor", 250, "What it asks to handle one shipment."),
        "cheapest_handling_minor": money("What the cheapest candidate asks.", 200),
        "priority": of(Order, "priority", "standard", "How the customer paid to have it handled."),
    }


def _carrier() -> Facts:
    return {
        "carrier": of(Offer, "carrier", "swiftparcel", "Whose offer it is."),
        "service": of(Offer, "service", "ground", "The service offered."),
        "cost_minor": of(Offer, "cost_minor", 890, "What the offer costs."),
        "cheapest_minor": money("What the cheapest offer costs.", 790),
        "transit_days": of(Offer, "transit_days", 3, "How long the offer takes.", "business days"),
        "promised_days": number("business days", "What the customer was promised; missing without a promise.", 3),
        "agreed_days": number("business days", "What is agreed for orders of its service level; missing if none.", 2),
        "source": of(Offer, "source", "live", "Whether the carrier said so now, a while ago, or by contract only."),
        "comparable": flag("Whether there is a rate of exchange from its currency to the order's."),
        **_record(),
        "weight_g": of(Parcel, "weight_g", 1250, "The heaviest parcel."),
        "max_weight_g": number("grams", "What the service takes at most; missing when unknown.", 30000),
        "length_mm": of(Dimensions, "length_mm", 300, "The longest side of a parcel."),
        "max_length_mm": number("millimetres", "The longest side the service takes; missing when unknown.", 1200),
        "girth_mm": number("millimetres", "Length and twice both other sides, of the parcel where that is most.", 900),
        "max_girth_mm": number("millimetres", "The girth the service takes; missing when unknown.", 4191),
        "po_box": flag("Whether the address is a post office box.", False),
        "delivers_to_po_box": flag("Whether the service does."),
        "military": flag("Whether the address is one of the forces abroad (APO, FPO, DPO).", False),
        "delivers_to_military": flag("Whether the service delivers there."),
        "serves_country": flag("Whether the service goes to the country; missing when unknown."),
        **_goods(),
        "takes_hazmat": flag("Whether the service does."),
        "takes_lithium": flag("Whether the service does."),
        "international": flag("Whether the parcel crosses a customs border.", False),
        "customs_data_complete": flag("Whether tariff numbers and prices are there for every line."),
        "phone_given": flag("Whether the address has a phone number."),
        "needs_phone": flag("Whether the carrier asks for one.", False),
        "answers": flag("Whether the carrier's system answers now."),
        "minutes_to_pickup": number("minutes", "Until the carrier's last collection today; negative after.", 90),
        "declared_minor": money("What the parcel is worth.", 12900),
        "liability_minor": money("What the carrier pays for a lost parcel.", 50000),
        "priority": of(Order, "priority", "standard", "How the customer paid to have it handled."),
    }


def _record() -> Facts:
    """What to expect by the months behind, starting from the prior that the file's numbers give."""
    return {
        "on_time_per_mille": number("per mille", "Parcels of this service that will be in time on this lane.", 962),
        "damaged_per_mille": number("per mille", "Parcels of this service that will be damaged or lost there.", 3),
        "label_failures_per_mille": number("per mille", "Labels of this service that will fail there.", 4),
        "parcels_known": number("parcels", "How many of them on this lane are known to have ended.", 120),
        "mix_over_per_mille": number("per mille", "By how much it would be over its carrier's share of the month.", 0),
    }


def _remedy(owners: Sequence[str]) -> Facts:
    return {
        "intent": choice(RemediationIntent, "What the remedy wants to do.", "new_label"),
        "exception": of(ExceptionCase, "code", "label_invalid", "The exception it is for."),
        "severity": of(ExceptionCase, "severity", "medium", "How bad the exception is."),
        "owner": choice(owners, "Who answers for the exception.", "carrier-desk"),
        "hold": of(Order, "hold", "legal", "Why the order is held; missing when it is not."),
        "confidence_pct": number("percent", "How sure the remedy is that it is right.", 93),
        "cost_minor": money("What it costs the seller: postage, goods, money back.", 890),
        "spent_today_minor": money("What remedies of this tenant cost today, this one not among them.", 12000),
        "total_minor": money("The order's total.", 12900),
        "done_before": number("times", "How often this was done for this order already.", 0),
        "reversible": flag("Whether it can be undone without cost."),
        "customer_agreed": flag("Whether the customer said yes to it.", False),
        "shipped": flag("Whether the goods have left.", False),
        "customer_tier": of(Order, "customer_tier", "standard", "What the customer's contract promises."),
        "country": text("Where the order ships to, ISO 3166-1 alpha-2.", "US"),
    }
