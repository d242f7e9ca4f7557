"""Which carrier's offer a shipment takes, by the rules and what is known of each carrier, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from canonical_models import Location, Order, Shipment
from connector_service.adapters.carrier_contract import Rate
from connector_service.carriers.choice import CarrierChoice, choose
from connector_service.carriers.choice_terms import Candidate, Question, Scored
from connector_service.carriers.compliance import Packed, customs_gaps, parcel_facts, service_facts
from connector_service.orders.carrier_knowledge import RULE_FILE, Knowledge, knowledge
from connector_service.orders.customs import crosses_customs
from connector_service.orders.ownership import keep_evaluation
from connector_service.orders.work import Work
from connector_service.rules_engine import Evaluation

MOST_OFFERS = 6
"""So many are kept with their scores: an event stays small however many services carriers offer."""
LONGEST_REASON = 1_000
_MENDED = "Put what is missing into the catalog, then let the shipment go on: the carriers are asked again."


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of one offer, and the facts they were asked with."""

    evaluation: Evaluation
    facts: Mapping[str, Any]
    merit: int
    vetoes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The offers that may be taken, best first, and all that is needed to explain it."""

    choice: CarrierChoice
    judged: Mapping[Rate, Judgement]
    customs: tuple[str, ...]
    """What the customs office would ask for and nobody knows; empty when it does not look."""

    @property
    def offers(self) -> list[Rate]:
        """The offers that may be taken, best first."""
        return [each.candidate.rate for each in self.choice.ranked]

    @property
    def because(self) -> str:
        """The reason in words; when no offer may be taken also what would mend that."""
        said = self.choice.because
        if self.customs and not self.choice.ranked:
            said = f"{said} Customs: {'; '.join(self.customs)}. {_MENDED}"
        return said[:LONGEST_REASON]

    def evidence(self) -> dict[str, Any]:
        """For the exception when no offer may be taken: what keeps each carrier out, and what customs misses."""
        kept_out = {_name(each): list(each.candidate.vetoes) for each in self.choice.vetoed[:MOST_OFFERS]}
        return {"vetoes": kept_out, "customs_data_missing": list(self.customs)}

    def details(self) -> dict[str, Any]:
        """The choice as an event keeps it; scores and terms in thousandths of a minor unit of the order's currency."""
        everything = (*self.choice.ranked, *self.choice.vetoed)
        versions = {each.evaluation.version for each in self.judged.values()}
        return {
            "because": self.because,
            "rule_file": RULE_FILE,
            "rule_versions": sorted(versions),
            "offers": [self._offer(each, each is everything[0]) for each in everything[:MOST_OFFERS]],
            "left_out": max(0, len(everything) - MOST_OFFERS),
        }

    def kept(self, work: Work, order: Order, shipment: Shipment) -> dict[str, Any]:
        """`details`, with what the rules said of each offer kept as a decision about the shipment, its id beside it."""
        details = self.details()
        everything = (*self.choice.ranked, *self.choice.vetoed)
        for offer, each in zip(details["offers"], everything, strict=False):
            judged = self.judged[each.candidate.rate]
            offer["decision"] = keep_evaluation(work, judged.evaluation, judged.facts, shipment.id, order.id)
        return details

    def _offer(self, each: Scored, first: bool) -> dict[str, Any]:
        rate, candidate, judged = each.candidate.rate, each.candidate, self.judged[each.candidate.rate]
        return {
            "carrier": rate.carrier,
            "service": rate.service,
            "chosen": first and not candidate.vetoes,
            "cost_minor": rate.cost_minor,
            "currency": rate.currency,
            "compared_minor": candidate.cost_minor,
            "transit_days": rate.transit_days,
            "source": rate.source,
            "score": each.score,
            "terms": dict(each.terms),
            "merit": judged.merit,
            "rules": list(judged.evaluation.fired),
            "vetoes": [words[:LONGEST_REASON] for words in candidate.vetoes],
            "on_time_per_mille": candidate.reckoned.on_time_per_mille,
            "claims_per_mille": candidate.reckoned.claims_per_mille,
            "label_failures_per_mille": candidate.reckoned.label_failures_per_mille,
            "parcels_known": candidate.reckoned.parcels,
            "mix_over_per_mille": candidate.mix_over,
        }


