"""`dockline rules replay`: a new version asked about what was decided before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connector_service.cli.group import home_of
from connector_service.cli.output import AsJson, console, say, write_json

if TYPE_CHECKING:
    from connector_service.local.home import Home
    from connector_service.rules_authoring.by_oracle import ByOracle
    from connector_service.rules_authoring.replay import Recorded


def replay(
    context: typer.Context,
    new: Annotated[str, typer.Argument(help="The new version: a file or id, ID@VERSION, or REVISION:PATH of git.")],
    last: Annotated[int, typer.Option(min=1, max=1_000_000, help="At most so many of the latest decisions.")] = 1_000,
    tenant: Annotated[str, typer.Option(help="Only this tenant's decisions; default: each tenant's.")] = "",
    facts: Annotated[
        Path | None, typer.Option(help="Instead of decisions: a folder or file of facts or orders.")
    ] = None,
    against: Annotated[
        str, typer.Option(help="With --facts: the version to compare with; default: the shipped one.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Say how many recorded decisions a new version would change, from what to what, and list them.

    Nothing is decided and nothing is written.

    With --facts: .json files (one object each) or .jsonl files (one a line) of facts, of {"id": ..., "facts": {...}},
    or of orders as `dockline order show --json` writes them.

    Examples:

      dockline rules replay rules/ownership.json --last 1000

      dockline rules replay my-ownership.json --facts exported-orders --against ownership

      dockline rules replay ownership --tenant acme --json
    """
    from connector_service.cli.rules.versions import version_of, words_beside
    from connector_service.rules_authoring.by_oracle import ByOracle
    from connector_service.rules_authoring.replay import lines_of
    from connector_service.rules_authoring.replay import replay as asked_again

    home = home_of(context)
    version = ByOracle(version_of(new, home, tenant), words_beside(new).organisation)
    recorded: Iterable[Recorded]
    if facts is not None:
        recorded = _from_files(version, facts, _old(against or version.file.id, home, tenant))
    else:
        recorded = _from_store(home, version.file.id, tenant, last)
    found = asked_again(version, recorded, _derived(version.file.id, home, tenant), _progress)
    if as_json:
        write_json(found.as_json())
        return
    for line in lines_of(found):
        console().print(line, markup=False, soft_wrap=True, style="" if line.startswith(" ") else "bold")


def _progress(asked: int) -> None:
    if asked and asked % 1_000 == 0:
        say(f"{asked:,} asked")


def _old(reference: str, home: Home, tenant: str) -> ByOracle:
    from connector_service.cli.rules.versions import version_of, words_beside
    from connector_service.rules_authoring.by_oracle import ByOracle

    return ByOracle(version_of(reference, home, tenant), words_beside(reference).organisation)


def _derived(file_id: str, home: Home, tenant: str) -> set[str]:
    """What the shipped version derives: such names stand among recorded facts."""
    from connector_service.cli.rules.versions import version_of
    from connector_service.errors import NotFound

    try:
        return {each.name for each in version_of(file_id, home, tenant).derived}
    except NotFound:
        return set()


def _from_files(new: ByOracle, place: Path, old: ByOracle) -> Iterator[Recorded]:
    """Facts with what the old version answers to them; what it cannot evaluate counts as not answered."""
    from connector_service.cli.rules.facts_in import facts_in
    from connector_service.clock import SystemClock
    from connector_service.errors import InvalidInput
    from connector_service.rules_authoring.diff.answers import NOTHING, Answered
    from connector_service.rules_authoring.replay import Recorded, answer_of

    today = SystemClock().now().date()
    for name, facts in facts_in(place, new.file.vocabulary.name):
        try:
            answer = answer_of(old, old.evaluate(facts, today))
        except InvalidInput:
            answer = Answered(NOTHING, ())
        yield Recorded("", name, facts, answer, today)


def _from_store(home: Home, file_id: str, tenant: str, last: int) -> list[Recorded]:
    from connector_service.errors import InstallationProblem
    from connector_service.local.tenant_setup import open_database
    from connector_service.rules_authoring.diff.comparing import recorded_of
    from connector_service.store import decisions, tenants

    if not home.database.exists():
        raise InstallationProblem(f"There is no database {home.database} with decisions yet. Give --facts FOLDER.")
    with open_database(home.database) as database:
        if tenant:
            tenants.tenant_name(database, tenant)
        whose = [tenant] if tenant else tenants.tenant_ids(database)
        found = [each for name in whose for each in decisions.latest_of_file(database, name, file_id, last)]
    newest = sorted(found, key=lambda each: each.decided_at)[-last:]
    return [recorded_of(each.model_dump(mode="json")) for each in newest]


def register(rules: typer.Typer) -> None:
    """Add the command."""
    rules.command("replay")(replay)
