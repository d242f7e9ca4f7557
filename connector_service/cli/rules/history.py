"""`dockline rules list`, `history` and `shadow`: what is in force, since when, by whom, and what is tried beside it."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
import typer

from connector_service.cli.group import home_of
from connector_service.cli.output import AsJson, console, moment, table, write_json
from connector_service.cli.rules.publish import FileId, Tenant


def list_files(
    context: typer.Context,
    tenant: Tenant = "",
    proposals: Annotated[bool, typer.Option("--proposals", help="Only what waits for approval.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show which version of which rule file is in force, and what runs in shadow or canary beside it.

    Examples:  dockline rules list  |  dockline rules list --tenant acme  |  dockline rules list --proposals
    """
    from connector_service.cli.rules.desk import open_desk
    from connector_service.rules_publishing import views

    with open_desk(home_of(context)) as desk:
        open_ones = views.open_proposals(desk.database, tenant or None)
        files = views.files_as_json(desk.book.of(tenant), desk.book.of(""))
        alarms = list(desk.follower.alarms)
    if as_json:
        write_json({"files": files, "proposals": open_ones, "alarms": alarms})
        return
    if not proposals:
        _show_files(files, alarms)
    _show_proposals(open_ones)


def _show_files(files: list[dict[str, Any]], alarms: list[str]) -> None:
    shown = table("file", "version", "hash", "own", "tried beside it", "what it decides")
    for file in files:
        own, first_sentence = "yes" if file["own"] else "", file["description"].partition(". ")[0].rstrip(".")
        shown.add_row(file["id"], file["version"], file["hash"][:12], own, _trial(file["trial"]), first_sentence)
    console().print(shown)
    for alarm in alarms:
        console().print(f"Alarm: {alarm}", soft_wrap=True, markup=False)


def _trial(trial: dict[str, Any] | None) -> str:
    if trial is None:
        return ""
    return (
        f"{trial['version']} in shadow" if trial["mode"] == "shadow" else f"{trial['version']} for {trial['percent']}%"
    )


def _show_proposals(proposals: list[dict[str, Any]]) -> None:
    if not proposals:
        console().print("Nothing waits for approval.")
        return
    shown = table("proposal", "file", "version", "as", "for", "by", "because")
    for each in proposals:
        whom = each["tenant"] or "all tenants"
        shown.add_row(each["id"], each["file"], each["version"], each["mode"], whom, each["person"], each["because"])
    console().print(shown)


def history(context: typer.Context, file_id: FileId, tenant: Tenant = "", as_json: AsJson = False) -> None:
    """Show every version of a file: who published, approved, rejected or rolled back, when and why.

    Examples:  dockline rules history ownership  |  dockline rules history ownership --tenant acme
    """
    from connector_service.cli.rules.desk import open_desk
    from connector_service.rules_publishing import views

    with open_desk(home_of(context)) as desk:
        found = views.histories(desk.database, tenant, file_id)
        base = desk.book.base.files.get(file_id)
    if as_json:
        write_json({"history": found, "folder_version": base.file.version if base else None})
        return
    for each in found:
        _show_entry(each)
    if not found:
        console().print(f"Nothing was published for {file_id}.")
    if base is not None:
        console().print(f"The rules folder holds {file_id} {base.file.version}.")


def _show_entry(each: dict[str, Any]) -> None:
    what = each["action"].replace("_", " ") + (f" ({each['mode']})" if each["mode"] != "live" else "")
    whom = f"for {each['tenant'] or 'all tenants'}"
    state = f": {each['state'].replace('_', ' ')}" if each["state"] else ""
    screen = console()
    screen.print(f"{moment(each['at'])} UTC  {each['version']}  {what} {whom}{state}", markup=False, soft_wrap=True)
    screen.print(f"    {each['person']}, {each['via']}: {each['because']}", markup=False, soft_wrap=True)
    screen.print(f"    {each['id']}", markup=False, soft_wrap=True)


def shadow(
    context: typer.Context,
    file_id: FileId,
    tenant: Tenant = "",
    last: Annotated[int, typer.Option(min=1, max=100_000, help="Look at so many of its last answers.")] = 1_000,
    as_json: AsJson = False,
) -> None:
    """Say how often the version in shadow would have answered otherwise than the live one, with examples.

    Example:  dockline rules shadow ownership --last 5000
    """
    from connector_service.cli.rules.desk import open_desk
    from connector_service.rules_publishing import views

    with open_desk(home_of(context)) as desk:
        report = views.shadow_report(desk.database, desk.book.of(tenant), tenant, file_id, last)
    if as_json:
        write_json(report)
        return
    versions = f"{file_id} {report['shadow_version']}, in shadow beside {report['live_version']}"
    screen = console()
    screen.print(
        f"{versions}: {report['differing']} of its last {report['answers']} answers are not those of the live version; "
        f"{report['same_answer_by_another_rule']} are the same, by another rule.",
        soft_wrap=True,
    )
    for each in report["examples"]:
        screen.print(_example(each), soft_wrap=True, markup=False)


def _example(each: dict[str, Any]) -> str:
    live, shadow = (
        {**each[side], "outcome": orjson.dumps(each[side]["outcome"]).decode()} for side in ("live", "shadow")
    )
    facts = orjson.dumps(each["facts"]).decode()
    return (
        f"  {each['subject']}: {live['rule'] or 'default'} {live['outcome']} would be {shadow['rule'] or 'default'} "
        f"{shadow['outcome']}\n    {shadow['because']} Facts: {facts}"
    )


def register(rules: typer.Typer) -> None:
    """Add the commands."""
    rules.command("list")(list_files)
    rules.command("history")(history)
    rules.command("shadow")(shadow)
