"""Which carrier's offer is taken, and why: a pure function of the offers and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass

from canonical_models.money import in_words
from connector_service.carriers.choice_terms import MILLI, Question, Scored, days_late, scored

_SOURCES = {"live": "", "cached": " (its answer of a while ago)", "negotiated": " (as agreed with it)"}


@dataclass(frozen=True, slots=True)
class CarrierChoice:
    """The offers that may be taken, best first, and those that may not, in the order they would have."""

    ranked: tuple[Scored, ...]
    vetoed: tuple[Scored, ...]
    because: str


def choose(question: Question) -> CarrierChoice:
    """Rank the offers. The same question has the same answer, in whatever order its offers are given."""
    everything = sorted((scored(question, each) for each in question.candidates), key=lambda each: each.rank)
    ranked = tuple(each for each in everything if not each.candidate.vetoes)
    vetoed = tuple(each for each in everything if each.candidate.vetoes)
    return CarrierChoice(ranked, vetoed, _because(question, ranked, vetoed))


def _because(question: Question, ranked: tuple[Scored, ...], vetoed: tuple[Scored, ...]) -> str:
    if not ranked:
        named = " ".join(f"{_name(each)}: {each.candidate.vetoes[0]}" for each in vetoed[:3])
        return f"None of {len(vetoed)} offers may be taken. {named}".strip()
    best, *others = ranked
    days = question.promised_days
    said = [f"{_offer(best)}: {_place(question, ranked)}{'' if days is None else f' for a promise of {days} days'}."]
    if others:
        said.append(_beside(question, best, others[0]))
    if best.candidate.cost_minor is None:
        said.append(f"No offer can be compared in {question.currency}: there is no rate of exchange.")
    elif any(each.candidate.cost_minor is None for each in others):
        said.append(f"Offers without a rate of exchange to {question.currency} come last.")
    cheaper = [each for each in vetoed if each.rank < best.rank]
    if cheaper:
        said.append(f"{_name(cheaper[0])} is out: {cheaper[0].candidate.vetoes[0]}")
    return " ".join(said)


def _place(question: Question, ranked: tuple[Scored, ...]) -> str:
    """What the best is among the offers that may be taken."""
    best, *others = ranked
    rate, cost = best.candidate.rate, best.candidate.cost_minor
    of = f"of {len(ranked)} offers" if others else "the only offer that may be taken"
    if not others:
        return of
    in_time = [each for each in ranked if not days_late(question.promised_days, each.candidate.rate.transit_days)]
    if not in_time:
        return f"none is fast enough, the best {of}"
    comparable = [each.candidate.cost_minor for each in in_time if each.candidate.cost_minor is not None]
    fits = not days_late(question.promised_days, rate.transit_days)
    cheapest = fits and cost is not None and cost <= min(comparable)
    return f"the cheapest in time {of}" if cheapest else f"the best {of}"


def _beside(question: Question, best: Scored, other: Scored) -> str:
    """Which terms put the runner-up behind, and which spoke for it; the largest first."""
    apart = {name: other.terms.get(name, 0) - best.terms.get(name, 0) for name in {**best.terms, **other.terms}}
    named = sorted((name for name in apart if apart[name]), key=lambda name: (-abs(apart[name]), name))
    against = [f"{name} {_amount(question, apart[name])}" for name in named if apart[name] > 0]
    its_own = [f"{name} {_amount(question, -apart[name])}" for name in named if apart[name] < 0]
    if other.candidate.cost_minor is None and best.candidate.cost_minor is not None:
        return f"Next is {_offer(other)}, whose price cannot be compared."
    if not named:
        return f"Next is {_offer(other)}, equal in everything that counts."
    behind = f"behind by {' and '.join(against)}" if against else "equal"
    ahead = f", ahead by {' and '.join(its_own)}" if its_own else ""
    return f"Next is {_offer(other)}, {behind}{ahead}."


def _amount(question: Question, milli: int) -> str:
    return in_words((milli + MILLI // 2) // MILLI, question.currency)


def _name(each: Scored) -> str:
    return f"{each.candidate.rate.carrier} {each.candidate.rate.service}"


def _offer(each: Scored) -> str:
    rate = each.candidate.rate
    days = f"{rate.transit_days} day{'' if rate.transit_days == 1 else 's'}"
    return f"{_name(each)}{_SOURCES[rate.source]} at {in_words(rate.cost_minor, rate.currency)}, {days}"
