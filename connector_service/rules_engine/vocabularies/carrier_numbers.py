"""The numbers of the rule file carrier-choice that the choice of a carrier reads."""

from __future__ import annotations

from collections.abc import Mapping

from connector_service.rules_engine.vocabularies.fact_words import MINOR_UNITS, step_number
from connector_service.rules_engine.vocabularies.orders import Facts

_TERMS = {
    "cost": "what the carrier asks",
    "lateness": "arriving after the promise",
    "performance": "what late, damaged and lost parcels and failed labels are likely to cost",
    "agreement": "falling short of what is agreed for the order's service level",
    "mix": "a carrier's parcels over its share of the month",
    "source": "a price that the carrier did not confirm just now",
    "merit": "what the weights of the rules that hold for an offer lack to 1,000",
}
_PRICES = {
    "late_minor": ("A parcel that will come after the promise, however late.", 100_000),
    "late_day_minor": ("One day after the promise.", 300),
    "late_parcel_minor": ("A parcel that comes later than its carrier said; counted by how likely that is.", 1_000),
    "claim_minor": ("A damaged or lost parcel; counted by how likely that is.", 3_000),
    "label_failure_minor": ("A label that fails; counted by how likely that is.", 200),
    "agreement_day_minor": ("One day over the days agreed for the order's service level.", 300),
    "agreement_share_minor": ("Missing all of the agreed share of parcels in time; a tenth of it for a tenth.", 1_000),
    "mix_minor": ("A carrier wholly over its share of the month; a tenth of it at a tenth over.", 1_000),
    "cached_minor": ("A price that the carrier gave a while ago.", 5),
    "negotiated_minor": ("A price by contract, from a carrier that did not answer.", 50),
    "silent_minor": ("An offer of a carrier whose system does not answer now.", 2_000),
    "merit_minor": ("An offer that no rule speaks for; nothing at a merit of 1,000.", 100),
}


def term_weights(terms: Mapping[str, str]) -> Facts:
    """How much each term counts."""
    return {
        f"{term}_weight": step_number(
            "per mille", f"How much {words} counts: 1000 once, 0 not at all.", 0, 10_000, 1_000
        )
        for term, words in terms.items()
    }


def carrier_numbers() -> Facts:
    """All of them."""
    prices = {name: step_number(MINOR_UNITS, words, 0, 1_000_000, usual) for name, (words, usual) in _PRICES.items()}
    return {**term_weights(_TERMS), **prices, **_prior()}


def _prior() -> Facts:
    return {
        "history_months": step_number("months", "So many months count, this one among them.", 1, 24, 3),
        "prior_parcels": step_number(
            "parcels", "How many of its parcels weigh as much as what is expected of any service.", 1, 100_000, 20
        ),
        "prior_on_time_per_mille": step_number(
            "per mille", "In time, of the parcels of a service that nobody has used.", 0, 1_000, 950
        ),
        "prior_claims_per_mille": step_number(
            "per mille", "Damaged or lost, of the parcels of a service that nobody has used.", 0, 1_000, 5
        ),
        "prior_label_failures_per_mille": step_number(
            "per mille", "Failed, of the labels of a service that nobody has used.", 0, 1_000, 5
        ),
    }
