"""Random facts: those a rule might be about, and those that nobody should send."""

from __future__ import annotations

from random import Random
from typing import Any

from benchmarks.fuzz.words import KINDS, LINES, NUMBERS, STATUSES, TEXTS

_HOSTILE_KEYS = ["$s", "$forward", "$and", "id", "sid", "_k", "c_status", "n_total_minor", "", "\ud800", "k" * 70_000]
_HOSTILE: list[Any] = [
    "BR" + "x" * 65_536,
    "x" * 65_536,
    "x" * 60_001,
    "\ud800",
    2**53,
    -(2**53),
    10**400,
    1.0,
    1e-05,
    float("nan"),
    float("inf"),
    {"$s": 1},
    [1],
    b"BR",
    object,
    "2026-11-09T13:00:00Z",
]


def facts(chance: Random) -> dict[str, Any]:
    """Mostly right, often near a threshold; one time in eight with something hostile among them."""
    found = {name: _value(kind, chance) for name, kind in KINDS.items() if chance.random() < 0.7}
    if chance.random() < 0.4:
        found["lines"] = [_line(chance) for _ in range(chance.randrange(5))]
    if chance.random() < 0.125:
        key = chance.choice([*_HOSTILE_KEYS, *KINDS, *KINDS, "lines", "since"])
        found[key] = chance.choice([*_HOSTILE, _value(chance.choice(list(KINDS.values())), chance)])
    return found


def _value(kind: str, chance: Random) -> Any:
    if chance.random() < 0.05:
        return None
    if kind == "boolean":
        return chance.random() < 0.5
    if kind == "enum":
        return chance.choice(STATUSES)
    if kind == "string":
        return chance.choice([*TEXTS, "elsewhere", "", "BR" + "x" * 59_998])
    nearby = chance.choice(NUMBERS) + chance.choice([-1, 0, 0, 1])
    return min(max(nearby, NUMBERS[0]), NUMBERS[-1])


def _line(chance: Random) -> dict[str, Any]:
    small = {"integer": lambda: chance.randrange(5), "boolean": lambda: chance.random() < 0.5, "string": lambda: "A"}
    return {name: small[kind]() for name, kind in LINES.items() if chance.random() < 0.8}
