"""`dockline rules mutate`: which small changes to rule files their own tests would not notice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connector_service.cli.output import AsJson, console, table, write_json

if TYPE_CHECKING:
    from connector_service.rules_authoring.mutation.mutation import MutationReport, Survivor
    from connector_service.rules_engine.compiled import CompiledFile

_LISTED = 20


def mutate(
    names: Annotated[
        list[str], typer.Argument(help="Rule files: an id such as ownership, a path, or a folder.", metavar="FILE...")
    ],
    threshold: Annotated[float, typer.Option(help="Fail below this percentage of noticed changes.", max=100)] = 95,
    as_json: AsJson = False,
) -> None:
    """Make every small change to rule files, and list those that no test notices, each with a test that would.

    A small change is a limit moved by one, another operator, a condition dropped, an owner exchanged, two rules
    swapped, and so on; the file's own tests are run on each.

    Changes that alter no answer are left out. Exit code 0 when enough is noticed, 1 when not, 2 for misuse.

    Examples:

      dockline rules mutate ownership

      dockline rules mutate rules --threshold 95

      dockline rules mutate my-rules/ownership.json --json
    """
    from connector_service.cli.rules.choosing import chosen_files
    from connector_service.rules_authoring.mutation.mutation import mutation_of

    reports = [mutation_of(_tested(path)) for path in chosen_files(names)]
    enough = all(report.percent >= threshold for report in reports)
    if as_json:
        files = [{"file": report.file, **report.as_json()} for report in reports]
        write_json({"passed": enough, "threshold": threshold, "files": files})
    else:
        _show(reports)
    if not enough:
        raise typer.Exit(1)


def _tested(path: Path) -> CompiledFile:
    """A file whose tests pass: what fails already notices nothing more."""
    from connector_service.cli.rules.reading import compiled_file
    from connector_service.errors import RulesInvalid
    from connector_service.rules_engine.file_tests import run_tests

    compiled = compiled_file(path)
    failed = [outcome for outcome in run_tests(compiled) if not outcome.passed]
    if failed:
        raise RulesInvalid(f'{path}: the test "{failed[0].name}" fails: {failed[0].detail}. Mend that first.')
    return compiled


def _show(reports: list[MutationReport]) -> None:
    shown = table("file", "changes", "noticed", "not noticed", "undecided", "score")
    for report in reports:
        counts = (report.killed + len(report.survivors), report.killed, len(report.survivors), len(report.undecided))
        shown.add_row(report.file, *map(str, counts), f"{report.percent:g}%")
    console().print(shown)
    for report in reports:
        for survivor in report.survivors[:_LISTED]:
            _show_survivor(report.file, survivor)
        if len(report.survivors) > _LISTED:
            more = len(report.survivors) - _LISTED
            console().print(f"\n{report.file}: {more} more; --json lists all.", markup=False)


def _show_survivor(file: str, survivor: Survivor) -> None:
    import json

    console().print(f"\n{file}: {survivor}", markup=False)
    if survivor.test is not None:
        test = json.dumps(survivor.test, ensure_ascii=False)
        console().print(f"  add to tests: {test}", markup=False, soft_wrap=True)


def register(rules: typer.Typer) -> None:
    """Add the command."""
    rules.command("mutate")(mutate)
