"""Ways to break a rule file: what a slip of an editor does, and what somebody does who means harm."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

from benchmarks.fuzz.words import TEXTS

ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    2**53,
    10**30,
    "",
    "@nobody",
    "@risky",
    "$s",
    [],
    {},
    [[]],
    {"$s": 1},
    {"gt": "x"},
    {"not": 1},
    {"any": []},
    {"in": []},
    {"$nex": 1},
    {"$and": []},
    "y" * 65_536,
    *TEXTS,
]
"""Values that stand somewhere instead of the right one."""
KEYS = ["$s", "$forward", "$and", "id", "sid", "_k", "c_status", "statu", "anyy", "", "é", "when", "extends", "@risky"]


def broken(document: dict[str, Any], chance: Random) -> bytes:
    """The file after up to three mishaps; the document stays as it is."""
    document = deepcopy(document)
    for _ in range(chance.randint(0, 2)):
        chance.choice(_IN_TREE)(document, chance)
    data = json.dumps(document, ensure_ascii=chance.random() < 0.5).encode()
    return chance.choice(_IN_BYTES)(data, chance)


def _places(node: Any) -> list[tuple[Any, Any]]:
    """Every container of a document with one of its keys."""
    found: list[tuple[Any, Any]] = []
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in entries:
        found.append((node, key))
        found += _places(value)
    return found


def _replace(document: dict[str, Any], chance: Random) -> None:
    node, key = chance.choice(_places(document) or [(document, "id")])
    node[key] = deepcopy(chance.choice(ODD))


def _remove(document: dict[str, Any], chance: Random) -> None:
    node, key = chance.choice(_places(document) or [({"x": 1}, "x")])
    del node[key]


def _rename(document: dict[str, Any], chance: Random) -> None:
    places = [(node, key) for node, key in _places(document) if isinstance(node, dict)]
    if places:
        node, key = chance.choice(places)
        node[chance.choice(KEYS)] = node.pop(key)


def _repeat(document: dict[str, Any], chance: Random) -> None:
    rules = document.get("rules")
    if isinstance(rules, list) and rules:
        rules.append(chance.choice(rules))


def _nest(document: dict[str, Any], chance: Random) -> None:
    node: Any = {}
    for _ in range(chance.choice([5, 39, 200])):
        node = {"any": [node]} if chance.random() < 0.5 else {"all": [node]}
    document["rules"] = [{"id": "FUZ-0", "when": node, "then": {"queue": "intake"}, "because": "Deep."}]


def _multiply(document: dict[str, Any], chance: Random) -> None:
    """Alternatives that multiply to far more than there may be."""
    either = {"any": [{"paid": True}, {"status": "closed"}]}
    document["rules"] = [
        {"id": "FUZ-0", "when": {"all": [either] * chance.choice([3, 6, 60])}, "then": {}, "because": "Many."}
    ]


def _cut(data: bytes, chance: Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _flip(data: bytes, chance: Random) -> bytes:
    flipped = bytearray(data)
    for _ in range(chance.randint(1, 5)):
        flipped[chance.randrange(len(flipped))] = chance.randrange(256)
    return bytes(flipped)


def _double(data: bytes, chance: Random) -> bytes:
    return data.replace(b'"version"', b'"version": "1.0.0", "version"', 1)


def _no_number(data: bytes, chance: Random) -> bytes:
    return data.replace(b": 80", chance.choice([b": NaN", b": Infinity", b": 1e999", b": 1.5", b": 0080"]))


def _other_encoding(data: bytes, chance: Random) -> bytes:
    return data.decode().encode(chance.choice(["utf-16", "utf-8-sig", "utf-32"]))


def _brackets(data: bytes, chance: Random) -> bytes:
    return chance.choice([b"[", b'{"a":']) * chance.choice([50, 100_000])


def _as_it_is(data: bytes, chance: Random) -> bytes:
    return data


_IN_TREE: list[Callable[[dict[str, Any], Random], None]] = [
    *[_replace, _remove, _rename] * 4,
    _repeat,
    _nest,
    _multiply,
]
_IN_BYTES: list[Callable[[bytes, Random], bytes]] = [
    *[_as_it_is] * 12,
    _cut,
    _flip,
    _flip,
    _double,
    _no_number,
    _other_encoding,
    _brackets,
]
