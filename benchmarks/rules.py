"""Evaluations a second and their p99, against two other engines on the same rules and facts; growth; memory; checks."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.results import percentile, write_results
from benchmarks.rules_files import rule_file
from benchmarks.rules_workload import document, facts, write_folder
from connector_service.rules_authoring.checking import Checking
from connector_service.rules_engine import RuleBook
from connector_service.rules_engine.engine.hosts import HOSTS
from connector_service.rules_engine.findings import Finding
from connector_service.rules_engine.folder import Words, read_words

RULES = Path(__file__).parents[1] / "rules"
SIZES = (10, 30, 100, 500)
COMPARED = 30
FACTS = 1_000
ROUNDS = 7
SEED = 7

Facts = dict[str, Any]


def rate_and_p99(ask: Callable[[Facts], object], orders: Sequence[Facts], before: Callable[[], None]) -> list[float]:
    """Evaluations a second (the median of some rounds) and p99 in microseconds (over all of them); `before` runs ahead
    of each round and does not count."""
    rates, times = [], []
    for _ in range(ROUNDS):
        before()
        began = time.perf_counter()
        for order in orders:
            started = time.perf_counter()
            ask(order)
            times.append(time.perf_counter() - started)
        rates.append(len(orders) / (time.perf_counter() - began))
    return [median(rates), percentile(times, 99) * 1_000_000]


def ours(folder: Path, rules: int, orders: Sequence[Facts]) -> dict[str, float]:
    """Dockline the public way, with every answer of the engine remembered, and with all of them forgotten."""
    book = RuleBook.load(write_folder(folder, document(rules, SEED)))

    def ask(order: Facts) -> None:
        if book.evaluate("bench", order).failed:
            raise RuntimeError("an evaluation failed")

    cold = rate_and_p99(ask, orders, HOSTS.memo.clear)
    warm = rate_and_p99(ask, orders, lambda: None)
    return {
        f"evals_per_s_{rules}": warm[0],
        f"p99_us_{rules}": warm[1],
        f"evals_per_s_{rules}_cold": cold[0],
        f"p99_us_{rules}_cold": cold[1],
    }


def others(folder: Path, orders: Sequence[Facts]) -> dict[str, float]:
    """The two other engines, after making sure that all three name the same rule for every order."""
    from benchmarks.rules_others import json_logic, zen_engine

    written = document(COMPARED, SEED)
    book = RuleBook.load(write_folder(folder, written))
    results = {}
    for name, ask in {"zen": zen_engine(written), "jsonlogic": json_logic(written)}.items():
        for order in orders:
            if ask(order) != (rule := book.evaluate("bench", order).rule):
                raise RuntimeError(f"{name} answers {ask(order)}, and Dockline {rule}, to {order}")
        rate, p99 = rate_and_p99(ask, orders, lambda: None)
        results |= {f"{name}_evals_per_s_{COMPARED}": rate, f"{name}_p99_us_{COMPARED}": p99}
    return results


def check_ms(document: Facts, words: Words) -> float:
    """How long it takes to say everything that is wrong with a rule file and to run its tests: what an editor waits
    for."""
    data = json.dumps(document).encode()
    checking = Checking(words, date(2026, 1, 1))
    times = []
    for _ in range(5):
        HOSTS.memo.clear()
        began = time.perf_counter()
        found = checking.text(data, "checked.json")
        times.append(time.perf_counter() - began)
        if found.tests != len(document.get("tests", ())):
            raise RuntimeError(f"the tests did not run: {found.findings[:3]}")
    return median(times) * 1_000


def checks(folder: Path) -> dict[str, float]:
    """Files such as people write, and one whose conditions are random, which is harder to be exact about and full of
    rules that never win."""
    findings: list[Finding] = []
    shipped, generated = read_words(RULES, findings), read_words(write_folder(folder), findings)
    if shipped is None or generated is None:
        raise RuntimeError(f"the words have findings: {findings[:3]}")
    results = {f"check_ms_{rules}_rules": check_ms(rule_file(rules, shipped), shipped) for rules in (7, 200)}
    return results | {"check_ms_200_random_rules": check_ms(document(200, SEED), generated)}


def memory() -> dict[str, float]:
    """Megabytes that 1,000 tenants take, measured in a process that has done nothing else."""
    told = subprocess.run([sys.executable, "-m", "benchmarks.rules_memory"], check=True, capture_output=True)
    found: dict[str, float] = json.loads(told.stdout)
    return {
        "memory_mb_1000_tenants": found["memory_mb_1000_tenants"],
        "memory_mb_1000_tenants_beyond_base": found["beyond_base"],
        "memory_mb_1000_tenants_engine": found["engine"],
    }


def main() -> None:
    """Run it and write `build/bench/rules.json`."""
    orders = facts(FACTS, SEED)
    results: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        results |= ours(folder, COMPARED, orders) | others(folder, orders)
        for rules in SIZES:
            if rules != COMPARED:
                results |= ours(folder, rules, orders)
        results |= memory()
        results |= checks(folder)
    write_results("rules", results)


if __name__ == "__main__":
    main()
