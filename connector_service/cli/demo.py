"""`dockline demo`: the pilot of 500 orders."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from connector_service.cli.group import FAILED, home_of
from connector_service.cli.output import console, say


def demo(
    context: typer.Context,
    orders: Annotated[int, typer.Option(min=1, max=20_000, help="How many orders to send.")] = 500,
    seed: Annotated[int, typer.Option(help="The same seed sends the same orders.")] = 2026,
    keep_up: Annotated[bool, typer.Option("--keep-up/--stop", help="Leave everything running afterwards.")] = True,
    report: Annotated[Path, typer.Option(help="Where to write the report.")] = Path("demo-report.html"),
) -> None:
    """Send orders through the real flows, a tenth of them made to go wrong, and check what becomes of each.

    Starts everything it needs, with an empty database; orders of your own are kept aside. Exit code 1 when an order
    missed its outcome or an invariant is violated.

    Examples:  dockline demo  |  dockline demo --orders 100 --seed 7 --stop
    """
    from connector_service.cli.stack import show_addresses
    from connector_service.demo.run import Pilot, run_pilot
    from connector_service.local.progress import timed
    from connector_service.local.stack import Stack, Wanted

    home = home_of(context)
    stack = Stack(home, timed(say))
    addresses = stack.up(Wanted(lease_seconds=15, start_over=True))
    well = run_pilot(Pilot(home, addresses, orders, seed, report), console())
    if keep_up:
        show_addresses(addresses)
        console().print("Everything still runs; stop it: make demo-stop")
    else:
        stack.down()
    raise typer.Exit(0 if well else FAILED)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)
