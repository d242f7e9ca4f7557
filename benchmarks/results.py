"""Percentiles, and results as a table and as flat JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

FOLDER = Path(__file__).parents[1] / "build" / "bench"


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` percent do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, max(0, round(share / 100 * len(ranked)) - 1))]


def write_results(name: str, results: dict[str, float]) -> None:
    """Print a table and write `build/bench/<name>.json`."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps({key: round(value, 3) for key, value in results.items()}, indent=2) + "\n")
    table = Table("figure", "value", title=name)
    for key, value in results.items():
        table.add_row(key, f"{value:,.2f}")
    Console().print(table)
