"""`dockline manifest close`."""

from __future__ import annotations

from typing import Annotated

import typer

from connector_service.cli.group import home_of
from connector_service.cli.output import AsJson, console, table, write_json

manifests = typer.Typer(no_args_is_help=True, help="Hand a day's parcels over to a carrier.")


@manifests.command("close")
def close(
    context: typer.Context,
    carrier: Annotated[str, typer.Option(help="The carrier whose driver takes the parcels.")],
    location: Annotated[str, typer.Option(help="Where the parcels wait.")],
    day: Annotated[str, typer.Option(help="The location's own day, such as 2026-11-09; default: today.")] = "",
    as_json: AsJson = False,
) -> None:
    """Put everything labelled since the last list onto a list for the driver.

    The same command again gives the same list, until something more is labelled: that goes onto the day's next list.

    Example:  dockline manifest close --carrier swiftparcel --location us-east
    """
    from connector_service.cli.connector import Connector

    item = {"carrier": carrier, "location_id": location, **({"day": day} if day else {})}
    with Connector(home_of(context)) as connector:
        (result,) = connector.post("/v1/nodes/manifest.close", {"items": [item]})["results"]
    if result["status"] == "failed":
        typer.echo(result["error"]["detail"], err=True)
        raise typer.Exit(1)
    made = result["output"]
    if as_json:
        write_json(made)
        return
    shown = table("order", "service", "tracking numbers", "grams")
    for line in made["lines"]:
        shown.add_row(line["order_number"], line["service"], " ".join(line["tracking_numbers"]), str(line["weight_g"]))
    out = console()
    out.print(shown)
    out.print(f"List {made['part']} of {made['day']}: {made['manifest_id']}, made by {made['made_by']}.", markup=False)
    for paper in made["documents"]:
        out.print(f"{paper['format']}: GET /v1/documents/{paper['hash']}", markup=False)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.add_typer(manifests, name="manifest")
