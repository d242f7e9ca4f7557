"""`dockline location close`, `location open`, `location closures` and `location label-format`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from connector_service.cli.group import home_of
from connector_service.cli.output import AsJson, console, moment, table, write_json

locations = typer.Typer(
    no_args_is_help=True, help="Close a location for all orders, and open it again; what its label printers take."
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The location's id, such as us-east.")]
ReasonWhy = Annotated[str, typer.Option("--why", help="The reason, for the audit trail.")]
Person = Annotated[str, typer.Option(help="Who decided it; default: the key's label.")]


@locations.command("close")
def close(
    context: typer.Context,
    name: Name,
    why: ReasonWhy,
    person: Person = "",
    nobody_there: Annotated[
        bool, typer.Option("--nobody-there", help="It cannot ship anything: do not wait for its system's answer.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Send no more orders to a location, and move away what nobody has picked there.

    The warehouse is asked to stop what it was given. What it does not give up, and what is picked, stays. The same
    command again goes on where it ended.

    Example:  dockline location close us-east --why "flood in the basement"
    """
    from connector_service.cli.connector import Connector

    said = {"because": why, "person": person, "nobody_there": nobody_there}
    total: dict[str, Any] = {"moved": [], "short": [], "stay": [], "failed": []}
    after: str | None = ""
    with Connector(home_of(context)) as connector:
        while after is not None:
            answer = connector.post(f"/v1/locations/{name}/close", {**said, "after": after})
            for kind, orders in total.items():
                orders += answer[kind]
            after = answer["next"]
    if as_json:
        write_json({"location_id": name, **total})
        return
    out = console()
    out.print(f"{name} is closed: {why}", markup=False)
    out.print(
        f"{len(total['moved'])} orders ship from elsewhere, {len(total['short'])} wait for stock, "
        f"{len(total['stay'])} stay there: the warehouse did not give them up."
    )
    for each in total["failed"][:20]:
        out.print(f"{each['order_id']} failed: {each['because']}", markup=False)


@locations.command("open")
def reopen(context: typer.Context, name: Name, why: ReasonWhy, person: Person = "") -> None:
    """Send orders to a location again; what was moved away stays where it is now.

    Example:  dockline location open us-east --why "pumped dry"
    """
    from connector_service.cli.connector import Connector

    with Connector(home_of(context)) as connector:
        answer = connector.post(f"/v1/locations/{name}/open", {"because": why, "person": person})
    console().print(f"{name} is open{' again' if answer['opened_now'] else '; it was not closed'}.", markup=False)


@locations.command("closures")
def list_closures(context: typer.Context, as_json: AsJson = False) -> None:
    """The last closures: from when to when, who said so, and why.

    Example:  dockline location closures
    """
    from connector_service.cli.connector import Connector

    with Connector(home_of(context)) as connector:
        found = connector.get("/v1/locations/closures")["closures"]
    if as_json:
        write_json(found)
        return
    shown = table("location", "closed (UTC)", "by", "why", "open again (UTC)", "by", "why")
    for each in found:
        opened = moment(each["opened_at"]) if each["opened_at"] else "closed now"
        said = (each["closed_by"], each["closed_because"], opened, each["opened_by"], each["opened_because"])
        shown.add_row(each["location_id"], moment(each["closed_at"]), *said)
    console().print(shown)


@locations.command("label-format")
def label_format(
    context: typer.Context,
    name: Name,
    takes: Annotated[
        str, typer.Argument(metavar="FORMAT", help="zpl, pdf, pdf_a4, pdf_letter; tenant: what the tenant's take.")
    ],
) -> None:
    """Say what a location's label printers take, such as a thermal printer at one dock.

    Example:  dockline location label-format us-east zpl
    """
    from connector_service.cli.connector import Connector

    wanted = None if takes == "tenant" else takes
    with Connector(home_of(context)) as connector:
        answer = connector.put(f"/v1/locations/{name}/label-format", {"label_format": wanted})
    console().print(f"Labels for {name} come as {answer['label_format']}.", markup=False)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(locations, name="location")
