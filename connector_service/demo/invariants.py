"""What must be true after the pilot, checked on plain data: our objects as JSON, and what the vendors say happened."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from canonical_models import FINAL_ORDER_STATUSES
from connector_service.demo.mishaps import Expected

Json = Mapping[str, Any]
_OPEN = frozenset({"open", "claimed", "resolved"})
_ACTIVE = frozenset({"held", "allocated"})
_LEFT = frozenset({"shipped", "delivered", "closed"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the run left behind; objects and events are the JSON of the canonical models, all of the tenant's.

    `expected` is by order number; `acknowledged` are the numbers whose webhook was answered with success, `rejected`
    those kept as rejected messages. `events` must be whole streams: an order's timeline alone lacks the first counts of
    its positions. `ledger` is the sandbox's, with its `labels`. `initial_stock` is units by SKU.
    """

    expected: Mapping[str, Expected]
    acknowledged: Sequence[str]
    rejected: Sequence[str]
    initial_stock: Mapping[str, int]
    orders: Sequence[Json]
    shipments: Sequence[Json]
    exceptions: Sequence[Json]
    positions: Sequence[Json]
    reservations: Sequence[Json]
    events: Sequence[Json]
    ledger: Json = field(default_factory=lambda: {"labels": []})


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is not as it must be: whose it is (an order number, an id, a SKU), and what is wrong."""

    invariant: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Result:
    """An invariant in words, and everything that violates it."""

    invariant: str
    title: str
    violations: tuple[Violation, ...]


def check(evidence: Evidence) -> list[Violation]:
    """Every violation of every invariant; none when all is well."""
    return [violation for result in check_each(evidence) for violation in result.violations]


def check_each(evidence: Evidence) -> list[Result]:
    """Each invariant with its own violations."""
    return [
        Result(name, title, tuple(Violation(name, subject, detail) for subject, detail in find(evidence)))
        for name, (title, find) in INVARIANTS.items()
    ]


Findings = Iterator[tuple[str, str]]


def _lost_or_doubled(evidence: Evidence) -> Findings:
    found = Counter(order["number"] for order in evidence.orders)
    for number in dict.fromkeys(evidence.acknowledged):
        if found[number] != 1:
            yield number, f"was acknowledged, and there are {found[number]} orders of this number"
    for number in found.keys() - set(evidence.acknowledged):
        yield number, "is there, and was never acknowledged"


def _missed_outcome(evidence: Evidence) -> Findings:
    orders = {order["number"]: order for order in evidence.orders}
    open_codes = defaultdict(set)
    for case in evidence.exceptions:
        if case["state"] in _OPEN:
            open_codes[case["order_id"]].add(case["code"])
    for number, expected in evidence.expected.items():
        order = orders.get(number)
        if expected.outcome == "refused":
            yield from _not_refused(number, order, evidence.rejected)
        elif order is None:
            yield number, f"should be {expected.order_status}; there is no such order"
        else:
            yield from _other_end(number, order, expected, open_codes[order["id"]])


def _not_refused(number: str, order: Json | None, rejected: Sequence[str]) -> Findings:
    if order is not None:
        yield number, f"should have been refused; it is {order['status']}"
    if number not in rejected:
        yield number, "should be kept as a rejected message; it is not"


def _other_end(number: str, order: Json, expected: Expected, codes: set[str]) -> Findings:
    fine = _LEFT if expected.order_status == "shipped" else {expected.order_status}
    if order["status"] not in fine:
        yield number, f"should be {expected.order_status}; it is {order['status']} ({expected.note})"
    wanted = {expected.code} if expected.code else set()
    if codes != wanted:
        yield number, f"should have open exceptions {_words(wanted)}; it has {_words(codes)}"


def _words(codes: Iterable[str]) -> str:
    return ", ".join(sorted(codes)) or "none"


def _nobody_answers(evidence: Evidence) -> Findings:
    final = {status.value for status in FINAL_ORDER_STATUSES}
    waiting = [order for order in evidence.orders if order["status"] not in final]
    cases = [case for case in evidence.exceptions if case["state"] in ("open", "claimed")]
    for item in [*waiting, *cases]:
        name = item.get("number") or item["id"]
        if not isinstance(item.get("owner"), str) or not item["owner"].strip():
            yield name, f"must have one owner; it has {item.get('owner')!r}"
        if not isinstance(item.get("deadline_at"), str) or not item["deadline_at"]:
            yield name, f"must have one deadline; it has {item.get('deadline_at')!r}"


def _stock_lost(evidence: Evidence) -> Findings:
    now: Counter[str] = Counter()
    for position in evidence.positions:
        now[position["sku"]] += position["on_hand"]
    shipped: Counter[str] = Counter()
    for shipment in evidence.shipments:
        if shipment["shipped_at"] is not None:
            for line in shipment["lines"]:
                shipped[line["sku"]] += line["quantity"]
    for sku in sorted({*evidence.initial_stock, *now, *shipped}):
        before = evidence.initial_stock.get(sku, 0)
        if before != now[sku] + shipped[sku]:
            yield sku, f"{before} at the start, but {now[sku]} on hand and {shipped[sku]} shipped"


def _negative(evidence: Evidence) -> Findings:
    for position in evidence.positions:
        for name in ("on_hand", "reserved", "unavailable"):
            if position[name] < 0:
                yield position["id"], f"{name} is {position[name]}"
        available = position["on_hand"] - position["reserved"] - position["unavailable"]
        if available < 0:
            yield position["id"], f"available is {available}"


def _reserved_by_nobody(evidence: Evidence) -> Findings:
    claimed: Counter[str] = Counter()
    for reservation in evidence.reservations:
        if reservation["state"] in _ACTIVE:
            claimed[reservation["position_id"]] += reservation["quantity"]
    reserved = {position["id"]: position["reserved"] for position in evidence.positions}
    for position_id in sorted({*reserved, *claimed}):
        if reserved.get(position_id, 0) != claimed[position_id]:
            yield (
                position_id,
                f"{reserved.get(position_id, 0)} reserved, but reservations come to {claimed[position_id]}",
            )


def _two_labels(evidence: Evidence) -> Findings:
    """A carrier knows a label by our reference: the shipment's id, a dash, and the attempt."""
    live = defaultdict(list)
    for label in evidence.ledger["labels"]:
        if not label["voided"]:
            live[label["reference"].rpartition("-")[0]].append(label["tracking_number"])
    ours = {item["id"]: item["label"]["tracking_number"] for item in evidence.shipments if item["label"]}
    for shipment_id in sorted({*live, *ours}):
        sold = live[shipment_id]
        known = [ours[shipment_id]] if shipment_id in ours else []
        if len(sold) > 1:
            yield shipment_id, f"{len(sold)} live labels at the carriers: {', '.join(sold)}"
        elif sold != known:
            yield shipment_id, f"our label is {_words(known)}, the carriers' is {_words(sold)}"
    for number, times in Counter(ours.values()).items():
        if times > 1:
            yield number, f"is the tracking number of {times} shipments"


