"""The pilot while it runs: a live table for somebody who watches, plain lines for a file or a pipe."""

from __future__ import annotations

from collections import Counter
from types import TracebackType

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from connector_service.demo.facts import Glance

LINE_EVERY_S = 3.0
PATH = ("received", "validated", "allocated", "released", "picked", "packed", "shipped")
"""Statuses of the ordinary path, in order; the others are shown after them."""


class LiveProgress:
    """Shows where the orders are; to be used in a `with` block, `show` being called again and again."""

    def __init__(self, screen: Console, total: int) -> None:
        self._screen = screen
        self._total = total
        self._live = Live(console=screen, refresh_per_second=4, transient=True) if screen.is_terminal else None
        self._said_at = -LINE_EVERY_S
        self._said = ""

    def __enter__(self) -> LiveProgress:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def show(self, sent: int, settled: int, seen: Glance, seconds: float) -> None:
        """`sent` webhooks were answered, `settled` orders reached their outcome, `seconds` since the first webhook."""
        if self._live:
            self._live.update(self._picture(sent, settled, seen, seconds))
            return
        told = words(sent, self._total, settled, seen)
        if told != self._said and seconds - self._said_at >= LINE_EVERY_S:
            self._said, self._said_at = told, seconds
            self._screen.print(f"{seconds:4.0f} s  {told}")

    def _picture(self, sent: int, settled: int, seen: Glance, seconds: float) -> Group:
        head = Text(f"{sent} webhooks answered, {settled} of {self._total} orders settled, {seconds:.0f} s", "bold")
        rate = Text(f"{settled / seconds:.1f} orders/s" if seconds else "", "dim")
        grid = Table.grid(padding=(0, 2))
        for status, count in in_order(seen.statuses):
            bar = ProgressBar(total=self._total, completed=count, width=40)
            grid.add_row(status.replace("_", " "), str(count), bar)
        trouble = ", ".join(f"{count} {code}" for code, count in sorted(seen.codes.items())) or "none yet"
        return Group(head, rate, grid, Text(f"exceptions: {trouble}", "yellow"))


def in_order(statuses: Counter[str]) -> list[tuple[str, int]]:
    """Statuses with how many orders are in each, the ordinary path first."""
    rest = sorted(statuses.keys() - set(PATH))
    return [(status, statuses[status]) for status in (*PATH, *rest) if statuses[status]]


def words(sent: int, total: int, settled: int, seen: Glance) -> str:
    """All of it in one line."""
    where = ", ".join(f"{count} {status}" for status, count in in_order(seen.statuses)) or "no order yet"
    return f"{sent} webhooks answered, {settled} of {total} orders settled: {where}; {seen.codes.total()} exceptions"
