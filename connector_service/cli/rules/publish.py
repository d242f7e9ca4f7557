"""`dockline rules publish`, `approve`, `reject`, `withdraw` and `rollback`: what is in force, and who says so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from connector_service.cli.group import home_of
from connector_service.cli.output import AsJson, console, write_json

if TYPE_CHECKING:
    from connector_service.rules_publishing.following import Follower
    from connector_service.rules_publishing.publishing import Done, Who

Because = Annotated[str, typer.Option(help="Why, in words that somebody reads a year from now.")]
Tenant = Annotated[str, typer.Option(help="Only for this tenant; without it for all tenants.")]
By = Annotated[str, typer.Option("--by", help="Who does it; default: who is logged in on this machine.")]
As = Annotated[str, typer.Option("--as", help="Who decides; default: who is logged in on this machine.")]
FileId = Annotated[str, typer.Argument(metavar="FILE_ID", help="The file's id, such as ownership.")]
ProposalId = Annotated[str, typer.Argument(metavar="ID", help="The proposal's id: dockline rules list --proposals")]


def publish(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A rule file, or a tenant's layer (extends).")],
    because: Because,
    tenant: Tenant = "",
    shadow: Annotated[
        bool, typer.Option("--shadow", help="Evaluate it beside the live version; it never acts.")
    ] = False,
    canary: Annotated[int | None, typer.Option(help="Let it answer for so many percent of all orders.")] = None,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Check a rule file and put it in force; a connector that runs takes it over within about a second.

    With any finding nothing is changed (exit code 1). Where a tenant demands two persons it becomes a proposal.

    Examples:  dockline rules publish ownership.json --because "Risk asked for 70" --shadow  |
    dockline rules publish acme-ownership.json --tenant acme --because "Contract of May" --canary 10
    """
    from connector_service.cli.rules.desk import open_desk
    from connector_service.errors import InvalidInput
    from connector_service.rules_publishing import publishing
    from connector_service.rules_publishing.reading import read_document

    if shadow and canary is not None:
        raise InvalidInput("Choose one of --shadow and --canary.")
    how = publishing.How("shadow") if shadow else publishing.How()
    if canary is not None:
        how = publishing.How("canary", canary)
    who = _who(by, because)
    document = read_document(file)
    with open_desk(home_of(context)) as desk:
        wanted = publishing.Wanted(tenant, document, file.name, how, who, desk.follower.position)
        draft = publishing.draft(desk.book, wanted)
        done = desk.write(lambda database: publishing.publish(database, desk.book, draft, desk.now))
        _tell(done, desk.follower, as_json)


def approve(
    context: typer.Context, proposal_id: ProposalId, because: Because, as_: As = "", as_json: AsJson = False
) -> None:
    """Put a proposal in force, as another person than the one who proposed it. It is checked again first.

    Example:  dockline rules approve pub_0123 --as ada --because "Looked at the shadow's answers of a week"
    """
    from connector_service.cli.rules.desk import open_desk
    from connector_service.rules_publishing import publishing
    from connector_service.store import rule_versions

    who = _who(as_, because)
    with open_desk(home_of(context)) as desk:
        proposed = rule_versions.proposal(desk.database, proposal_id)
        wanted = publishing.proposed_again(desk.database, proposed, who, desk.follower.position)
        draft = publishing.draft(desk.book, wanted)
        done = desk.write(lambda database: publishing.approve(database, desk.book, draft, desk.now))
        _tell(done, desk.follower, as_json)


def reject(
    context: typer.Context, proposal_id: ProposalId, because: Because, as_: As = "", as_json: AsJson = False
) -> None:
    """Turn a proposal down, or take your own back.

    Example:  dockline rules reject pub_0123 --as ada --because "The limit must stay under 500 dollars"
    """
    from connector_service.cli.rules.desk import open_desk
    from connector_service.rules_publishing import publishing
    from connector_service.store import rule_versions

    who = _who(as_, because)
    with open_desk(home_of(context)) as desk:
        proposed = rule_versions.proposal(desk.database, proposal_id)
        done = desk.write(lambda database: publishing.reject(database, proposed, who, desk.now))
        _tell(done, desk.follower, as_json)


