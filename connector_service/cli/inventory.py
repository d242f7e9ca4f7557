"""`dockline inventory import`: counts and movements from a CSV file, whatever its size; and the other commands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from connector_service.cli import stock_changes, stock_views
from connector_service.cli.group import home_of
from connector_service.cli.output import console

inventory = typer.Typer(no_args_is_help=True, help="Stock: count, receive, adjust, send, look, reconcile.")
PIECE = 65_536


class Kind(StrEnum):
    """What a line tells of."""

    COUNT = "count"
    RECEIPT = "receipt"
    ADJUSTMENT = "adjustment"
    TRANSFER_SENT = "transfer_sent"
    TRANSFER_ARRIVED = "transfer_arrived"
    TRANSFER_LOST = "transfer_lost"


@inventory.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file whose first line names the columns.")],
    kind: Annotated[
        Kind, typer.Option(help="What the lines are, unless a column named kind says so.", case_sensitive=False)
    ] = Kind.COUNT,
    source: Annotated[str, typer.Option(help="The system that tells.")] = "file",
    as_of: Annotated[
        str, typer.Option(help="When it was counted or happened, with its zone; default: when the file was changed.")
    ] = "",
    location: Annotated[str, typer.Option(help="Where it lies, unless a column says so.")] = "",
    encoding: Annotated[str, typer.Option(help="Encoding of the file, unless it begins with a mark.")] = "utf-8",
    all_or_nothing: Annotated[
        bool, typer.Option("--all-or-nothing", help="Take nothing when one line is refused; up to 10,000 lines.")
    ] = False,
) -> None:
    """Take counts and movements over from a CSV file. Good lines are kept, bad ones are listed with their number.

    Columns: sku, location, quantity, and as it needs them lot, expires on, as of, sequence, kind, reference, reason,
    transfer id, to location, serials; many other names are known.

    Examples:  dockline inventory import stock.csv --source erp  |  dockline inventory import in.csv --kind receipt
    """
    from connector_service.cli.connector import Connector
    from connector_service.errors import InvalidInput

    if not file.is_file():
        raise InvalidInput(f"There is no file {file}.")
    counted = as_of or datetime.fromtimestamp(file.stat().st_mtime).astimezone().isoformat()
    params = {"kind": kind.value, "source": source, "as_of": counted, "all_or_nothing": str(all_or_nothing).lower()}
    with Connector(home_of(context)) as connector:
        answer = connector.upload(
            "/v1/inventory/csv",
            _pieces(file),
            {**params, **({"location_id": location} if location else {})},
            f"text/csv; charset={encoding}",
        )
    _show(answer)
    if answer["refused"]:
        raise typer.Exit(1)


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(PIECE):
            yield piece


def _show(answer: dict[str, Any]) -> None:
    out = console()
    out.print(
        f"{answer['accepted']} accepted ({answer['changed']} changed the stock, {answer['replayed']} were known), "
        f"{answer['stale']} older than what is known, {answer['refused']} refused."
    )
    if answer["ignored_columns"]:
        out.print(f"These columns mean nothing here: {', '.join(answer['ignored_columns'])}.")
    for refusal in answer["refusals"][:50]:
        column = f", column {refusal['column']['name']}" if refusal["column"] else ""
        out.print(f"Line {refusal['line']}{column}: {refusal['detail']}", markup=False, highlight=False)
    if len(answer["refusals"]) > 50:
        out.print(f"... and {answer['refused'] - 50} more.")
    if answer["stopped_at"]:
        out.print(f"Reading stopped at line {answer['stopped_at']}: so many were refused. Is it the right file?")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    stock_changes.add_to(inventory)
    stock_views.add_to(inventory)
    app.add_typer(inventory, name="inventory")
