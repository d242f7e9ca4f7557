"""Compiled rulesets by key: built when first asked, the least used deleted when there are too many."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connector_service.rules_worker.engine import MARK, EngineHost, EngineRule

MAX_LIVE = 128
"""Engine rulesets that live at once; one holds about 60 conditions and takes about 0.3 MB."""

Cell = Sequence[int]
"""One number per column of a program; negative for a column that the fact does not have."""


class UnknownProgram(Exception):
    """The program of this key is not known here (any more): ask again and send it along."""


@dataclass(frozen=True, slots=True)
class _Built:
    columns: Sequence[str]
    host: EngineHost


class Rulesets:
    """Answers for many programs. Not safe to share between threads."""

    def __init__(self, max_live: int = MAX_LIVE) -> None:
        self._max_live = max_live
        self._built: OrderedDict[str, _Built] = OrderedDict()

    @property
    def live(self) -> int:
        """How many engine rulesets live now."""
        return sum(built.host.rulesets for built in self._built.values())

    def fired(self, key: str, program: Any, cells: Sequence[Cell]) -> list[list[str]]:
        """The names of the rules that fire, one list per cell.

        `program` is `{"columns": [...], "rules": [[name, weight, pattern], ...]}` or None when it was sent before.
        Raises UnknownProgram when it is None and not known, and EngineFault when the engine breaks off.
        """
        built = self._built.get(key) or self._build(key, program)
        self._built.move_to_end(key)
        return [built.host.fired(_fact(built.columns, cell)) for cell in cells]

    def drop(self, key: str) -> None:
        """Delete a program's rulesets, so that nothing of an earlier evaluation can remain."""
        self._built.pop(key, None)

    def _build(self, key: str, program: Any) -> _Built:
        if program is None:
            raise UnknownProgram(key)
        built = _Built(program["columns"], EngineHost(EngineRule(*rule) for rule in program["rules"]))
        self._built[key] = built
        live = self.live
        while live > self._max_live and len(self._built) > 1:
            _, least_used = self._built.popitem(last=False)
            live -= least_used.host.rulesets
        return built


def _fact(columns: Sequence[str], cell: Cell) -> dict[str, int]:
    fact = {MARK: 1}
    for column, value in zip(columns, cell, strict=True):
        if value >= 0:
            fact[column] = value
    return fact
