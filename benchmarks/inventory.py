"""Inventory and warehouse choice: what reserving, choosing, a flash sale and a read cost, and what growth adds.

`python -m benchmarks.inventory` measures in about five minutes; `--quick` in about one, with a share of the orders.
Rates and waits are wall times and follow what else the machine does; processor times (`cpu`) hardly do.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import choice
from benchmarks.bench_stack import Stack, order, running_stack
from benchmarks.connector import slow_disk
from benchmarks.inventory_flash import flash_sale
from benchmarks.inventory_flow import Run, run_alone
from benchmarks.inventory_growth import reservations
from benchmarks.inventory_reads import in_process, over_http
from benchmarks.results import write_results

Results = dict[str, float]
Part = tuple[str, Callable[[], Results]]


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: orders per size of choice, and of every other part."""

    choices: dict[tuple[int, int], int]
    compared: dict[tuple[int, int], int]
    share: float
    positions: tuple[int, ...]
    allocated: int
    flash: tuple[int, int]
    reads: int


FULL = Extent(
    choices={(20, 10): 500, (100, 10): 100, (500, 30): 20},
    compared={(20, 10): 100, (100, 10): 40},
    share=1,
    positions=(1_000, 100_000, 1_000_000),
    allocated=3_000,
    flash=(10_000, 1_000),
    reads=3_000,
)
QUICK = Extent(
    choices={(20, 10): 60, (100, 10): 10, (500, 30): 3},
    compared={(20, 10): 20},
    share=0.2,
    positions=(1_000, 100_000),
    allocated=500,
    flash=(1_000, 100),
    reads=300,
)


def choices(size: tuple[int, int], orders: int) -> Results:
    """Times of the choice alone, and the choices a second that this makes of one processor."""
    results = choice.speed(size, orders)
    name = f"choice_{size[0]}x{size[1]}"
    return results | {f"{name}_per_s": 1_000 / results[f"{name}_mean_ms"]}


def received_to_allocated(orders: int) -> Results:
    """Orders of three lines, sent as fast as they are acknowledged; then half as many with 5 ms for each disk sync."""
    with tempfile.TemporaryDirectory() as name, running_stack(Path(name)) as stack:
        results = _allocated(stack, orders).figures("received_to_allocated")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running_stack(folder, slow_disk(folder)) as stack:
            slow = _allocated(stack, orders // 2).figures("received_to_allocated_5ms_sync")
    return results | slow


def _allocated(stack: Stack, orders: int) -> Run:
    warm_up, bodies = [order(at) for at in range(200)], [order(1_000 + at) for at in range(orders)]
    done = asyncio.run(run_alone(stack, warm_up, bodies))
    if done.statuses["allocated"] != orders:
        raise RuntimeError(f"Not every order was allocated: {dict(done.statuses)}")
    return done


def parts(extent: Extent) -> list[Part]:
    """What is measured, in turn."""
    sizes = [
        (f"choices among {size[0]} locations, {size[1]} lines", partial(choices, size, orders))
        for size, orders in extent.choices.items()
    ]
    gaps = [
        (f"greedy beside exact, {size[0]} x {size[1]}", partial(choice.gaps, size, orders))
        for size, orders in extent.compared.items()
    ]
    return [
        *sizes,
        *gaps,
        ("reservations by callers and positions", partial(reservations, extent.share, extent.positions)),
        ("received to allocated", partial(received_to_allocated, extent.allocated)),
        ("a flash sale", partial(flash_sale, *extent.flash)),
        ("availability reads in process", in_process),
        ("availability reads over HTTP", partial(over_http, extent.reads)),
    ]


def main(extent: Extent = FULL) -> None:
    """Measure part by part, print a table and write `build/bench/inventory.json`."""
    results: Results = {}
    began = time.perf_counter()
    for name, measure in parts(extent):
        sys.stderr.write(f"{time.perf_counter() - began:4.0f} s  {name}\n")
        results |= measure()
    write_results("inventory", results)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer orders, for a look in about a minute")
    main(QUICK if parser.parse_args().quick else FULL)
