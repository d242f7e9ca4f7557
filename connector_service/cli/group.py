"""What all commands share: how an error ends a command, and which installation it is about."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from connector_service.errors import DocklineError, InvalidInput

if TYPE_CHECKING:
    from connector_service.local.home import Home

FAILED = 1
MISUSED = 2


class Commands(TyperGroup):
    """The commands; an error of ours becomes its words and exit code 1, or 2 when what was typed is wrong."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except DocklineError as error:
            where = f" (at {error.pointer})" if error.pointer else ""
            sys.stderr.write(f"{error.title}{where}.\n{error.detail}\n")
            raise typer.Exit(MISUSED if isinstance(error, InvalidInput) else FAILED) from None


def home_of(context: typer.Context) -> Home:
    """The installation that the command is about."""
    from connector_service.local.home import Home

    chosen = context.find_root().obj
    return Home(chosen) if chosen else Home()
