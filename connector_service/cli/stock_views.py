"""`dockline inventory show` and `reconcile`: why a position is as it is, and where warehouses have other figures."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.table import Table

from connector_service.cli.group import home_of
from connector_service.cli.output import AsJson, console, moment, table, write_json


def show(
    context: typer.Context,
    sku: Annotated[str, typer.Argument(metavar="SKU")],
    location: Annotated[str, typer.Argument(metavar="LOCATION", help="The location's id.")],
    lot: Annotated[str, typer.Option(help="The lot, for a SKU that is kept by lot.")] = "",
    events: Annotated[int, typer.Option(help="How many of the last events.", min=1, max=1_000)] = 20,
    as_json: AsJson = False,
) -> None:
    """One position: its figures, what each source has counted last, and how it came to be so.

    Examples:  dockline inventory show TEE us-east  |  dockline inventory show SERUM us-east --lot L1 --json
    """
    from connector_service.cli.connector import Connector

    with Connector(home_of(context)) as connector:
        found = connector.get("/v1/inventory/position", sku=sku, location_id=location, lot=lot, events=events)
    if as_json:
        write_json(found)
        return
    there, out = found["position"], console()
    names = ("on_hand", "reserved", "picked", "unavailable", "safety_stock", "in_transit", "available")
    figures = ", ".join(f"{there[name]} {name.replace('_', ' ')}" for name in names if there[name] or name in _ALWAYS)
    out.print(f"{sku} at {location}{f', lot {lot}' if lot else ''}: {figures}", markup=False)
    for mark in found["counted"]:
        out.print(f"{mark['source']} counted {mark['on_hand']} at {moment(mark['as_of'])}", markup=False)
    out.print(_events(found["events"]))


_ALWAYS = ("on_hand", "reserved", "available")


def reconcile(
    context: typer.Context,
    location: Annotated[str, typer.Option(help="Only this location.")] = "",
    ask: Annotated[bool, typer.Option("--ask/--no-ask", help="Ask the warehouses for their figures first.")] = True,
    days: Annotated[int, typer.Option(help="How far back counts are looked at.", min=1, max=3_650)] = 1,
    as_json: AsJson = False,
) -> None:
    """Ask the warehouses what they have, and list every count that was not what was expected, with what was between.

    Examples:  dockline inventory reconcile  |  dockline inventory reconcile --no-ask --days 7
    """
    from connector_service.cli.connector import Connector
    from connector_service.clock import SystemClock

    where = {"location_id": location} if location else {}
    since = (SystemClock().now() - timedelta(days=days)).isoformat()
    with Connector(home_of(context)) as connector:
        asked = connector.post("/v1/inventory/reconciliation", where)["locations"] if ask else []
        drifts = connector.get("/v1/inventory/drifts", since=since, limit=1_000, **where)["drifts"]
    if as_json:
        write_json({"locations": asked, "drifts": drifts})
    else:
        for each in asked:
            _show_asked(each)
        _show_drifts(drifts, days)
    if any(each["trouble"] or each["refused"] for each in asked):
        raise typer.Exit(1)


def _show_asked(each: dict[str, Any]) -> None:
    out = console()
    out.print(
        f"{each['location_id']} ({each['system']}): {each['agreed']} agree, {each['drifted']} were taken over, "
        f"{each['moved_meanwhile']} moved meanwhile, {len(each['unknown_there'])} are not known there.",
        markup=False,
    )
    for words in [each["trouble"], *each["refused"]]:
        if words:
            out.print(f"  {words}", markup=False)


def _show_drifts(drifts: list[dict[str, Any]], days: int) -> None:
    out = console()
    out.print(f"{len(drifts)} counts of the last {days} days were not what was expected.")
    for drift in drifts:
        lot = f", lot {drift['lot']}" if drift["lot"] else ""
        out.print(
            f"\n{drift['sku']} at {drift['location_id']}{lot}: {drift['expected']} expected, "
            f"{drift['counted']} counted ({drift['difference']:+}) by {drift['source']} "
            f"at {moment(drift['counted_at'])}",
            markup=False,
        )
        out.print(_events(drift["events_between"]))


def _events(events: list[dict[str, Any]]) -> Table:
    shown = table("when (UTC)", "event", "on hand", "reserved", "who", "why")
    for event in events:
        figures = [str(event.get(name, "")) for name in ("on_hand", "reserved")]
        shown.add_row(moment(event["time"]), event["event"], *figures, event["actor"], event["because"])
    return shown


def add_to(inventory: typer.Typer) -> None:
    """Add the commands to `dockline inventory`."""
    inventory.command("show")(show)
    inventory.command("reconcile")(reconcile)
