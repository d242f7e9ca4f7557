"""`dockline rules check`: mistakes in rule files, before anything runs on them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from connector_service.cli.output import console, table


def check(folder: Annotated[Path | None, typer.Argument(help="Folder of rule files; default: rules.")] = None) -> None:
    """Check every rule file of a folder and run the tests inside them. Exit code 1 with file, rule, place and reason.

    Examples:  dockline rules check  |  dockline rules check my-rules
    """
    from connector_service.clock import SystemClock
    from connector_service.errors import InvalidInput
    from connector_service.local.home import CHECKOUT
    from connector_service.rules_engine import RuleBook

    place = folder or CHECKOUT / "rules"
    if not place.is_dir():
        raise InvalidInput(f"{place} is no folder. Name the folder that holds organisation.json and the rule files.")
    files = RuleBook.load(place, SystemClock()).files()
    shown = table("file", "version", "status", "rules", "what it decides")
    for file in files:
        shown.add_row(file.id, file.version, file.status, str(file.rule_count), file.description)
    console().print(shown)
    console().print(f"{len(files)} rule files in {place} are right, and their own tests pass.")


def register(rules: typer.Typer) -> None:
    """Add the command."""
    rules.command("check")(check)
