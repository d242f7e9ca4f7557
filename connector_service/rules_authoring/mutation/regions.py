"""Where a mutant could answer otherwise than the file it was made from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

from connector_service.rules_authoring.by_oracle import beaters
from connector_service.rules_authoring.coverage.regions import Region
from connector_service.rules_authoring.mutation.mutants import Mutant
from connector_service.rules_authoring.mutation.variants import pause_alternatives
from connector_service.rules_engine.conditions import Alternatives
from connector_service.rules_engine.model import Rule, RuleFile
from connector_service.rules_engine.organisation import Organisation


def regions(mutant: Mutant, before: RuleFile, after: RuleFile, organisation: Organisation) -> Iterator[Region]:
    """Regions outside of which both files answer the same; inside, they may differ. None for derived facts, which
    are not told apart by kinds of facts."""
    if mutant.kind == "default":
        yield Region(((),), _alternatives(rule for rule in before.rules if not rule.shadow))
    elif mutant.kind == "policy":
        yield Region(tuple(a for rule in before.rules for a in rule.alternatives))
        for first, second in combinations([rule for rule in before.rules if not rule.shadow], 2):
            yield Region(_both(first.alternatives, second.alternatives))
    elif mutant.kind == "order":
        first, second = before.rules[mutant.rules[0]], before.rules[mutant.rules[0] + 1]
        yield Region(_both(first.alternatives, second.alternatives), _stronger(before, first))
    elif mutant.kind == "dropped":
        rule = before.rules[mutant.rules[0]]
        yield Region(rule.alternatives, _stronger(before, rule))
    elif mutant.kind != "derived":
        for number in mutant.rules:
            yield from _of_rule(mutant, before, after, number)
            if mutant.kind == "pause":
                yield from _of_pause(before, after, organisation, number)


def _of_rule(mutant: Mutant, before: RuleFile, after: RuleFile, number: int) -> Iterator[Region]:
    old, new = before.rules[number], after.rules[number]
    stronger = tuple(a for a in _stronger(before, old) if a in set(_stronger(after, new)))
    if old.alternatives != new.alternatives:
        yield Region(old.alternatives, (*stronger, *new.alternatives))
        yield Region(new.alternatives, (*stronger, *old.alternatives))
    if old.outcome != new.outcome or mutant.kind in ("answer", "pause"):
        yield Region(old.alternatives, stronger)


def _of_pause(before: RuleFile, after: RuleFile, organisation: Organisation, number: int) -> Iterator[Region]:
    """Where a clock stands still in one of both only."""
    rule = before.rules[number]
    was, now = (pause_alternatives(file, organisation, number) for file in (before, after))
    yield Region(_both(rule.alternatives, was), (*_stronger(before, rule), *now))
    yield Region(_both(rule.alternatives, now), (*_stronger(before, rule), *was))


def _stronger(file: RuleFile, rule: Rule) -> Alternatives:
    return _alternatives(beaters(file, rule))


def _alternatives(rules: Iterator[Rule] | list[Rule]) -> Alternatives:
    return tuple(alternative for rule in rules for alternative in rule.alternatives)


def _both(first: Alternatives, second: Alternatives) -> Alternatives:
    return tuple((*one, *other) for one, other in product(first, second))
