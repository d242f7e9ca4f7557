"""`dockline replay`: messages that were refused, and sending them again as they should have been."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from connector_service.cli.group import home_of
from connector_service.cli.output import AsJson, console, moment, table, write_json

SHOWN = 100


def replay(
    context: typer.Context,
    message: Annotated[str, typer.Argument(metavar="[ID]", help="rej_...; without it the messages are listed.")] = "",
    body: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="The corrected message, a JSON file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List refused messages, or take one in again, corrected. Nothing that was refused is lost.

    Examples:  dockline replay  |  dockline replay rej_01k9... --json > message.json  (edit its body)
    |  dockline replay rej_01k9... --body corrected.json
    """
    from connector_service.cli.connector import Connector

    with Connector(home_of(context)) as connector:
        waiting: list[dict[str, Any]] = connector.get("/v1/rejected")["rejected"]
        if not message:
            _list(waiting, as_json)
        elif as_json and body is None:
            write_json(_named(waiting, message))
        else:
            sent = _corrected(waiting, message, body)
            order = connector.post(f"/v1/rejected/{message}/replay", {"body": sent})
            number = order["number"]
            told = f"Taken in as order {number} ({order['order_id']}). Look: dockline order show {number}"
            write_json(order) if as_json else console().print(told)


def _list(waiting: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        write_json(waiting)
        return
    shown = table("id", "received (UTC)", "by", "what is wrong", "where")
    for each in waiting[:SHOWN]:
        problem = each["problem"]
        shown.add_row(
            each["id"], moment(each["received_at"]), each["channel"], problem["detail"], problem.get("pointer", "")
        )
    console().print(shown)
    more = f", {len(waiting) - SHOWN} more with --json" if len(waiting) > SHOWN else ""
    console().print(f"{len(waiting)} refused message{'' if len(waiting) == 1 else 's'} to correct{more}.")


def _named(waiting: list[dict[str, Any]], message: str) -> dict[str, Any]:
    from connector_service.errors import NotFound

    for each in waiting:
        if each["id"] == message:
            return each
    raise NotFound(f"No message {message} waits to be corrected. `dockline replay` lists those that do.")


def _corrected(waiting: list[dict[str, Any]], message: str, body: Path | None) -> Any:
    """What to send: the file, or the message as it came (right when something else has changed since)."""
    import orjson

    from connector_service.errors import InvalidInput

    text = body.read_bytes() if body else _named(waiting, message)["body"]
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        where = body or f"The message {message} itself"
        raise InvalidInput(
            f"{where} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}. "
            f"Send it corrected: dockline replay {message} --body FILE"
        ) from None


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(replay)
