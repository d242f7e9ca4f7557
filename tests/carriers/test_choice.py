"""Which offer is taken: never one that another beats in everything, never a vetoed one, in whatever order they come."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from connector_service.adapters.carrier_contract import Rate
from connector_service.carriers.choice import choose
from connector_service.carriers.choice_terms import Agreement, Candidate, Prices, Question, Weights
from connector_service.carriers.record import Reckoned

PRICES = Prices(
    late_minor=100_000,
    late_day_minor=300,
    late_parcel_minor=1_000,
    claim_minor=3_000,
    label_failure_minor=200,
    agreement_day_minor=300,
    agreement_share_minor=1_000,
    mix_minor=1_000,
    cached_minor=5,
    negotiated_minor=50,
    silent_minor=2_000,
    merit_minor=100,
)
RECKONED = Reckoned(950, 5, 5)


def offer(carrier: str = "ups", cost: int = 800, days: int = 3, **changes: Any) -> Candidate:
    said = {name: changes.pop(name) for name in ("source", "currency", "service") if name in changes}
    rate = Rate(carrier, said.pop("service", "ground"), cost, said.pop("currency", "USD"), days, f"Q-{carrier}", **said)
    return Candidate(rate, **{"cost_minor": cost, "reckoned": RECKONED, **changes})


def question(*candidates: Candidate, **changes: Any) -> Question:
    fields: dict[str, Any] = {
        "currency": "USD",
        "promised_days": 4,
        "agreement": Agreement(),
        "weights": Weights(),
        "prices": PRICES,
    }
    return Question(candidates, **{**fields, **changes})


def order_of(asked: Question) -> list[str]:
    return [each.candidate.rate.carrier for each in choose(asked).ranked]


def test_the_cheapest_that_keeps_the_promise_is_taken() -> None:
    found = choose(question(offer("fedex", 900, 2), offer("ups", 800, 4), offer("usps", 300, 6)))
    assert [each.candidate.rate.carrier for each in found.ranked] == ["ups", "fedex", "usps"]
    assert found.because == (
        "ups ground at 8.00 USD, 4 days: the cheapest in time of 3 offers for a promise of 4 days. "
        "Next is fedex ground at 9.00 USD, 2 days, behind by cost 1.00 USD."
    )


def test_where_nothing_is_in_time_the_least_late_day_counts_against_the_price() -> None:
    found = choose(question(offer("slow", 100, 9), offer("less-slow", 900, 6)))
    assert found.ranked[0].candidate.rate.carrier == "less-slow"
    assert "none is fast enough, the best of 2 offers" in found.because
    assert "behind by lateness 9.00 USD, ahead by cost 8.00 USD." in found.because


def test_without_a_promise_nothing_is_late() -> None:
    found = choose(question(offer("fast", 900, 1), offer("slow", 800, 9), promised_days=None))
    assert found.ranked[0].candidate.rate.carrier == "slow"
    assert "the cheapest in time of 2 offers. Next" in found.because


def test_a_carrier_that_is_often_late_loses_to_a_slightly_dearer_one() -> None:
    found = choose(question(offer("late", 800, reckoned=Reckoned(700, 5, 5)), offer("punctual", 900)))
    assert found.ranked[0].candidate.rate.carrier == "punctual"
    assert "the best of 2 offers" in found.because
    assert "behind by performance 2.50 USD, ahead by cost 1.00 USD." in found.because


def test_damage_and_failed_labels_count_by_how_likely_they_are() -> None:
    terms = choose(question(offer(reckoned=Reckoned(1000, 10, 30)))).ranked[0].terms
    assert terms["performance"] == 3_000 * 10 + 200 * 30


def test_an_agreement_counts_by_days_over_it_and_by_the_share_that_is_missing() -> None:
    terms = choose(question(offer(days=3), agreement=Agreement(1, 980))).ranked[0].terms
    assert terms["agreement"] == 2 * 300_000 + 30 * 1_000
    assert "agreement" not in choose(question(offer(days=1), agreement=Agreement(1, 950))).ranked[0].terms


def test_a_carrier_over_its_share_gives_way_to_a_slightly_dearer_one() -> None:
    assert order_of(question(offer("much", 800, mix_over=200), offer("little", 900))) == ["little", "much"]
    assert order_of(question(offer("much", 800, mix_over=50), offer("little", 900))) == ["much", "little"]


def test_a_price_said_just_now_beats_an_older_one_a_contract_and_a_carrier_that_does_not_answer() -> None:
    offers = [
        offer("a", source="cached", silent=True),
        offer("b", source="negotiated"),
        offer("c", source="cached"),
        offer("d"),
    ]
    assert order_of(question(*offers)) == ["d", "c", "b", "a"]


def test_rules_that_speak_for_an_offer_count() -> None:
    assert order_of(question(offer("a", 800), offer("b", 850, merit=600))) == ["b", "a"]
    assert "merit" not in choose(question(offer(merit=1_200))).ranked[0].terms


def test_an_offer_that_cannot_be_compared_comes_last_however_cheap() -> None:
    euros = offer("dhl_express", 1, currency="EUR", cost_minor=None)
    found = choose(question(euros, offer("ups", 99_999, 30)))
    assert [each.candidate.rate.carrier for each in found.ranked] == ["ups", "dhl_express"]
    assert "Next is dhl_express ground at 0.01 EUR, 3 days, whose price cannot be compared." in found.because
    assert found.because.endswith("Offers without a rate of exchange to USD come last.")


def test_where_nothing_can_be_compared_the_least_late_comes_first_and_the_reason_says_so() -> None:
    found = choose(
        question(*(offer(name, 500, days, currency="EUR", cost_minor=None) for name, days in (("a", 9), ("b", 2))))
    )
    assert found.ranked[0].candidate.rate.carrier == "b"
    assert found.because.endswith("No offer can be compared in USD: there is no rate of exchange.")


def test_a_cheaper_offer_that_is_out_is_named_with_its_reason() -> None:
    found = choose(question(offer("usps", 300, vetoes=("Dangerous goods (CAV-020): no permit.",)), offer("ups", 800)))
    assert [each.candidate.rate.carrier for each in found.vetoed] == ["usps"]
    assert found.because.endswith("usps ground is out: Dangerous goods (CAV-020): no permit.")
    assert "the only offer that may be taken" in found.because


def test_when_every_offer_is_out_the_reasons_are_named() -> None:
    found = choose(question(offer("a", vetoes=("Too heavy.",)), offer("b", vetoes=("Too long.",))))
    assert found.ranked == ()
    assert found.because == "None of 2 offers may be taken. a ground: Too heavy. b ground: Too long."


def test_equal_offers_are_told_apart_by_name() -> None:
    found = choose(question(offer("b"), offer("a")))
    assert [each.candidate.rate.carrier for each in found.ranked] == ["a", "b"]
    assert "Next is b ground at 8.00 USD, 3 days, equal in everything that counts." in found.because


def test_a_weight_of_nothing_leaves_its_term_out() -> None:
    assert order_of(question(offer("a", 900, 2), offer("b", 800, 9), weights=Weights(lateness=0))) == ["b", "a"]


RECKONINGS = st.builds(Reckoned, st.integers(0, 1_000), st.integers(0, 200), st.integers(0, 200))
OFFERS = st.builds(
    offer,
    st.sampled_from(["ups", "fedex", "usps", "dhl_express"]),
    st.integers(1, 5_000),
    st.integers(0, 10),
    service=st.sampled_from(["ground", "air"]),
    source=st.sampled_from(["live", "cached", "negotiated"]),
    reckoned=RECKONINGS,
    mix_over=st.integers(0, 1_000),
    merit=st.integers(-600, 1_200),
    vetoes=st.sampled_from([(), (), (), ("Out.",)]),
)
WEIGHTS = st.builds(Weights, *[st.sampled_from([0, 500, 1_000, 3_000])] * 7)
AGREEMENTS = st.builds(Agreement, st.none() | st.integers(0, 6), st.none() | st.integers(0, 1_000))


@given(st.lists(OFFERS, max_size=8), st.randoms(use_true_random=False), WEIGHTS, AGREEMENTS)
def test_the_order_of_the_offers_does_not_matter(
    offers: list[Candidate], rng: Random, weights: Weights, agreed: Agreement
) -> None:
    named = [replace(each, rate=replace(each.rate, quote_id=f"Q-{at}")) for at, each in enumerate(offers)]
    shuffled = rng.sample(named, len(named))
    first = choose(question(*named, weights=weights, agreement=agreed))
    assert choose(question(*shuffled, weights=weights, agreement=agreed)) == first


@given(st.lists(OFFERS, min_size=1, max_size=8), WEIGHTS)
def test_a_vetoed_offer_never_wins_and_none_is_lost(offers: list[Candidate], weights: Weights) -> None:
    found = choose(question(*offers, weights=weights))
    assert not any(each.candidate.vetoes for each in found.ranked)
    assert all(each.candidate.vetoes for each in found.vetoed)
    assert len(found.ranked) + len(found.vetoed) == len(offers)


@given(OFFERS, st.lists(OFFERS, max_size=6), WEIGHTS, AGREEMENTS, st.none() | st.integers(0, 8), st.data())
def test_an_offer_that_is_cheaper_faster_and_more_reliable_never_loses(
    worse: Candidate,
    others: list[Candidate],
    weights: Weights,
    agreed: Agreement,
    promised: int | None,
    data: st.DataObject,
) -> None:
    reckoned, rate = worse.reckoned, worse.rate
    better = replace(
        worse,
        cost_minor=data.draw(st.integers(0, rate.cost_minor - 1)),
        rate=replace(rate, carrier="zz", transit_days=data.draw(st.integers(0, rate.transit_days))),
        reckoned=Reckoned(
            data.draw(st.integers(reckoned.on_time_per_mille, 1_000)),
            data.draw(st.integers(0, reckoned.claims_per_mille)),
            data.draw(st.integers(0, reckoned.label_failures_per_mille)),
        ),
        vetoes=(),
    )
    asked = question(worse, *others, better, weights=weights, agreement=agreed, promised_days=promised)
    ranked = [each.candidate for each in choose(asked).ranked]
    assert worse not in ranked or ranked.index(better) < ranked.index(worse)
