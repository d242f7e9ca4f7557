"""How commands write: text on standard output, progress on standard error, JSON when asked."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

AsJson = Annotated[bool, typer.Option("--json", help="Write JSON for other programs.")]


def console() -> Console:
    """Where a command writes; as wide as needed when nobody watches, so that no line is cut in a file or pipe."""
    shown = Console(highlight=False, soft_wrap=False)
    return shown if shown.is_terminal else Console(highlight=False, width=200)


def write_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n")


def say(line: str) -> None:
    """One line of progress."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def table(*columns: str, title: str | None = None) -> Table:
    """A plain table with these columns."""
    made = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def moment(text: str | None) -> str:
    """A time for a person: `2026-11-09 15:00:01`, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if text else ""


def how_soon(text: str | None, now: datetime) -> str:
    """A deadline for a person: when it is and how long that is from now."""
    if not text:
        return "none"
    minutes = round((datetime.fromisoformat(text) - now).total_seconds() / 60)
    return f"{moment(text)} UTC ({_distance(abs(minutes))} {'left' if minutes >= 0 else 'overdue'})"


def _distance(minutes: int) -> str:
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 60 * 48 else f"{minutes // (60 * 24)} days"
