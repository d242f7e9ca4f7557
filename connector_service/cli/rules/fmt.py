"""`dockline rules fmt`: rule files in one layout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connector_service.cli.output import console

if TYPE_CHECKING:
    from connector_service.rules_engine.findings import Finding


def fmt(
    names: Annotated[
        list[str] | None, typer.Argument(help="Rule files (an id or a path) or folders; default: rules.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 when a file would change.")
    ] = False,
) -> None:
    """Lay rule files out alike: keys in one order, a line for each part of a rule and for each test.

    No value changes, so the content hash stays; a file with findings is laid out too, as long as it is JSON.

    Examples:

      dockline rules fmt

      dockline rules fmt my-rules/ownership.json

      dockline rules fmt rules --check
    """
    from connector_service.cli.rules.choosing import chosen_files

    findings: list[Finding] = []
    changed = [path for path in chosen_files(names) if _is_changed(path, check, findings)]
    for path in changed:
        console().print(f"{path} {'is laid out otherwise' if check else 'laid out'}", markup=False, soft_wrap=True)
    for finding in findings:
        console().print(str(finding), style="red", markup=False, soft_wrap=True)
    if not changed and not findings:
        console().print("Every file is laid out already.")
    if findings or (check and changed):
        raise typer.Exit(1)


def _is_changed(path: Path, check: bool, findings: list[Finding]) -> bool:
    """Whether the file was (or, to check, would be) written anew; a file that is no JSON is a finding."""
    from connector_service.cli.rules.writing import write_whole
    from connector_service.rules_authoring.formatting import formatted
    from connector_service.rules_engine.findings import Report
    from connector_service.rules_engine.strict_json import load_json

    report = Report(path.name)
    document = load_json(path, report)
    findings.extend(report.findings)
    if report.findings:
        return False
    text = formatted(document)
    if path.read_bytes() == text.encode():
        return False
    if not check:
        write_whole(path, text)
    return True


def register(rules: typer.Typer) -> None:
    """Add the command."""
    rules.command("fmt")(fmt)
