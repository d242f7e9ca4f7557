"""`dockline carriers`: one module per command."""

from __future__ import annotations

import typer

from connector_service.cli.carriers import rates

carriers = typer.Typer(no_args_is_help=True, help="Carriers: what they charge.")
rates.register(carriers)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(carriers, name="carriers")
