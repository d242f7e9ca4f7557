"""`dockline exception list`: what left the ordinary path or is overdue, and who must do what about it."""

from __future__ import annotations

from typing import Annotated

import typer

from connector_service.cli.group import home_of
from connector_service.cli.output import AsJson, console, how_soon, table, write_json

exceptions = typer.Typer(no_args_is_help=True, help="Look at exceptions.")


@exceptions.command("list")
def list_exceptions(
    context: typer.Context,
    state: Annotated[str, typer.Option(help="open, claimed, resolved, requeued, cancelled; empty for all.")] = "open",
    owner: Annotated[str, typer.Option(help="Only those of this owner, such as warehouse.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many, oldest first.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Exceptions with owner, deadline, and what must be filled in or done before the order may go on.

    Examples:  dockline exception list  |  dockline exception list --owner warehouse --state claimed
    """
    from connector_service.cli.connector import Connector
    from connector_service.clock import SystemClock

    with Connector(home_of(context)) as connector:
        found = connector.get("/v1/exceptions", state=state, owner=owner, limit=limit)["exceptions"]
    if as_json:
        write_json(found)
        return
    now = SystemClock().now()
    shown = table("code", "owner", "act by", "needs", "what happened", "about")
    for case in found:
        needs = [*case["required_fields"], *(step for step in case["audit_steps"] if step not in case["audit_done"])]
        act_by = how_soon(case["deadline_at"], now)
        about = case["order_id"] or case["credential_id"]
        shown.add_row(case["code"], case["owner"], act_by, ", ".join(needs), case["message"], about)
    console().print(shown)
    console().print(f"{len(found)} exception{'' if len(found) == 1 else 's'}.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(exceptions, name="exception")
