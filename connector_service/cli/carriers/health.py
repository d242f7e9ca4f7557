"""`dockline carriers`: how each carrier is doing, once or again and again."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import Annotated, Any

import orjson
import typer
from rich.console import Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from connector_service.adapters.health import CallKind
from connector_service.cli.group import home_of
from connector_service.cli.output import AsJson, console, moment, table, write_json

BARS = "▁▂▃▄▅▆▇█"
STYLES = {"closed": "", "half_open": "yellow", "open": "red"}
CREDENTIAL_STYLES = {"fresh": "", "ageing": "yellow", "overdue": "red"}


def show(
    context: typer.Context,
    kind: Annotated[CallKind, typer.Option(help="Which calls the figures are of.")] = "rate",
    watch: Annotated[bool, typer.Option("--watch", help="Look again and again, until Ctrl-C.")] = False,
    every: Annotated[float, typer.Option(help="Seconds between two looks.", min=0.1)] = 2.0,
    as_json: AsJson = False,
) -> None:
    """How your carriers are doing: what state they are in, how fast they answer, what fails, what calls were saved.

    With --watch --json one line of JSON per look. Figures count from the connector's start.

    Examples:  dockline carriers  |  dockline carriers --kind label  |  dockline carriers --watch --every 5
    """
    if context.invoked_subcommand is not None:
        return
    if not watch:
        (found,) = _looks(context, None)
        if as_json:
            write_json(found)
        else:
            console().print(Group(health_table(found, kind), *_below(found)))
        return
    try:
        _watch(_looks(context, every), kind, as_json)
    except KeyboardInterrupt:
        return


def _looks(context: typer.Context, every: float | None) -> Iterator[dict[str, Any]]:
    from connector_service.cli.connector import Connector

    with Connector(home_of(context)) as connector:
        yield connector.get("/v1/carriers")
        while every is not None:
            time.sleep(every)
            yield connector.get("/v1/carriers")


def _watch(looks: Iterator[dict[str, Any]], kind: str, as_json: bool) -> None:
    screen = console()
    if as_json or not screen.is_terminal:
        for found in looks:
            line = orjson.dumps(found).decode() + "\n" if as_json else ""
            sys.stdout.write(line)
            if not as_json:
                screen.print(health_table(found, kind))
            sys.stdout.flush()
        return
    with Live(console=screen, auto_refresh=False, screen=True) as live:
        for found in looks:
            live.update(health_table(found, kind), refresh=True)


def health_table(found: dict[str, Any], kind: str) -> Table:
    """One line per carrier; figures are of calls of one kind."""
    shown = _table("carrier", "state", f"{kind} calls", "p50 / p95 / p99 ms", "timeouts", "errors", "how fast")
    for each in found["carriers"]:
        calls = each["kinds"].get(kind)
        shown.add_row(each["carrier"], _styled(each["words"], STYLES[each["state"]]), *_figures(calls))
    return shown


def _table(*columns: str) -> Table:
    """A table whose second column folds where there is little room, and no other but the last."""
    shown = table(*columns)
    for column in (*shown.columns[:1], *shown.columns[2:-1]):
        column.no_wrap = True
    return shown


def _figures(calls: dict[str, Any] | None) -> tuple[str, ...]:
    if calls is None or not calls["calls"]:
        return ("0", "", "", "", "")
    percentiles = " / ".join(_milliseconds(calls[name]) for name in ("p50_ms", "p95_ms", "p99_ms"))
    shares = [f"{calls[name]:.1%}" for name in ("timeout_share", "error_share")]
    return (str(calls["calls"]), percentiles, *shares, bars(calls["latency"]))


def _milliseconds(bound: float | None) -> str:
    """A bucket's bound; the last bucket has none."""
    return f"{bound:g}" if bound is not None else "over 10000"


def bars(counts: list[int]) -> str:
    """A histogram in one line: a bar per bucket, as high as its share of the fullest one; a dot for an empty one."""
    fullest = max(counts, default=0)
    return "".join(BARS[-(-count * len(BARS) // fullest) - 1] if count else "·" for count in counts)


def _money(rates: dict[str, Any]) -> str:
    if rates["currency"] is None:
        return ""
    from canonical_models.money import in_words

    spent, saved = (in_words(rates[name], rates["currency"]) for name in ("cost_minor", "saved_minor"))
    return f"{spent} ({saved} saved)"


def _credential(credential: dict[str, Any] | None) -> str:
    if credential is None:
        return ""
    days, style = credential["days"], CREDENTIAL_STYLES[credential["stage"]]
    words = f"{days} day{'' if days == 1 else 's'} old"
    if style:
        words += f", to be replaced by {credential['rotates_by'][:10]}"
    if credential["verdict"] == "refused":
        words, style = f"refused; {words}", "red"
    return _styled(words, style)


def _styled(words: str, style: str) -> str:
    return f"[{style}]{escape(words)}[/]" if style else escape(words)


def _below(found: dict[str, Any]) -> Iterator[Table | str]:
    if not found["carriers"]:
        yield "No carrier is connected. Connect one: PUT /v1/connections/<carrier>"
        return
    scale = _scale(found["buckets_ms"])
    yield f"\nSince {moment(found['since'])} UTC. How fast: a bar each for calls of up to {scale}.\n"
    more = _table("carrier", "can do", "calls saved", "cost of rate calls", "credential")
    for each in found["carriers"]:
        rates, names = each["rates"], (name.replace("_", " ") for name in each["capabilities"])
        saved = f"{rates['saved_share']:.0%}" if rates["asked"] else ""
        more.add_row(each["carrier"], ", ".join(names), saved, _money(rates), _credential(each["credential"]))
    yield more


def _scale(buckets: list[float]) -> str:
    short = " ".join(f"{bound:g}" for bound in buckets if bound < 1_000)
    long = " ".join(f"{bound / 1_000:g}" for bound in buckets if bound >= 1_000)
    return f"{short} ms, {long} s, and longer"
