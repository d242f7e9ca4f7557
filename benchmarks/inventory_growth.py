"""What a reservation costs as the store grows, and how many callers at once get how many of them: one connector."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from benchmarks.bench_stack import Stack, running_stack
from benchmarks.inventory_callers import Load, reserve
from benchmarks.inventory_house import PLACES, add_locations, fill

CALLERS = (1, 10, 100)
ORDERS = 600
CHOSEN_LINES = 10
CHOSEN_ORDERS = 200
WARM_UP = 100
Results = dict[str, float]


class Numbers:
    """Order numbers of which none comes twice."""

    def __init__(self) -> None:
        self._next = 0

    def take(self, count: int) -> int:
        """The first of so many."""
        self._next += count
        return self._next - count


def _reserved(stack: Stack, numbers: Numbers, orders: int, lines: int, callers: int, skus: int) -> dict[str, float]:
    load = Load(orders, lines, callers, numbers.take(orders), skus)
    name = "reservation" if lines == 1 else "choice"
    return asyncio.run(reserve(stack, load)).figures(name, f"_c{callers}")


def reservations(share: float, sizes: tuple[int, ...]) -> Results:
    """Orders of one line (the claim is the work) and of ten (the choice is) at 1, 10 and 100 callers; then the first
    again at ten callers with ever more positions in the store (`sizes`); `share` of the orders of a full run."""
    numbers, results = Numbers(), {}
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder)) as stack:
        add_locations(stack)
        skus = 0
        for positions in sizes:
            skus, before = positions // len(PLACES), skus
            fill(stack.database, before, skus)
            _reserved(stack, numbers, WARM_UP, 1, 10, skus)
            if not before:
                results = _at_once(stack, numbers, share, skus)
            grown = _reserved(stack, numbers, int(ORDERS * share), 1, 10, skus)
            end = f"_{positions // 1_000}k_positions"
            results |= {f"{key.removesuffix('_c10')}{end}": value for key, value in grown.items() if "p5" not in key}
            results[f"connector_mb{end}"] = stack.memory_mb()
    return results


def _at_once(stack: Stack, numbers: Numbers, share: float, skus: int) -> Results:
    results: Results = {}
    for callers in CALLERS:
        results |= _reserved(stack, numbers, int(ORDERS * share), 1, callers, skus)
    for callers in CALLERS:
        results |= _reserved(stack, numbers, int(CHOSEN_ORDERS * share), CHOSEN_LINES, callers, skus)
    return results
