"""`dockline rebuild`: what is true now, made again from the events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from connector_service.cli.group import FAILED, home_of
from connector_service.cli.output import AsJson, console, table, write_json

if TYPE_CHECKING:
    from connector_service.store.rebuild import Difference

SHOWN = 20


def rebuild(
    context: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="Only compare; change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make the present state again from the events, and say what differed. All is well when nothing does.

    The connector may run meanwhile. Exit code 1 when something differed.

    Examples:  dockline rebuild --check  |  dockline rebuild
    """
    from connector_service.errors import InstallationProblem
    from connector_service.local.tenant_setup import open_database
    from connector_service.store import rebuild as store_rebuild

    path = home_of(context).database
    if not path.exists():
        raise InstallationProblem(f"There is no database {path} yet. Make one: dockline up")
    with open_database(path) as database:
        found = store_rebuild.differences(database)
        counts = {}
        if not check:
            with database:
                database.execute("BEGIN IMMEDIATE")
                counts = store_rebuild.rebuild(database)
    if as_json:
        write_json({"differences": [_as_json(each) for each in found], "rebuilt": counts})
    else:
        _tell(found, counts)
    raise typer.Exit(FAILED if found else 0)


def _as_json(difference: Difference) -> dict[str, Any]:
    return {
        "kind": difference.kind,
        "tenant_id": difference.tenant_id,
        "id": difference.id,
        "fields": changed_fields(difference),
    }


def changed_fields(difference: Difference) -> dict[str, dict[str, Any]]:
    """The fields that differ, each as stored and as its events say."""
    stored, rebuilt = difference.stored or {}, difference.rebuilt or {}
    return {
        name: {"stored": stored.get(name), "events_say": rebuilt.get(name)}
        for name in sorted(stored.keys() | rebuilt.keys())
        if stored.get(name) != rebuilt.get(name)
    }


def _tell(found: list[Difference], counts: dict[str, int]) -> None:
    screen = console()
    if counts:
        screen.print("Made again from events: " + ", ".join(f"{count} {name}" for name, count in counts.items()) + ".")
    if not found:
        screen.print("State and events agree, object by object.")
        return
    shown = table("object", "tenant", "field", "stored", "events say")
    for each in found[:SHOWN]:
        for name, values in changed_fields(each).items():
            shown.add_row(
                f"{each.kind} {each.id}", each.tenant_id, name, str(values["stored"]), str(values["events_say"])
            )
    screen.print(shown)
    what = "differ from their events" + ("; they are mended now" if counts else "; mend them: dockline rebuild")
    screen.print(f"{len(found)} object{'' if len(found) == 1 else 's'} {what}.")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(rebuild)
