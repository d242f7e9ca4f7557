"""The same warehouse choices by OR-tools CP-SAT, for comparison: a JSON list of times and scores on standard output.

OR-tools 9.15 needs protobuf 6 and the inventory feed needs 7, so it lives in an environment of its own:
`python -m venv other && other/bin/pip install ortools==9.15.6755`, then `CPSAT_PYTHON=other/bin/python`. Everything
imported here besides OR-tools is plain Python. Arguments: locations, lines, orders.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from ortools.sat.python import cp_model

from benchmarks.choice_workload import order
from connector_service.allocation import Problem, penalty
from connector_service.allocation.greedy import greedy
from connector_service.allocation.model import Model, build
from connector_service.allocation.ties import SCALE_BITS

SECONDS = 0.1
"""What the solver gets for one order, beside the time to hand the model over."""


def solve(problem: Problem) -> dict[str, Any]:
    """Milliseconds in all (model included), whether proven, unfilled units and score. The spread must be 0."""
    started = time.perf_counter()
    ready = build(problem)
    model, unfilled, score = formulate(ready)
    cost = penalty(problem)
    model.minimize(cost * unfilled + score)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = SECONDS
    status = solver.solve(model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return {
        "ms": (time.perf_counter() - started) * 1000,
        "proven": status == cp_model.OPTIMAL,
        "unfilled": int(solver.value(unfilled)) if found else None,
        "score": int(solver.value(score)) if found else None,
    }


def formulate(ready: Model) -> tuple[cp_model.CpModel, Any, Any]:
    """Open an option or not; take units of its segments only when it is open; start from the greedy plan."""
    model = cp_model.CpModel()
    start = greedy(ready)
    opened = [model.new_bool_var("") for _ in ready.options]
    carried: list[list[Any]] = [[] for _ in ready.lines]
    costs = [(option.fixed >> SCALE_BITS) * opened[option.index] for option in ready.options]
    for option in ready.options:
        model.add_hint(opened[option.index], option.index in start.used)
        for at, parts in option.segments.items():
            hinted = start.amounts.get((at, option.index), 0)
            for cost, units in parts:
                taken = model.new_int_var(0, units, "")
                model.add(taken <= units * opened[option.index])
                model.add_hint(taken, min(units, hinted))
                hinted -= min(units, hinted)
                carried[at].append(taken)
                costs.append((cost >> SCALE_BITS) * taken)
    for at, most in enumerate(ready.most):
        model.add(sum(carried[at]) <= most)
    if ready.limit is not None:
        model.add(sum(opened) <= ready.limit)
    return model, sum(ready.needs) - sum(sum(parts) for parts in carried), sum(costs)


def main(locations: int, lines: int, orders: int) -> None:
    """Solve that many orders of the workload and print what came out."""
    solved = [solve(order(locations, lines, seed, spread=0)) for seed in range(orders)]
    sys.stdout.write(json.dumps(solved))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
