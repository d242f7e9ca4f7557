"""All commands put together. Each module is one group; what is heavy is imported when a command runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from connector_service.cli import (
    carriers,
    credential,
    demo,
    doctor,
    exceptions,
    inventory,
    locations,
    manifests,
    orders,
    pickups,
    rebuild,
    rejected,
    rules,
    secrets,
    stack,
    tenants,
)
from connector_service.cli.group import Commands

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Dockline: every order from trigger to outcome, with one owner and one deadline at any time.",
    epilog="First steps:  [b]dockline demo[/b]  shows all of it;  [b]dockline up[/b]  starts it for your own orders;  "
    "[b]dockline doctor[/b]  says what is wrong and what to do.",
)


@app.callback()
def choose_home(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(help="Folder with this installation's data; default: .dockline in the checkout."),
    ] = None,
) -> None:
    """Remember where the installation is."""
    context.obj = home


for module in (
    stack,
    demo,
    orders,
    inventory,
    locations,
    manifests,
    pickups,
    exceptions,
    rejected,
    rebuild,
    doctor,
    tenants,
    credential,
    secrets,
    rules,
    carriers,
):
    module.register(app)
