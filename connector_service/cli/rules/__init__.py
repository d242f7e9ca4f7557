"""`dockline rules`: one module per command."""

from __future__ import annotations

import typer

from connector_service.cli.rules import check, diff, explain, fmt, history, mutate, new, publish, replay, test


def register(app: typer.Typer) -> None:
    """Add the commands."""
    rules = typer.Typer(no_args_is_help=True, help="Rule files: check, test, explain, compare, publish.")
    for module in (check, diff, explain, fmt, history, mutate, new, publish, replay, test):
        module.register(rules)
    app.add_typer(rules, name="rules")
