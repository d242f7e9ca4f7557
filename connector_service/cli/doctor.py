"""`dockline doctor`: what is wrong with this installation, in words, and what to do."""

from __future__ import annotations

import typer

from connector_service.cli.group import FAILED, home_of
from connector_service.cli.output import AsJson, console, write_json

MARKS = {True: "[green]ok[/green]    ", False: "[red]wrong[/red] ", None: "[dim]off[/dim]   "}


def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Examine the installation: tools, database, rules, programs, flows, deliveries, deadlines.

    Each thing that is wrong comes with what to do. Exit code 1 when anything is.
    """
    from dataclasses import asdict

    from connector_service.local.diagnosis import examine

    findings = examine(home_of(context))
    wrong = [finding for finding in findings if finding.well is False]
    if as_json:
        write_json([asdict(finding) for finding in findings])
    else:
        screen = console()
        for finding in findings:
            screen.print(f"{MARKS[finding.well]}[bold]{finding.about}[/bold]  ", end="")
            screen.print(finding.said, markup=False)
            if finding.to_do:
                screen.print(f"      -> {finding.to_do}", markup=False)
        screen.print(f"{len(wrong)} thing{'' if len(wrong) == 1 else 's'} wrong." if wrong else "All is well.")
    raise typer.Exit(FAILED if wrong else 0)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)
