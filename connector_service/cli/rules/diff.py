"""`dockline rules diff`: what a new version changes, in words and counted."""

from __future__ import annotations

from typing import Annotated

import typer

from connector_service.cli.group import home_of
from connector_service.cli.output import AsJson, console, write_json


def diff(
    context: typer.Context,
    old: Annotated[str, typer.Argument(help="The old version: a file or id, ID@VERSION, or REVISION:PATH of git.")],
    new: Annotated[str, typer.Argument(help="The new version, named likewise.")],
    tenant: Annotated[str, typer.Option(help="Whose published versions ID@VERSION means; default: of all.")] = "",
    as_json: AsJson = False,
) -> None:
    """Count exactly which kinds of facts two versions answer differently, with an example of each change.

    Every combination of values that the rules can tell apart is counted once; what was written differently follows.

    Exit code 0: no answer changes; 1: some do; 2: it could not be compared.

    Examples:

      dockline rules diff main:rules/ownership.json rules/ownership.json

      dockline rules diff ownership@1.0.0 ownership

      dockline rules diff ownership my-ownership.json --json
    """
    from connector_service.cli.rules.versions import version_of
    from connector_service.clock import SystemClock
    from connector_service.errors import InvalidInput, NotFound, RulesInvalid
    from connector_service.rules_authoring.diff.diff import diff as compared
    from connector_service.rules_authoring.diff.diff import lines_of

    home = home_of(context)
    try:
        versions = version_of(old, home, tenant), version_of(new, home, tenant)
    except (NotFound, RulesInvalid) as error:  # not 1, which says that answers change
        raise InvalidInput(error.detail) from error
    found = compared(*versions, SystemClock().now().date())
    if as_json:
        write_json(found.as_json())
    else:
        for line in lines_of(found):
            console().print(line, markup=False, soft_wrap=True, style="" if line.startswith(" ") else "bold")
    raise typer.Exit(1 if found.answers_change else 0)


def register(rules: typer.Typer) -> None:
    """Add the command."""
    rules.command("diff")(diff)
