"""`dockline credential`: accounts at other systems, whose secrets are typed or piped in and never shown."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from connector_service.cli.group import FAILED, home_of
from connector_service.cli.output import AsJson, console, how_soon, moment, table, write_json

credential = typer.Typer(no_args_is_help=True, help="Credentials at warehouses, carriers and shops.")
Slug = Annotated[str, typer.Argument(metavar="SYSTEM", help="The system's name in Dockline, such as ups or northdock.")]
Settings = Annotated[
    list[str] | None, typer.Option("--setting", help="name=value of a setting that is no secret; may be repeated.")
]
Untested = Annotated[bool, typer.Option("--no-test", help="Store it without asking the other system.")]
MARKS = {"works": "[green]works[/green]", "refused": "[red]refused[/red]", "untested": "[yellow]untested[/yellow]"}
STAGES = {"fresh": "", "ageing": "[yellow]replace soon[/yellow]", "overdue": "[red]overdue[/red]"}


@credential.command("list")
def list_credentials(context: typer.Context, as_json: AsJson = False) -> None:
    """Every credential with its age, whether it works, and by when it must be replaced. Exit code 1 when one is overdue
    or refused.

    Example:  dockline credential list
    """
    from connector_service.cli.connector import Connector
    from connector_service.clock import SystemClock

    with Connector(home_of(context)) as connector:
        found = connector.get("/v1/credentials")["credentials"]
    if as_json:
        write_json(found)
    else:
        now = SystemClock().now()
        shown = table("system", "test", "entered", "replace by", "", "owner", "old one holds until")
        for each in found:
            shown.add_row(
                each["slug"],
                MARKS[each["verdict"]],
                f"{moment(each['entered_at'])} by {each['entered_by']}",
                how_soon(each["deadline_at"] or each["rotates_by"], now),
                STAGES[each["stage"]],
                each["owner"] or "",
                moment(each["old_until"]),
            )
        console().print(shown)
    raise typer.Exit(FAILED if any(each["stage"] == "overdue" or each["verdict"] == "refused" for each in found) else 0)


@credential.command("set")
def set_credential(
    context: typer.Context,
    slug: Slug,
    setting: Settings = None,
    days: Annotated[int | None, typer.Option(help="After so many days it must be replaced; default 90.")] = None,
    no_test: Untested = False,
) -> None:
    """Connect a system, or replace all of its settings at once. The secrets are asked for, or come on standard input as
    one JSON object: a command line can be read by every user of the machine.

    Example:  dockline credential set ups --setting account_number=A1B2C3
    """
    from connector_service.cli.connector import Connector

    with Connector(home_of(context)) as connector:
        names = connector.get(f"/v1/credentials/{slug}/fields")["secret_fields"]
        plain = _plain(setting or [], names)
        secrets = _secrets(names, may_be_empty=False)
        body = {"settings": {**plain, **secrets}, "rotation_days": days}
        said = connector.put(f"/v1/connections/{slug}{_query(no_test)}", body)
    console().print(f"{slug}: {said['words']} Replace it by {moment(said['rotates_by'])} UTC.")
    console().print(f"Messages of the system go to {said['webhook_path']}")


@credential.command("test")
def test_credential(context: typer.Context, slug: Slug) -> None:
    """Ask the other system whether it takes the credential, by a call that changes nothing. Exit code 1 when it does
    not.

    Example:  dockline credential test fedex
    """
    from connector_service.cli.connector import Connector

    with Connector(home_of(context)) as connector:
        said = connector.post(f"/v1/credentials/{slug}/test", {})
    console().print(f"{slug}: {said['words']}")
    raise typer.Exit(0 if said["verdict"] == "works" else FAILED)


@credential.command("rotate")
def rotate(
    context: typer.Context,
    slug: Slug,
    overlap_hours: Annotated[
        int, typer.Option(min=0, max=720, help="How long the old one holds beside the new one.")
    ] = 72,
    no_test: Untested = False,
    end_old: Annotated[bool, typer.Option("--end-old", help="Only delete the old one, before its time.")] = False,
) -> None:
    """Enter the next credential. Both hold for a while: webhooks may be signed with either, calls go out with the new
    one, and with the old one when the new one is refused. A secret that is left empty stays as it is.

    Examples:  dockline credential rotate ups  |  dockline credential rotate ups --end-old
    """
    from connector_service.cli.connector import Connector

    with Connector(home_of(context)) as connector:
        if end_old:
            connector.delete(f"/v1/credentials/{slug}/old")
            console().print(f"{slug}: the old credential is deleted.")
            return
        names = connector.get(f"/v1/credentials/{slug}/fields")["secret_fields"]
        body = {"settings": _secrets(names, may_be_empty=True), "overlap_hours": overlap_hours}
        said = connector.post(f"/v1/credentials/{slug}/rotate{_query(no_test)}", body)
    console().print(f"{slug}: {said['words']} The old one holds until {moment(said['old_until'])} UTC.")


def _query(no_test: bool) -> str:
    return "?test=false" if no_test else ""


def _plain(given: list[str], secret: list[str]) -> dict[str, Any]:
    import orjson

    from connector_service.errors import InvalidInput

    read: dict[str, Any] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if name in secret:
            raise InvalidInput(f"{name} is a secret: leave it out here and type it when asked, or pipe it in as JSON.")
        if not equals:
            raise InvalidInput(f"A setting reads name=value, not {each!r}.")
        read[name] = orjson.loads(value) if value[:1] in ("{", "[") else value
    return read


def _secrets(names: list[str], *, may_be_empty: bool) -> dict[str, Any]:
    """Typed without being shown, or as a JSON object on standard input."""
    if sys.stdin.isatty():
        default = "" if may_be_empty else None
        typed = {name: typer.prompt(name, hide_input=True, default=default, show_default=False) for name in names}
        return {name: value for name, value in typed.items() if value}
    return _piped(sys.stdin.read(), names)


def _piped(text: str, names: list[str]) -> dict[str, Any]:
    import orjson

    from connector_service.errors import InvalidInput

    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError:
        said = None
    if not isinstance(said, dict):
        # Not a word of what came in: it may be the secret.
        raise InvalidInput(f"Standard input must be one JSON object with {', '.join(names)}.")
    return said


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(credential, name="credential")
