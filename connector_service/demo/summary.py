"""What became of the pilot's orders, for the terminal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from connector_service.demo.invariants import Evidence, Result
from connector_service.demo.sending import Answer

SHOWN_VIOLATIONS = 10
OPEN = ("open", "claimed", "resolved")
WHOLE = ("shipped", "delivered", "closed")


def print_summary(
    screen: Console, evidence: Evidence, answers: Sequence[Answer], results: Sequence[Result], seconds: float
) -> None:
    """Counts, exceptions by code and owner with their deadline, and each invariant."""
    statuses = [order["status"] for order in evidence.orders]
    rate = len(evidence.orders) / seconds * 3600 if seconds else 0
    screen.print(f"\n[bold]{len(evidence.expected)} orders, the last change after {seconds:.0f} s[/bold]", end="")
    screen.print(f" ({rate:,.0f} orders per hour, with the warehouse's and carriers' own time)")
    rows = {
        "shipped": sum(status in WHOLE for status in statuses),
        "in exception": sum(bool(order["exception_ids"]) for order in evidence.orders),
        "  of these quarantined": statuses.count("quarantined"),
        "webhooks answered as replays": sum(answer.replayed for answer in answers),
        "refused, kept to be corrected": len(set(evidence.rejected)),
    }
    grid = Table.grid(padding=(0, 2))
    for name, count in rows.items():
        grid.add_row(name, str(count))
    screen.print(grid)
    screen.print(exceptions_table(evidence.exceptions, evidence.orders))
    _print_checks(screen, results)


def exceptions_table(exceptions: Sequence[Any], orders: Sequence[Any]) -> Table:
    """Open exceptions by code, owner and what they did to the order, with the earliest deadline."""
    statuses = {order["id"]: order["status"] for order in orders}
    groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for case in exceptions:
        if case["state"] in OPEN:
            key = (case["code"], case["owner"], statuses[case["order_id"]])
            groups[key].append(case["deadline_at"] or "")
    shown = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in ("exception", "owner", "order is", "count", "first deadline (UTC)"):
        shown.add_column(column)
    for (code, owner, status), due in sorted(groups.items()):
        first = datetime.fromisoformat(min(due)).strftime("%a %d %b %H:%M") if min(due) else "none"
        shown.add_row(code, owner, status.replace("_", " "), str(len(due)), first)
    return shown


def _print_checks(screen: Console, results: Sequence[Result]) -> None:
    screen.print("[bold]checked[/bold]")
    for result in results:
        mark = "[red]FAIL[/red]" if result.violations else "[green]pass[/green]"
        screen.print(f"  {mark}  {result.title}")
        for violation in result.violations[:SHOWN_VIOLATIONS]:
            screen.print(f"        {violation.subject} {violation.detail}", markup=False)
        more = len(result.violations) - SHOWN_VIOLATIONS
        if more > 0:
            screen.print(f"        and {more} more; the report has the first of each")
