"""`dockline carriers`: one module per command."""

from __future__ import annotations

import typer

from connector_service.cli.carriers import rates
from connector_service.cli.carriers.capabilities import capabilities
from connector_service.cli.carriers.health import show
from connector_service.cli.carriers.performance import performance

carriers = typer.Typer(help="Carriers: how they are doing, what they can do, what they charge.")
carriers.callback(invoke_without_command=True)(show)
carriers.command("capabilities")(capabilities)
carriers.command("performance")(performance)
rates.register(carriers)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(carriers, name="carriers")