def _gaps(evidence: Evidence) -> Findings:
    sequences = defaultdict(list)
    for event in evidence.events:
        sequences[event["subject"]].append(event["sequence"])
    kinds = (evidence.orders, evidence.shipments, evidence.exceptions, evidence.positions, evidence.reservations)
    versions = {item["id"]: item["version"] for items in kinds for item in items}
    for subject in sorted({*sequences, *versions}):
        found = sorted(sequences[subject])
        if found != list(range(1, len(found) + 1)):
            yield subject, f"its events are numbered {found[:12]}, not 1 to {len(found)} once each"
        elif subject in versions and versions[subject] != len(found):
            yield subject, f"is at version {versions[subject]}, but has {len(found)} events"


def _silent_events(evidence: Evidence) -> Findings:
    for event in evidence.events:
        said = {"time": event.get("time"), "actor": event["data"].get("actor"), "because": event["data"].get("because")}
        missing = [name for name, text in said.items() if not isinstance(text, str) or not text.strip()]
        if missing:
            yield event["id"], f"{event['type']} does not say {' or '.join(missing)}"


INVARIANTS: Mapping[str, tuple[str, Callable[[Evidence], Findings]]] = {
    "no_order_lost": ("Every acknowledged order is there exactly once", _lost_or_doubled),
    "outcome_reached": ("Every order reached the outcome planned for it", _missed_outcome),
    "one_owner_one_deadline": ("Every open order and exception has one owner and one deadline", _nobody_answers),
    "stock_conserved": ("Stock at the start equals stock on hand and shipped, SKU by SKU", _stock_lost),
    "stock_not_negative": ("No position is negative", _negative),
    "reservations_add_up": ("What is reserved is the sum of the live reservations", _reserved_by_nobody),
    "one_label": ("No shipment has two live labels, by our record and the carriers'", _two_labels),
    "events_gapless": ("The events of every object are numbered without a gap up to its version", _gaps),
    "events_explained": ("Every event says when, who and why", _silent_events),
}
"""Name, title and check of every invariant."""