def rank(work: Work, order: Order, shipment: Shipment, rates: Sequence[Rate], promised_days: int | None) -> Ranking:
    """Put carriers' offers for a shipment in order; asks nobody but the rules and the transaction.

    When no offer may be taken `Ranking.offers` is empty, and `because` and `evidence` are for the exception.
    """
    origin = next(each for each in work.tx.locations() if each.id == shipment.location_id)
    known = knowledge(work, order, origin)
    goods = _goods(work, order, shipment)
    asked = _Asked(order, origin, known, goods, promised_days, [known.compared(rate) for rate in rates])
    shared = asked.shared_facts(shipment)
    judged: dict[Rate, Judgement] = {}
    candidates = []
    for rate, cost in zip(rates, asked.costs, strict=True):
        answers = work.answers(work.tenant_id, rate.carrier)
        over = known.settings.over_share(rate.carrier, known.sold)
        candidate = Candidate(rate, cost, known.reckoned(rate), over, silent=answers is False)
        judgement = _judge(work, order, {**shared, **asked.offer_facts(candidate), "answers": answers})
        judged[rate] = judgement
        candidates.append(replace(candidate, merit=judgement.merit, vetoes=judgement.vetoes))
    question = Question(tuple(candidates), order.currency, promised_days, known.agreement, known.weights, known.prices)
    gaps = customs_gaps(goods) if shared["international"] else ()
    return Ranking(choose(question), judged, gaps)


def _goods(work: Work, order: Order, shipment: Shipment) -> list[Packed]:
    """What the shipment's lines hold; what a part of a kit is worth is in its kit's price."""
    catalog = work.tx.products(line.sku for line in shipment.lines)
    lines = {line.line_id: line for line in order.lines}
    found = []
    for line in shipment.lines:
        ordered = lines[line.line_id]
        kit = lines.get(ordered.parent_line_id or "")
        price = ordered.unit_price_minor or (kit.unit_price_minor if kit else 0)
        found.append(Packed(line.sku, catalog.get(line.sku), price))
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the rules are asked about each offer; `costs` in the order's currency, None where not comparable."""

    order: Order
    origin: Location
    known: Knowledge
    goods: Sequence[Packed]
    promised_days: int | None
    costs: Sequence[int | None]

    def shared_facts(self, shipment: Shipment) -> dict[str, Any]:
        """Facts that are the same for every offer."""
        ship_to = self.order.ship_to
        international = crosses_customs(self.origin.country, ship_to.country)
        lines = {line.line_id: line for line in self.order.lines}
        return {
            **parcel_facts(shipment.parcels, ship_to, self.goods, international),
            "cheapest_minor": min((cost for cost in self.costs if cost is not None), default=None),
            "promised_days": self.promised_days,
            "agreed_days": self.known.agreement.transit_days,
            "declared_minor": sum(lines[each.line_id].unit_price_minor * each.quantity for each in shipment.lines),
            "priority": self.order.priority.value,
        }

    def offer_facts(self, candidate: Candidate) -> dict[str, Any]:
        """Facts of one offer."""
        rate, reckoned, ship_to = candidate.rate, candidate.reckoned, self.order.ship_to
        limits = self.known.limits(rate)
        return {
            **service_facts(limits, ship_to.country, crosses_customs(self.origin.country, ship_to.country)),
            "carrier": rate.carrier,
            "service": rate.service,
            "source": rate.source,
            "cost_minor": candidate.cost_minor,
            "comparable": candidate.cost_minor is not None,
            "transit_days": rate.transit_days,
            "on_time_per_mille": reckoned.on_time_per_mille,
            "damaged_per_mille": reckoned.claims_per_mille,
            "label_failures_per_mille": reckoned.label_failures_per_mille,
            "parcels_known": reckoned.parcels,
            "mix_over_per_mille": candidate.mix_over,
            "liability_minor": self.known.liability(limits),
        }


def _judge(work: Work, order: Order, facts: Mapping[str, Any]) -> Judgement:
    evaluation = work.rules.evaluate(RULE_FILE, facts, order.id)
    matches: list[Mapping[str, Any]] = evaluation.outcome.get("matches", [evaluation.outcome])
    vetoes = tuple(_in_words(work, match, evaluation.because) for match in matches if match.get("veto"))
    return Judgement(evaluation, facts, sum(match.get("weight", 0) for match in matches), vetoes)


def _in_words(work: Work, match: Mapping[str, Any], because: str) -> str:
    """A veto's reason; the file's own words for an error when no rule spoke."""
    name = match.get("rule")
    rule = next((rule for rule in work.rules.compiled(RULE_FILE).file.rules if rule.id == name), None)
    return f"{rule.title} ({rule.id}): {rule.because}" if rule else because


def _name(each: Scored) -> str:
    return f"{each.candidate.rate.carrier} {each.candidate.rate.service}"
