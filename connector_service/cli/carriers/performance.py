"""`dockline carriers performance`: how carriers did by lane and month."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from connector_service.cli.group import home_of
from connector_service.cli.output import AsJson, console, table, write_json


def performance(
    context: typer.Context,
    lane: Annotated[str, typer.Option(help="Only this lane, such as US-NJ:US-NY, or US:CA for all regions.")] = "",
    month: Annotated[str, typer.Option(help="Only labels bought in this month, such as 2026-11.")] = "",
    carrier: Annotated[str, typer.Option(help="Only this carrier, such as ups.")] = "",
    as_json: AsJson = False,
) -> None:
    """How your carriers did with your parcels: in time, days late, damaged or lost, labels that failed.

    A parcel counts in the month in which its label was bought, once its end is known. A lane without regions is all
    lanes between the two countries.

    Examples:  dockline carriers performance  |  dockline carriers performance --lane US-NJ:US-NY --month 2026-11
    """
    from connector_service.cli.connector import Connector

    with Connector(home_of(context)) as connector:
        narrow = {"lane": lane, "month": month, "carrier": carrier}
        found = connector.get("/v1/carriers/performance", **{name: said for name, said in narrow.items() if said})
    if as_json:
        write_json(found)
        return
    if not found["months"]:
        console().print("No parcel's end is known yet for that. It is noted when a carrier's scans say so.")
        return
    console().print(performance_table(found))


def performance_table(found: dict[str, Any]) -> Table:
    """One line per service, lane and month, and below them the sum of each carrier."""
    shown = table("month", "carrier", "service", "lane", "ended", "in time", "days late", "claims", "failed labels")
    for each in found["months"]:
        names = (each["month"], each["carrier"], each["service"], each["lane"])
        shown.add_row(*(escape(name) for name in names), *_figures(each["figures"]))
    for name, figures in found["carriers"].items():
        shown.add_row("all", escape(name), "", "", *_figures(figures), style="bold")
    return shown


def _figures(said: dict[str, Any]) -> tuple[str, ...]:
    late = said["mean_days_late"]
    return (
        str(said["ended"]),
        _share(said["on_time_per_mille"], said["on_time"], said["on_time"] + said["late"]),
        "" if late is None else f"{late:g}",
        _share(said["claims_per_mille"], said["damaged"] + said["lost"], said["ended"]),
        _share(said["label_failures_per_mille"], said["label_failures"], said["ended"] + said["label_failures"]),
    )


def _share(per_mille: int | None, part: int, whole: int) -> str:
    return "" if per_mille is None else f"{per_mille / 10:g} % ({part} of {whole})"
