"""Percentiles, and results as a table and as flat JSON."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

FOLDER = Path(__file__).parents[1] / "build" / "bench"


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` percent do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, max(0, round(share / 100 * len(ranked)) - 1))]


def machine_ms() -> float:
    """Milliseconds that a fixed loop in Python takes now, the median of some. Shared machines are half as quick in some
    hours as in others: figures of two runs are to be compared by it."""
    return statistics.median(_loop_ms() for _ in range(9))


def _loop_ms() -> float:
    began, total = time.perf_counter(), 0
    for number in range(200_000):
        total += number & 7
    return (time.perf_counter() - began) * 1_000


def write_results(name: str, results: dict[str, float]) -> None:
    """Print a table and write `build/bench/<name>.json`."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps({key: round(value, 3) for key, value in results.items()}, indent=2) + "\n")
    table = Table("figure", "value", title=name)
    for key, value in results.items():
        table.add_row(key, f"{value:,.2f}")
    Console().print(table)
