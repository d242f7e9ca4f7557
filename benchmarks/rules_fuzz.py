"""Random rule files, right and broken, asked about random facts, decent and hostile.

    python -m benchmarks.rules_fuzz --count 100000 --seed 1

Every file is either refused with findings or answers; every answer of the engine equals that of the oracle and that of
a third reading of the JSON; nothing takes 2 s of processor time; no process crashes; memory stays flat. Stops at the
first breach.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.fuzz.breakage import broken
from benchmarks.fuzz.documents import document
from benchmarks.fuzz.facts import facts
from benchmarks.fuzz.reading import holds
from benchmarks.fuzz.words import written
from benchmarks.results import write_results
from benchmarks.rules_memory import resident_mb
from connector_service.errors import InvalidInput
from connector_service.rules_engine.compiled import CompiledFile, Evaluation
from connector_service.rules_engine.engine.asking import EngineProcess
from connector_service.rules_engine.engine.hosts import Hosts
from connector_service.rules_engine.findings import Finding
from connector_service.rules_engine.folder import Words, read_rule_file

FACTS_EACH = 5
BROKEN = 0.4
MAX_S = 2.0
"""Of processor time, because a machine that does other things besides stops a process for longer than that."""
ENGINE_S = 10.0
PROGRESS_EVERY = 10_000
MAX_GROWN_MB = 16.0
MAX_ENGINE_MB = 160.0
MEMO_CELLS = 1_000
"""So few that answers are forgotten all the time."""
TODAY = date(2026, 11, 10)


class Breach(AssertionError):
    """Something that must never happen did."""


@dataclass
class Fuzz:
    """A run: files are written to `folder` and read from there, as authors' files are."""

    folder: Path
    chance: Random
    engine: EngineProcess
    seen: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0

    def __post_init__(self) -> None:
        self.words: Words = written(self.folder)
        self.hosts = Hosts(self.engine, MEMO_CELLS)

    def file(self) -> None:
        """One random file, and some facts if it is accepted. Raises Breach."""
        content = document(self.chance)
        breaks = self.chance.random() < BROKEN
        data = broken(content, self.chance) if breaks else json.dumps(content).encode()
        path = self.folder / "fuzz.json"
        path.write_bytes(data)
        findings: list[Finding] = []
        began = time.process_time()
        file = read_rule_file(path, self.words, findings)
        self._took(began, data)
        self.seen[f"{'broken' if breaks else 'right'} files {'accepted' if file else 'refused'}"] += 1
        if file is None:
            if not findings or not all(finding.what for finding in findings):
                raise Breach(f"refused without saying why: {data[:2000]!r}")
            return
        compiled = CompiledFile.of(file, self.words.organisation, self.hosts)
        for _ in range(FACTS_EACH):
            self._ask(compiled, json.loads(data.decode("utf-8-sig")), facts(self.chance))

    def _ask(self, compiled: CompiledFile, content: dict[str, Any], asked: dict[str, Any]) -> None:
        began = time.process_time()
        try:
            evaluation = compiled.evaluate(asked, TODAY)
        except InvalidInput:
            self.seen["facts refused"] += 1
            return
        finally:
            self._took(began, asked)
        self.seen["answers"] += 1
        self._compare(evaluation, content, asked)

    def _compare(self, evaluation: Evaluation, content: dict[str, Any], asked: dict[str, Any]) -> None:
        rules = [rule for rule in content["rules"] if "until" not in rule or TODAY.isoformat() <= rule["until"]]
        named = content.get("lists", {}) | content.get("numbers", {})
        held = [rule for rule in rules if holds(rule["when"], evaluation.facts, named)]
        acting = tuple(rule["id"] for rule in held if "mode" not in rule)
        if evaluation.failed:
            if content["hit_policy"] != "unique" or len(acting) < 2 or "more than one" not in evaluation.reasons[0]:
                raise Breach(f"{evaluation.reasons[0]}: {content} asked {asked}")
            self.seen["answers by on_error, rightly"] += 1
        elif (evaluation.fired, evaluation.shadow) != (acting, tuple(r["id"] for r in held if "mode" in r)):
            raise Breach(f"fired {evaluation.fired} and {evaluation.shadow}, read {acting}: {content} asked {asked}")

    def _took(self, began: float, what: object) -> None:
        took = time.process_time() - began
        self.slowest_s = max(self.slowest_s, took)
        if took >= MAX_S:
            raise Breach(f"took {took:.1f} s: {str(what)[:2000]}")


def run(count: int, seed: int, folder: Path) -> dict[str, float]:
    """So many files. Raises Breach; returns what was seen."""
    with closing(EngineProcess(answer_s=ENGINE_S)) as engine:
        fuzz = Fuzz(folder, Random(seed), engine)
        engine_mb = warm_mb = 0.0
        for number in range(count):
            fuzz.file()
            if engine.pid is not None and number % 50 == 0:
                engine_mb = max(engine_mb, resident_mb(engine.pid))
            if number % PROGRESS_EVERY == PROGRESS_EVERY - 1:
                sys.stderr.write(f"{number + 1:,} files, {fuzz.seen['answers']:,} answers\n")
            if number == count // 5:
                warm_mb = resident_mb("self")
        memory_mb = resident_mb("self")
    if memory_mb - warm_mb > MAX_GROWN_MB or engine_mb > MAX_ENGINE_MB:
        raise Breach(f"memory went from {warm_mb:.0f} to {memory_mb:.0f} MB, the engine's up to {engine_mb:.0f} MB")
    return {
        "files": count,
        **{key: float(value) for key, value in sorted(fuzz.seen.items())},
        "slowest_ms": fuzz.slowest_s * 1_000,
        "memory_mb": memory_mb,
        "memory_grown_mb": memory_mb - warm_mb,
        "engine_most_mb": engine_mb,
    }


def main() -> int:
    """Run it and write `build/bench/rules_fuzz.json`; 1 after a breach."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000, help="rule files; each accepted one is asked 5 times")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)  # of two rules where one may hold, which random files do all the time
    with tempfile.TemporaryDirectory() as name:
        try:
            results = run(options.count, options.seed, Path(name))
        except Breach as breach:
            sys.stderr.write(f"{breach}\n")
            return 1
    write_results("rules_fuzz", results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
