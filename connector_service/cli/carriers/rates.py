"""`dockline carriers rates`: what carriers have agreed to charge."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from connector_service.cli.group import home_of
from connector_service.cli.output import AsJson, console, moment, table, write_json

rates = typer.Typer(no_args_is_help=True, help="Negotiated rates, which stand in when a carrier cannot be asked.")
Slug = Annotated[str, typer.Option("--carrier", help="The carrier's name in Dockline, such as ups or regional.")]


@rates.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A rate table: .csv, or .json.")],
    carrier: Slug = "regional",
    as_json: AsJson = False,
) -> None:
    """Take a rate table over, in place of the one that begins on the same day; a mistake in it leaves all as it is.

    Columns of a CSV file, one line per service, zone and weight step: service, zone, ship_to, up_to_kg, cost,
    transit_days, currency, valid_from; if need be ship_from, per_kg_over, valid_until, fuel_surcharge_percent,
    volume_divisor. Areas read DE, DE:24, US:005-098 or *.

    Example:  dockline carriers rates import rates-2027.csv --carrier ups
    """
    from connector_service.cli.connector import Connector

    read = _read(file)
    with Connector(home_of(context)) as connector:
        kept = connector.put(f"/v1/carriers/{carrier}/rates", read)
    if as_json:
        write_json(kept)
        return
    until = kept["valid_until"] or "further notice"
    console().print(
        f"{carrier}: {len(kept['services'])} services in {len(kept['zones'])} zones, in {kept['currency']}, "
        f"from {kept['valid_from']} until {until}."
    )


def _read(file: Path) -> dict[str, Any]:
    from connector_service.errors import InvalidInput
    from connector_service.rate_tables import read_csv, read_json

    if not file.is_file():
        raise InvalidInput(f"There is no file {file}.")
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput(f"{file} is not UTF-8: save it in that encoding.") from None
    made = read_csv(text) if file.suffix.lower() == ".csv" else read_json(text)
    return made.model_dump(mode="json")


@rates.command("show")
def show(context: typer.Context, carrier: Slug = "regional", as_json: AsJson = False) -> None:
    """List the rate tables agreed with a carrier, and which one holds today.

    Example:  dockline carriers rates show --carrier ups
    """
    from connector_service.cli.connector import Connector

    with Connector(home_of(context)) as connector:
        found = connector.get(f"/v1/carriers/{carrier}/rates")
    if as_json:
        write_json(found)
        return
    listed = table("from", "until", "in force", "currency", "services", "fuel surcharge", "put by", "at")
    for each in found["tables"]:
        said = each["table"]
        listed.add_row(
            each["valid_from"],
            said["valid_until"] or "further notice",
            "yes" if each["in_force"] else "",
            said["currency"],
            ", ".join(service["service"] for service in said["services"]),
            f"{said['fuel_surcharge_per_mille'] / 10:g} %",
            each["put_by"],
            moment(each["put_at"]),
        )
    console().print(listed if found["tables"] else f"Nothing is agreed with {carrier}.")


def register(carriers: typer.Typer) -> None:
    """Add the commands."""
    carriers.add_typer(rates, name="rates")
