"""Rule files as large as wanted and as entangled as real ones: rules about a dozen facts of an order, with lists,
limits and alternatives, and a test for every rule that can win."""

from __future__ import annotations

import random
from typing import Any

from connector_service.rules_authoring.cells import Box, Cells
from connector_service.rules_engine.findings import Report
from connector_service.rules_engine.folder import Words
from connector_service.rules_engine.parse import parse_rule_file

Json = dict[str, Any]

_COUNTRIES = [f"{first}{second}" for first in "ABCDEFGH" for second in "KLMNOP"]


def rule_file(rules: int, words: Words, seed: int = 7) -> Json:
    """A file of so many rules about `order@1`, each of which can win, and tests for it; the same for the same seed."""
    chance = random.Random(seed)
    candidates = [_rule(number, chance, words) for number in range(2 * rules)]
    document: Json = {
        "$schema": "./ruleset.schema.json",
        "id": "large",
        "version": "1.0.0",
        "status": "live",
        "description": "Who owns an order, in a house with many habits.",
        "facts": "order@1",
        "hit_policy": "first",
        "maintainer": "operations",
        "default": {"owner": "operations", "because": "Nobody else claims it."},
        "on_error": {"owner": "operations", "because": "The rules could not be evaluated."},
        "lists": {"far": chance.sample(_COUNTRIES, 12), "near": chance.sample(_COUNTRIES, 20)},
        "rules": candidates,
    }
    examples = _examples(document, words)
    chosen = list(examples)[:rules]
    return {
        **document,
        "rules": [candidates[number] for number in chosen],
        "tests": [_test(candidates[number]["id"], examples[number]) for number in chosen],
    }


def _rule(number: int, chance: random.Random, words: Words) -> Json:
    """A rule of three to five conditions."""
    facts = words.vocabularies["order@1"].facts
    exceptions = facts["exception"].enum
    when: Json = {"status": {"in": chance.sample(facts["status"].enum, chance.randint(1, 3))}}
    choices: list[Json] = [
        {"exception": {"in": chance.sample(exceptions, chance.randint(1, 3))}},
        {"country": {"in": chance.choice(["@far", "@near", chance.sample(_COUNTRIES, 3)])}},
        {"total_minor": {chance.choice(["gt", "gte", "lt"]): chance.randrange(1, 40) * 5_000}},
        {"risk_score": {"gte": chance.choice([20, 40, 60, 80, 90])}},
        {"priority": chance.choice(["express", "standard"])},
        {"customer_tier": {"in": chance.sample(facts["customer_tier"].enum, 2)}},
        {"channel": chance.choice(["web", "store", "phone", "market"])},
    ]
    for condition in chance.sample(choices, chance.randint(2, 4)):
        when |= condition
    if number % 5 == 0:
        when["any"] = [{"hold": {"exists": True}}, {"currency": {"in": ["USD", "EUR"]}}]
    return {
        "id": f"LRG-{number:04}",
        "title": f"Habit number {number}",
        "when": when,
        "then": {
            "owner": chance.choice(list(words.organisation.owners)),
            "queue": chance.choice(list(words.organisation.queues)),
        },
        "because": "The house has always done it so.",
    }


def _test(rule_id: str, given: Json) -> Json:
    return {"name": f"an order that {rule_id} answers", "given": given, "expect": {"rule": rule_id}}


def _examples(document: Json, words: Words) -> dict[int, Json]:
    """The rules that can win, by number, with facts that they win."""
    file = parse_rule_file(document, words.vocabularies, words.organisation, "", Report("large.json", document))
    if file is None:
        raise ValueError("the vocabulary order@1 no longer has the facts that this file is about")
    cells = Cells.of(file)
    found: dict[int, Json] = {}
    taken: list[Box] = []
    for number, rule in enumerate(file.rules):
        boxes = cells.boxes(rule.alternatives)
        for box in boxes:
            part = cells.outside(box, taken)
            if part is not None:
                found.setdefault(number, cells.facts(part) or {})
        taken += boxes
    return found
