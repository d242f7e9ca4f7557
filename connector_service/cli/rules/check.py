"""`dockline rules check`: mistakes in rule files, before anything runs on them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connector_service.cli.output import AsJson, console, write_json

if TYPE_CHECKING:
    from connector_service.rules_authoring.checking import FileCheck
    from connector_service.rules_engine.findings import Finding

Names = Annotated[
    list[str] | None, typer.Argument(help="Rule files (an id such as ownership, or a path) or folders; default: rules.")
]
Notes = Annotated[
    bool, typer.Option("--notes", help="Also tell what is right but decided by the order of the rules alone.")
]
Watch = Annotated[bool, typer.Option("--watch", help="Check again whenever a file is saved.")]
_STYLES = {"error": "bold red", "warning": "bold yellow", "note": "bold cyan"}
_BEFORE, _SHOWN = 60, 110


def check(names: Names = None, notes: Notes = False, watch: Watch = False, as_json: AsJson = False) -> None:
    """Check rule files and run the tests inside them: what is wrong, where, and how to mend it.

    Errors keep a file from being used. Warnings are what cannot be meant: a condition that changes nothing, a list that
    nothing uses. Notes (with --notes) say which of two rules wins, with an order for which both hold.

    Exit code 0 when all is right, 1 when there is an error or a warning, 2 for misuse.

    Examples:

      dockline rules check

      dockline rules check ownership --notes

      dockline rules check my-rules --json

      dockline rules check my-rules/ownership.json --watch
    """
    from connector_service.cli.rules.choosing import chosen_files

    def once() -> bool:
        checks = _checked(_with_layers(chosen_files(names), names), notes)
        right = all(each.is_right for each in checks)
        if as_json:
            write_json({"right": right, "files": [each.as_json() for each in checks]})
        else:
            _show(checks)
        return right

    if watch:
        from connector_service.cli.rules.watching import watch as again

        again(lambda: chosen_files(names), once)
    elif not once():
        raise typer.Exit(1)


def _with_layers(files: list[Path], names: list[str] | None) -> list[Path]:
    """The files, and the tenants' layers of the folders that were named."""
    from connector_service.rules_engine.folder import layer_paths

    folders = {file.parent for file in files} if names is None else {Path(n) for n in names if Path(n).is_dir()}
    return [*files, *(layer for folder in sorted(folders) for layer in layer_paths(folder))]


def _checked(files: list[Path], notes: bool) -> list[FileCheck]:
    from connector_service.clock import SystemClock
    from connector_service.rules_authoring.checking import check_paths
    from connector_service.rules_engine.folder import rules_folder

    folders: dict[Path, list[Path]] = {}
    for file in files:
        folders.setdefault(rules_folder(file), []).append(file)
    today = SystemClock().now().date()
    return [each for folder, paths in folders.items() for each in check_paths(paths, folder, today, notes)]


def _show(checks: list[FileCheck]) -> None:
    for each in checks:
        if each.findings:
            console().print(f"\n{each.name}", style="bold", markup=False)
        for severity, finding in each.findings:
            _show_finding(each, severity, finding)
    found = [severity for each in checks for severity, _ in each.findings]
    counts = [_counted(len(checks), "file"), _counted(sum(len(each.rules) for each in checks), "rule")]
    counts += [_counted(found.count(word), word) for word in _STYLES if word in found]
    if all(each.is_right for each in checks):
        counts.append(f"all right, and their {sum(each.tests for each in checks)} tests pass")
    console().print(f"{', '.join(counts)}.", markup=False)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _show_finding(check: FileCheck, severity: str, finding: Finding) -> None:
    """One finding: how bad, which rule, where; the line with a caret; what is wrong; how to mend it."""
    out = console()
    place = check.positions.of(finding.pointer, finding.what) if finding.file == check.name else None
    rule = f" {finding.rule}" if finding.rule else ""
    where = f"line {place.line}, {finding.pointer or '/'}" if place else f"{finding.file} {finding.pointer or '/'}"
    out.print(f"  {severity}", style=_STYLES[severity], end="", markup=False)
    out.print(f"{rule}, {where}", markup=False, soft_wrap=True)
    if place is not None:
        start = max(0, place.column - 1 - _BEFORE)
        number = str(place.line)
        room = min(_SHOWN, out.width - len(f"    {number} | "))  # a line that wraps would part from its caret
        out.print(f"    {number} | {place.text[start : start + room]}", markup=False, soft_wrap=True)
        out.print(f"    {' ' * len(number)} | {' ' * (place.column - 1 - start)}^", markup=False, soft_wrap=True)
    out.print(f"    {finding.what}", markup=False, soft_wrap=True)
    if finding.fix:
        out.print(f"    Fix: {finding.fix}", markup=False, soft_wrap=True)


def register(rules: typer.Typer) -> None:
    """Add the command."""
    rules.command("check")(check)
