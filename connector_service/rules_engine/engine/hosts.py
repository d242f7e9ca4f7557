"""Compiled rules, shared by every file that compiles to the same, and what they answered, remembered.

Ranks instead of numbers make two files equal here that differ only in their thresholds, texts and outcomes: a tenant
who moves a limit shares the host of the base rules.
"""

from __future__ import annotations

import hashlib
import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence

import orjson

from connector_service.rules_engine.conditions import Alternatives
from connector_service.rules_engine.engine.asking import Engine, EngineProcess
from connector_service.rules_engine.engine.columns import Cell, Columns, weight
from connector_service.rules_worker.engine import EngineFault

MAX_CELLS = 32_768
"""Answers remembered over all hosts, the least used forgotten first: about 17 MB when full."""

Fired = frozenset[int]
"""The numbers of the rules that fire, counted from 0 in file order."""


class Memo:
    """The last answers of all hosts. Safe to share between threads."""

    def __init__(self, max_cells: int = MAX_CELLS) -> None:
        self._max_cells = max_cells
        self._answers: OrderedDict[tuple[str, Cell], Fired] = OrderedDict()

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, asked: tuple[str, Cell]) -> Fired | None:
        """The answer, if it is remembered."""
        answer = self._answers.get(asked)
        if answer is not None:
            try:
                self._answers.move_to_end(asked)
            except KeyError:  # another thread has just forgotten it
                return answer
        return answer

    def put(self, asked: tuple[str, Cell], answer: Fired) -> None:
        """Remember an answer."""
        self._answers[asked] = answer
        while len(self._answers) > self._max_cells:
            self._answers.popitem(last=False)

    def forget(self, asked: tuple[str, Cell]) -> None:
        """Forget one answer."""
        self._answers.pop(asked, None)

    def clear(self) -> None:
        """Forget all answers."""
        self._answers.clear()


class Host:
    """The rules of one or more files, compiled. Safe to share between threads."""

    __slots__ = ("__weakref__", "_engine", "_memo", "_program", "_rule_of", "key")

    def __init__(self, key: str, program: bytes, rule_of: Mapping[str, int], engine: Engine, memo: Memo) -> None:
        self.key, self._program, self._rule_of = key, program, rule_of
        self._engine, self._memo = engine, memo

    def fired(self, cell: Cell) -> Fired:
        """Which rules fire, as remembered or by asking the engine. Raises EngineFault when it does not answer."""
        asked = (self.key, cell)
        answer = self._memo.get(asked)
        if answer is None:
            answer = self._ask((cell,))[0]
            self._memo.put(asked, answer)
        return answer

    def ask_ahead(self, cells: Iterable[Cell]) -> None:
        """Ask about many cells in one message, so that `fired` remembers them. Raises EngineFault."""
        new = [cell for cell in dict.fromkeys(cells) if self._memo.get((self.key, cell)) is None]
        if new:
            for cell, answer in zip(new, self._ask(new), strict=True):
                self._memo.put((self.key, cell), answer)

    def distrust(self, cell: Cell) -> None:
        """Forget an answer that was wrong, and have the engine build these rules anew. Raises EngineFault."""
        self._memo.forget((self.key, cell))
        self._engine.drop(self.key)

    def _ask(self, cells: Sequence[Cell]) -> list[Fired]:
        names = self._engine.fired(self.key, self._program, cells)
        try:
            return [frozenset([self._rule_of[name] for name in each]) for each in names]
        except (KeyError, TypeError) as error:
            raise EngineFault(f"the rules engine named a rule that does not exist: {error}") from error


class Hosts:
    """One host for all files that compile to the same, for as long as one of them is in use."""

    def __init__(self, engine: Engine, max_cells: int = MAX_CELLS) -> None:
        self.engine = engine
        self.memo = Memo(max_cells)
        self._hosts: weakref.WeakValueDictionary[str, Host] = weakref.WeakValueDictionary()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._hosts)

    def of(self, columns: Columns, rules: Sequence[Alternatives]) -> Host:
        """The host of these rules, given by their alternatives."""
        named = {f"{n}.{branch}": each for n, rule in enumerate(rules) for branch, each in enumerate(rule)}
        patterns = [[name, columns.pattern(each), weight(each)] for name, each in named.items()]
        program = orjson.dumps({"columns": columns.names, "rules": patterns})
        key = hashlib.sha256(program).hexdigest()
        with self._lock:
            host = self._hosts.get(key)
            if host is None:
                rule_of = {name: int(name.partition(".")[0]) for name in named}
                host = self._hosts[key] = Host(key, program, rule_of, self.engine, self.memo)
        return host


HOSTS = Hosts(EngineProcess())
"""Those of this process; the engine behind them starts when it is first asked."""
