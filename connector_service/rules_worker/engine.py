"""The one importer of durable-rules: drives its C module directly, inside the subset that answers correctly.

One flat fact of integers per evaluation; one pattern per engine rule; assert, collect what fires, retract. No state is
deleted, nothing is posted, no timer exists, and the C code never runs on two threads at once.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any

import durable_rules_engine as _c
import orjson

MARK = "_k"
"""The column that every fact has as 1 and every pattern begins with."""

MAX_SHARD_WEIGHT = 60
"""Conditions per engine ruleset: at 512 under one parent the engine hangs, and over 64 true siblings it fails."""

_names = count(1)
_ASSERTED, _NOTHING_FIRED = 0, 1


class EngineFault(Exception):
    """The engine broke off an evaluation; it has been rebuilt and the next one is unaffected."""


class EngineRule:
    """One pattern under one name; `weight` counts its conditions."""

    __slots__ = ("name", "pattern", "weight")

    def __init__(self, name: str, pattern: Sequence[Mapping[str, Any]], weight: int) -> None:
        self.name, self.pattern, self.weight = name, pattern, weight


class EngineHost:
    """Engine rulesets that are asserted one fact after the other; safe to share between threads."""

    def __init__(self, rules: Iterable[EngineRule]) -> None:
        self._lock = threading.Lock()
        self._limit = 0
        self._definitions = []
        for shard in _shards(rules):
            self._limit = max(self._limit, len(shard))
            definition = {rule.name: {"all": [{"m": {"$and": rule.pattern}}]} for rule in shard}
            self._definitions.append(orjson.dumps(definition).decode())
        self._handles = self._created()
        self._release = self._finalizer()

    @property
    def rulesets(self) -> int:
        """How many engine rulesets these rules take."""
        return len(self._definitions)

    def fired(self, row: Mapping[str, int]) -> list[str]:
        """The names of the engine rules that fire for one row. Raises EngineFault when the engine breaks off."""
        message = orjson.dumps(row).decode()
        names: list[str] = []
        with self._lock:
            whole = False
            try:
                for handle in self._handles:
                    self._collect(handle, message, names)
                whole = True
            except (_c.error, MemoryError) as error:
                raise EngineFault(f"the rules engine broke off: {error}") from error
            finally:
                if not whole:  # also when interrupted: half an evaluation must not leak into the next
                    self._renew()
        return names

    def renew(self) -> None:
        """Build the engine anew, so that nothing of an earlier evaluation can remain."""
        with self._lock:
            self._renew()

    def _collect(self, handle: int, message: str, names: list[str]) -> None:
        result, state = _c.assert_fact(handle, message)
        if result == _NOTHING_FIRED:
            return
        if result != _ASSERTED:
            raise EngineFault(f"the rules engine answered {result} to a fact")
        started = _c.start_action_for_state(handle, state)
        action = started[1] if started else None
        for _ in range(self._limit + 1):
            if not action:
                break
            names.append(action[2 : action.index('"', 2)])  # an action reads {"RULE-010#0":{"m":{...}}}
            action = _c.complete_and_start_action(handle, state)
        else:
            raise EngineFault("more rules fired in the engine than exist")
        _c.retract_fact(handle, message)

    def _renew(self) -> None:
        self._release()
        self._handles = self._created()
        self._release = self._finalizer()

    def _created(self) -> list[int]:
        return [_c.create_ruleset(f"rules-{next(_names)}", text) for text in self._definitions]

    def _finalizer(self) -> weakref.finalize[..., EngineHost]:
        """Gives the engine rulesets back once nobody uses this host any more."""
        finalizer = weakref.finalize(self, _delete, tuple(self._handles))
        finalizer.atexit = False
        return finalizer


def _delete(handles: tuple[int, ...]) -> None:
    for handle in handles:
        _c.delete_ruleset(handle)


def _shards(rules: Iterable[EngineRule]) -> list[list[EngineRule]]:
    shards: list[list[EngineRule]] = []
    filled = MAX_SHARD_WEIGHT
    for rule in rules:
        if filled + rule.weight > MAX_SHARD_WEIGHT:
            shards.append([])
            filled = 0
        shards[-1].append(rule)
        filled += rule.weight
    return shards
