"""How long a warehouse choice takes, how often it is proven, how good the greedy plan is; CP-SAT on the same orders.

Times are wall times of `decide` (checks, model, greedy plan and search), each order once. CP-SAT is asked when the
environment variable CPSAT_PYTHON names an interpreter that has it (`benchmarks/choice_cpsat.py` says how).
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks.choice_workload import batch, order
from benchmarks.results import percentile, write_results
from connector_service.allocation import BUDGET_MS, Choice, Problem, at_once, decide, decide_batch, explain, within
from connector_service.allocation.greedy import greedy
from connector_service.allocation.model import build

SIZES = {(3, 2): 500, (20, 10): 500, (100, 10): 150, (500, 30): 30}
"""(locations, lines) -> orders."""
COMPARED = {(20, 10): 100, (100, 10): 40}
WITHIN_MS = (20, 50, 100)

Results = dict[str, float]


@dataclass(frozen=True, slots=True)
class Timed:
    """One choice and how long it took."""

    choice: Choice
    ms: float


def timed(problem: Problem, budget_ms: float) -> Timed:
    """Decide within a budget; 0 is greedy only."""
    started = time.perf_counter()
    choice = decide(problem, within(budget_ms, time.perf_counter) if budget_ms else at_once)
    return Timed(choice, (time.perf_counter() - started) * 1000)


def milliseconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def spread_of(times: Sequence[float], name: str) -> Results:
    """Mean and percentiles under a name."""
    results = {f"{name}_mean_ms": sum(times) / len(times)}
    return results | {f"{name}_p{share}_ms": percentile(times, share) for share in (50, 95, 99)}


def speed(size: tuple[int, int], orders: int) -> Results:
    """Times of greedy and exact answers with the default spread, and the share proven within some budgets."""
    name = f"choice_{size[0]}x{size[1]}"
    problems = [order(*size, seed) for seed in range(orders)]
    gc.collect()
    gc.freeze()  # the orders that wait to be measured are no garbage to look through while one is
    greedy_only = [timed(problem, 0).ms for problem in problems]
    models = [build(problem) for problem in problems]
    plans = [milliseconds(partial(greedy, model)) for model in models]
    exact = [timed(problem, BUDGET_MS) for problem in problems]
    results = spread_of([one.ms for one in exact], name)
    results |= spread_of(greedy_only, f"{name}_greedy") | spread_of(plans, f"{name}_greedy_plan")
    results[f"{name}_proven_share"] = sum(one.choice.proven for one in exact) / orders
    longer = [timed(problem, max(WITHIN_MS)) for problem in problems]
    for budget in WITHIN_MS:
        done = sum(one.choice.proven and one.ms <= budget for one in longer)
        results[f"{name}_proven_share_{budget}ms"] = done / orders
    explained = [milliseconds(partial(explain, p, one.choice)) for p, one in zip(problems, exact, strict=True)]
    return results | {f"{name}_explain_p50_ms": percentile(explained, 50)}


def gaps(size: tuple[int, int], orders: int) -> Results:
    """How much dearer greedy plans are than proven ones, without a spread; plans that fill less count apart."""
    found, worse_filled, stated = [], 0, []
    for seed in range(orders):
        problem = order(*size, seed, spread=0)
        best, quick = decide(problem, within(5_000, time.perf_counter)), decide(problem, at_once)
        if not best.proven:
            continue
        if quick.unfilled > best.unfilled:
            worse_filled += 1
        elif best.score:
            found.append(quick.score / best.score - 1)
            stated.append((quick.gap or 0) / 1000)
    end = "" if size == (20, 10) else f"_{size[0]}x{size[1]}"
    return {
        f"greedy_gap_mean{end}": sum(found) / len(found),
        f"greedy_gap_p95{end}": percentile(found, 95),
        f"greedy_gap_max{end}": max(found),
        f"greedy_gap_stated_mean{end}": sum(stated) / len(stated),
        f"greedy_worse_filled{end}": worse_filled,
    }


def cp_sat(python: str, size: tuple[int, int], orders: int) -> Results:
    """CP-SAT on the orders of `gaps`. Its proven scores must be ours.

    Raises:
        RuntimeError: the two disagree about an optimum.
    """
    command = [python, "-m", "benchmarks.choice_cpsat", *map(str, (*size, orders))]
    solved: list[dict[str, Any]] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    over = []
    for seed, theirs in enumerate(solved):
        ours = decide(order(*size, seed, spread=0), within(5_000, time.perf_counter))
        if theirs["proven"] and ours.proven and (theirs["unfilled"], theirs["score"]) != (ours.unfilled, ours.score):
            raise RuntimeError(f"order {seed} of {size}: CP-SAT says {theirs}, we say {ours}")
        if ours.proven and theirs["unfilled"] == ours.unfilled and ours.score:
            over.append(theirs["score"] / ours.score - 1)
    name = f"cpsat_{size[0]}x{size[1]}"
    results = spread_of([one["ms"] for one in solved], name)
    for budget in WITHIN_MS:
        done = sum(one["proven"] and one["ms"] <= budget for one in solved)
        results[f"{name}_proven_share_{budget}ms"] = done / orders
    return results | {f"{name}_gap_max": max(over, default=0.0)}


def batches() -> Results:
    """A flash sale decided one by one and together: fill rates per mille, what is saved, and in how long."""
    orders = batch(100, seed=1)
    started = time.perf_counter()
    choice = decide_batch(orders, lambda: False)
    return {
        "batch_100_s": time.perf_counter() - started,
        "batch_100_one_by_one_fill_rate": choice.one_by_one.fill_rate,
        "batch_100_together_fill_rate": choice.together.fill_rate,
        "batch_100_saved_share": 1 - choice.together.score / choice.one_by_one.score,
    }


def main() -> None:
    """Measure, print a table and write `build/bench/choice.json`."""
    results: Results = {}
    for size, orders in SIZES.items():
        results |= speed(size, orders)
    for size, orders in COMPARED.items():
        results |= gaps(size, orders)
    python = os.environ.get("CPSAT_PYTHON")
    if python:
        for size, orders in COMPARED.items():
            results |= cp_sat(python, size, orders)
    write_results("choice", results | batches())
