"""`dockline pickup`: list, show, schedule, change, cancel, settle."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from connector_service.cli.group import FAILED, home_of
from connector_service.cli.output import AsJson, console, how_soon, table, write_json

pickups = typer.Typer(no_args_is_help=True, help="Call a carrier's van to a location.")
Carrier = Annotated[str, typer.Option(help="The carrier whose driver shall come.")]
Location = Annotated[str, typer.Option(help="Where the parcels wait.")]
PickupId = Annotated[str, typer.Argument(help="The pickup, such as pck_01jc...; `dockline pickup list` shows them.")]
Day = Annotated[str, typer.Option(help="The location's own day, such as 2026-11-09; default: the next possible.")]
Ready = Annotated[
    str, typer.Option(help="From when on, such as 15:30, on the location's clock; default: 09:00 or now.")
]
Close = Annotated[str, typer.Option(help="Until when; default: 18:00.")]
Instruction = Annotated[str, typer.Option(help="What the driver should know, such as the door.")]


@pickups.command("list")
def list_pickups(
    context: typer.Context,
    carrier: Annotated[str, typer.Option(help="Only this carrier's.")] = "",
    location: Annotated[str, typer.Option(help="Only at this location.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Also those that are collected or cancelled.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the pickups that are not over, the newest first: who comes, when, and who has to act.

    Example:  dockline pickup list --location us-east
    """
    narrow = {"carrier": carrier, "location_id": location, "open_only": not everything}
    found = _ask(context, "search", **narrow, limit=500)["pickups"]
    if as_json:
        write_json(found)
        return
    columns = ("carrier", "location_id", "day", "ready", "close", "parcels", "status", "trouble", "owner")
    shown = table("pickup", *(name.removesuffix("_id") for name in columns))
    for each in found:
        shown.add_row(each["pickup_id"], *(str("" if each[name] is None else each[name]) for name in columns))
    console().print(shown if found else "There is no pickup." if everything else "No pickup is open.")


@pickups.command("show")
def show(context: typer.Context, pickup_id: PickupId, as_json: AsJson = False) -> None:
    """Show one pickup whole.

    Example:  dockline pickup show pck_01jc2v6d7c8m9k0p1r2s3t4v5w
    """
    _print(_ask(context, "get", pickup_id=pickup_id), as_json)


@pickups.command("schedule")
def schedule(
    context: typer.Context,
    carrier: Carrier,
    location: Location,
    day: Day = "",
    ready: Ready = "",
    close: Close = "",
    instruction: Instruction = "",
    as_json: AsJson = False,
) -> None:
    """Call the carrier for everything that is labelled and that it has not collected. Again: the same pickup.

    Example:  dockline pickup schedule --carrier ups --location us-east --ready 15:30
    """
    window = {"day": day, "ready": ready, "close": close, "instruction": instruction}
    _print(_ask(context, "schedule", carrier=carrier, location_id=location, **window), as_json)


@pickups.command("change")
def change(
    context: typer.Context,
    pickup_id: PickupId,
    day: Day = "",
    ready: Ready = "",
    close: Close = "",
    instruction: Instruction = "",
    as_json: AsJson = False,
) -> None:
    """Ask for another window, and take along what waits by now. Until it is confirmed the first appointment stands.

    Example:  dockline pickup change pck_01jc2v6d7c8m9k0p1r2s3t4v5w --close 19:00
    """
    window = {"day": day, "ready": ready, "close": close, "instruction": instruction}
    _print(_ask(context, "change", pickup_id=pickup_id, **window), as_json)


@pickups.command("cancel")
def cancel(context: typer.Context, pickup_id: PickupId, as_json: AsJson = False) -> None:
    """Call the carrier off.

    Example:  dockline pickup cancel pck_01jc2v6d7c8m9k0p1r2s3t4v5w
    """
    _print(_ask(context, "cancel", pickup_id=pickup_id), as_json)


@pickups.command("settle")
def settle(
    context: typer.Context,
    pickup_id: PickupId,
    confirmation: Annotated[str, typer.Option(help="The number of the appointment that stands at the carrier.")] = "",
    not_booked: Annotated[bool, typer.Option("--not-booked", help="Nothing stands at the carrier.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what the carrier has on its books, for a pickup that is in doubt.

    Example:  dockline pickup settle pck_01jc2v6d7c8m9k0p1r2s3t4v5w --confirmation 2929602E9CP
    """
    if bool(confirmation) == not_booked:
        raise typer.BadParameter("say either --confirmation with the carrier's number, or --not-booked")
    _print(_ask(context, "settle", pickup_id=pickup_id, confirmation=confirmation), as_json)


def _ask(context: typer.Context, operation: str, **given: Any) -> dict[str, Any]:
    """What the node answers; what was refused ends the command with its words."""
    from connector_service.cli.connector import Connector

    item = {name: value for name, value in given.items() if value != ""}
    with Connector(home_of(context)) as connector:
        (result,) = connector.post(f"/v1/nodes/pickup.{operation}", {"items": [item]})["results"]
    if result["status"] == "failed":
        typer.echo(result["error"]["detail"], err=True)
        raise typer.Exit(FAILED)
    output: dict[str, Any] = {**result["output"], "exception": result["exception"]}
    return output


def _print(made: dict[str, Any], as_json: bool) -> None:
    """The pickup; one that somebody has to look at ends the command with 1."""
    exception = made.pop("exception")
    if as_json:
        write_json(made)
    else:
        _write(made, exception)
    if exception is not None:
        raise typer.Exit(FAILED)


def _write(made: dict[str, Any], exception: dict[str, Any] | None) -> None:
    out = console()
    out.print(f"{made['pickup_id']} is {made['status']}: {made['message']}", markup=False)
    window = f"{made['day']} from {made['ready']} to {made['close']} ({made['timezone']})"
    out.print(f"{made['carrier']} at {made['location_id']}, {window}: {made['parcels']} parcels, {made['weight_g']} g.")
    if made["deadline_at"]:
        out.print(f"{made['owner']} answers for it, by {how_soon(made['deadline_at'], datetime.now(UTC))}.")
    if exception is not None:
        out.print(f"{exception['code']}: {exception['remedy']}", markup=False)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(pickups, name="pickup")
