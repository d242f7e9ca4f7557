"""Random rule files that are meant to be right."""

from __future__ import annotations

from random import Random
from typing import Any

from benchmarks.fuzz.words import COLLIDING, KINDS, NUMBERS, QUEUES, STATUSES, TEXTS, VERDICTS

DERIVED: dict[str, dict[str, Any]] = {
    "line_count": {"count": "lines", "where": {"fragile": True}},
    "short_lines": {"count": "lines", "where": {"packed": {"lt_field": "quantity"}}},
    "pieces": {"sum": "lines", "of": "quantity"},
    "weight_off_pct": {"percent_off": ["weight_g", "total_minor"]},
    "gap": {"difference": ["risk_score", "weight_g"]},
}
LISTS: dict[str, list[Any]] = {"risky": ["BR", "RU", "é"], "limits": [0, 1, 80]}
NAMED: dict[str, int] = {"limit": 80, "floor": -7}


def document(chance: Random) -> dict[str, Any]:
    """One rule file called `fuzz`."""
    policy = chance.choices(["first", "all", "worst", "unique"], [5, 2, 2, 1])[0]
    derived = {name: DERIVED[name] for name in DERIVED if chance.random() < 0.3}
    kinds = KINDS | dict.fromkeys(derived, "integer")
    if chance.random() < 0.95:
        del kinds[chance.choice(COLLIDING)]
    verdict = {"verdict": "hold"} if policy == "worst" else {}
    return {
        "$schema": "./ruleset.schema.json",
        "id": "fuzz",
        "version": f"{chance.randrange(9)}.0.0",
        "status": "live",
        "description": "Random.",
        "facts": "fuzz@1",
        "hit_policy": policy,
        "maintainer": "operations",
        **({"ranking": VERDICTS} if policy == "worst" else {}),
        **({"derive": derived} if derived else {}),
        "lists": LISTS,
        "numbers": NAMED,
        "default": {"queue": "intake", "because": "Nothing else applies.", **verdict},
        "on_error": {"queue": "desk", "because": "It could not be evaluated.", **verdict},
        "rules": [_rule(number, kinds, policy, chance) for number in range(chance.choice([1, 2, 3, 5, 8, 13, 40]))],
    }


def _rule(number: int, kinds: dict[str, str], policy: str, chance: Random) -> dict[str, Any]:
    then: dict[str, Any] = {"queue": chance.choice(QUEUES)}
    if policy == "worst":
        then["verdict"] = chance.choice(VERDICTS)
    more: dict[str, Any] = {}
    if chance.random() < 0.1:
        more["mode"] = "shadow"
    if chance.random() < 0.1:
        more["until"] = chance.choice(["2026-11-09", "2026-11-10", "2026-11-11"])
    return {"id": f"FUZ-{number}", "when": when(kinds, chance, 2), "then": then, "because": "Because.", **more}


def when(kinds: dict[str, str], chance: Random, depth: int) -> dict[str, Any]:
    """A random condition; `any` and `all` nest so deep."""
    names = chance.sample(sorted(kinds), chance.choice([0, 1, 1, 2, 2, 3]))
    condition: dict[str, Any] = {name: _test(kinds[name], chance) for name in names}
    if depth and chance.random() < 0.3:
        condition["any"] = [when(kinds, chance, depth - 1) for _ in range(chance.randint(1, 3))]
    if depth and chance.random() < 0.1:
        condition["all"] = [when(kinds, chance, depth - 1) for _ in range(chance.randint(1, 2))]
    return condition


def _test(kind: str, chance: Random) -> Any:
    numbers = [*NUMBERS, *(f"@{name}" for name in NAMED)]
    constants: dict[str, list[Any]] = {"enum": STATUSES, "string": TEXTS, "boolean": [True, False], "integer": numbers}
    values = constants[kind]
    if chance.random() < 0.3:
        return chance.choice(values)
    operators = ["in", "not_in", "is_not", "missing", "exists"]
    if kind == "integer":
        operators += ["gt", "gte", "lt", "lte", "between"]
    return {op: _operand(op, kind, values, chance) for op in chance.sample(operators, chance.choice([1, 1, 1, 2]))}


def _operand(operator: str, kind: str, values: list[Any], chance: Random) -> Any:
    if operator in ("missing", "exists"):
        return chance.random() < 0.5
    if operator == "between":
        return sorted(chance.sample(NUMBERS, 2))
    if operator in ("in", "not_in"):
        if chance.random() < 0.2 and kind in ("string", "integer"):
            return "@risky" if kind == "string" else "@limits"
        return chance.sample(values, chance.randint(1, min(4, len(values))))
    return chance.choice(values)
