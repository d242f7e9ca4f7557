"""Rule files of any size and facts to ask them about: everything random comes from a seed."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

STATUSES = ["received", "validated", "allocated", "released", "picked", "packed", "shipped", "delivered"]
COUNTRIES = ["US", "CA", "MX", "BR", "DE", "FR", "IT", "ES", "NL", "PL", "SE", "NO", "GB", "IE", "JP", "AU"]
NUMBERS = {"total_minor": 100_000, "risk_score": 100, "weight_g": 30_000}
QUEUES = ["intake", "review", "desk", "floor"]


def document(rules: int, seed: int, file_id: str = "bench") -> dict[str, Any]:
    """A rule file whose rules each compare two or three facts; about one in ten matches an order."""
    chance = random.Random(seed)
    return {
        "$schema": "./ruleset.schema.json",
        "id": file_id,
        "version": "1.0.0",
        "status": "live",
        "description": "Rules to measure with.",
        "facts": "parcel@1",
        "hit_policy": "first",
        "maintainer": "operations",
        "default": {"queue": "intake", "because": "Nothing else applies."},
        "on_error": {"queue": "desk", "after": "1h", "because": "It could not be evaluated."},
        "rules": [_rule(number, chance) for number in range(rules)],
    }


def _rule(number: int, chance: random.Random) -> dict[str, Any]:
    return {
        "id": f"BEN-{number:03d}",
        "title": f"Rule {number}",
        "when": _when(chance),
        "then": {"queue": chance.choice(QUEUES)},
        "because": f"Reason {number}.",
    }


def _when(chance: random.Random) -> dict[str, Any]:
    name, top = chance.choice(list(NUMBERS.items()))
    low, high = sorted(chance.sample(range(top), 2))
    ranges = [{"gt": top * 7 // 10 + low * 2 // 10}, {"lte": high * 4 // 10}, {"between": [low, high]}]
    when: dict[str, Any] = {"status": {"in": chance.sample(STATUSES, 3)}, name: chance.choice(ranges)}
    third = chance.random()
    if third < 0.2:
        when["country"] = {"in": chance.sample(COUNTRIES, 6)}
    elif third < 0.4:
        when["paid"] = True
    elif third < 0.5:
        when["priority"] = "express"
    return when


def facts(count: int, seed: int) -> list[dict[str, Any]]:
    """Orders to ask about."""
    chance = random.Random(seed)
    return [
        {
            "status": chance.choice(STATUSES),
            "priority": chance.choice(["express", "standard"]),
            "country": chance.choice(COUNTRIES),
            "paid": chance.random() < 0.8,
            **{name: chance.randrange(top) for name, top in NUMBERS.items()},
        }
        for _ in range(count)
    ]


def write_folder(folder: Path, *documents: dict[str, Any]) -> Path:
    """A folder of rules with its organisation and vocabulary; returns it."""
    (folder / "vocabularies").mkdir(parents=True, exist_ok=True)
    (folder / "organisation.json").write_text(json.dumps(_ORGANISATION))
    (folder / "vocabularies" / "parcel@1.json").write_text(json.dumps(_VOCABULARY))
    for each in documents:
        (folder / f"{each['id']}.json").write_text(json.dumps(each))
    return folder


def _owner(name: str, deputy: str) -> dict[str, str]:
    return {"id": name, "title": name.title(), "lead": f"{name}-lead", "deputy": deputy, "calendar": "desk"}


def _fact(kind: str, example: Any, **more: Any) -> dict[str, Any]:
    return {"type": kind, "description": "A fact.", "example": example, **more}


_ORGANISATION = {
    "$schema": "./organisation.schema.json",
    "description": "Two teams.",
    "owners": [_owner("operations", "risk"), _owner("risk", "operations")],
    "queues": [{"id": queue, "title": queue.title()} for queue in QUEUES],
    "calendars": {"desk": {"timezone": "America/New_York", "open": {"mon-fri": "08:00-18:00"}, "holidays": "US"}},
}
_VOCABULARY = {
    "$schema": "../vocabulary.schema.json",
    "id": "parcel@1",
    "description": "An order, for measuring.",
    "facts": {
        "status": _fact("enum", STATUSES[0], enum=STATUSES),
        "priority": _fact("enum", "express", enum=["express", "standard"]),
        "country": _fact("string", "US"),
        "paid": _fact("boolean", True),
        **{name: _fact("integer", 1, unit="units") for name in NUMBERS},
    },
}