def withdraw(
    context: typer.Context, file_id: FileId, because: Because, tenant: Tenant = "", by: By = "", as_json: AsJson = False
) -> None:
    """End a version in shadow or canary; the live one stays as it is.

    Example:  dockline rules withdraw ownership --because "It sends too much to risk"
    """
    from connector_service.cli.rules.desk import open_desk
    from connector_service.rules_publishing import publishing

    who = _who(by, because)
    with open_desk(home_of(context)) as desk:
        done = desk.write(lambda database: publishing.withdraw(database, tenant, file_id, who, desk.now))
        _tell(done, desk.follower, as_json)


def rollback(
    context: typer.Context,
    file_id: FileId,
    because: Because,
    to: Annotated[str | None, typer.Option(help="To this version; default: the one before the live one.")] = None,
    tenant: Tenant = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Put an earlier version in force again, at once; it needs no second person, because it was approved before.

    The first rollback goes to the version before the live one, the next further back, in the end to the rules folder.

    Examples:  dockline rules rollback ownership --because "Too many orders wait"  |
    dockline rules rollback ownership --to 1.2.0 --because "Last version that audit knows"
    """
    from connector_service.cli.rules.desk import open_desk
    from connector_service.rules_publishing import rolling_back

    who = _who(by, because)
    with open_desk(home_of(context)) as desk:
        target = rolling_back.aim(desk.database, desk.book, tenant, file_id, to)
        done = desk.write(lambda database: rolling_back.roll_back(database, target, who, desk.now))
        _tell(done, desk.follower, as_json)


def _who(name: str, because: str) -> Who:
    from connector_service.cli.rules.desk import this_user
    from connector_service.rules_publishing.publishing import COMMAND_LINE, Who

    return Who(name or this_user(), COMMAND_LINE, because)


def _tell(done: Done, follower: Follower, as_json: bool) -> None:
    from connector_service.rules_publishing.views import done_as_json

    result = {**done_as_json(done), "alarms": list(follower.alarms)}
    if as_json:
        write_json(result)
        return
    screen = console()
    screen.print(_words(result["state"], result["publication"]), soft_wrap=True)
    for warning in result["warnings"]:
        screen.print(f"Warning: {warning}", soft_wrap=True, markup=False)
    for alarm in result["alarms"]:
        screen.print(f"Alarm: {alarm}", soft_wrap=True, markup=False)


def _words(state: str, entry: dict[str, Any] | None) -> str:
    if entry is None:
        return "This is in force already, from the rules folder. Nothing was changed."
    file, whom = f"{entry['file']} {entry['version']}", f"for {entry['tenant'] or 'all tenants'}"
    if state == "unchanged":
        return (
            f"{file} is {'proposed' if entry['action'] == 'propose' else 'in force'} {whom} already. Nothing changed."
        )
    if state == "proposed":
        how = f"dockline rules approve {entry['id']} --as NAME --because ..."
        return f"{file} is proposed {whom}; another person than {entry['person']} must approve it:\n  {how}"
    if state == "rejected":
        return f"The proposal of {file} {whom} is rejected."
    if state == "withdrawn":
        return f"{file} is no longer tried {whom}; the live version stays as it is."
    modes = {
        "live": "is in force",
        "shadow": "runs in shadow beside the live version, and never acts,",
        "canary": f"answers for {entry['percent']}% of all orders",
    }
    back = " again" if entry["action"] == "roll_back" else ""
    return f"{file} {modes[entry['mode']]}{back} {whom}."


def register(rules: typer.Typer) -> None:
    """Add the commands."""
    for command in (publish, approve, reject, withdraw, rollback):
        rules.command(command.__name__)(command)
