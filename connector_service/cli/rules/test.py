"""`dockline rules test`: the tests inside rule files, and how much of the rules they show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from connector_service.cli.output import AsJson, console, table, write_json

if TYPE_CHECKING:
    from connector_service.rules_authoring.coverage.coverage import Coverage
    from connector_service.rules_engine.file_tests import TestOutcome

Names = Annotated[
    list[str] | None, typer.Argument(help="Rule files (an id such as ownership, or a path) or folders; default: rules.")
]
_LISTED = 20


def run(
    names: Names = None,
    coverage: Annotated[bool, typer.Option("--coverage", help="Say what no test shows, with a test for it.")] = False,
    threshold: Annotated[float | None, typer.Option(help="Fail below this coverage in percent.", max=100)] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Test again whenever a file is saved.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run the tests that stand inside rule files, on the engine and on the reference evaluator.

    Exit code 0 when all pass (and the coverage is reached), 1 when not or when a file has findings, 2 for misuse.

    Examples:

      dockline rules test

      dockline rules test ownership --coverage

      dockline rules test rules --coverage --threshold 100

      dockline rules test my-rules/ownership.json --watch
    """
    from connector_service.cli.rules.choosing import chosen_files

    def once() -> bool:
        return _tested(chosen_files(names), coverage or threshold is not None, threshold, as_json)

    if watch:
        from connector_service.cli.rules.watching import watch as again

        again(lambda: chosen_files(names), once)
        return
    if not once():
        raise typer.Exit(1)


def _tested(paths: list[Path], coverage: bool, threshold: float | None, as_json: bool) -> bool:
    """Whether every file passes."""
    from connector_service.errors import RulesInvalid

    results = []
    for path in paths:
        try:
            results.append(_result(path, coverage, threshold))
        except RulesInvalid as error:
            results.append(_Result(path, error.detail.splitlines(), [], None, threshold))
    if as_json:
        write_json({"passed": all(r.passed for r in results), "files": [r.as_json() for r in results]})
    else:
        _show(results, coverage)
    return all(result.passed for result in results)


def _result(path: Path, coverage: bool, threshold: float | None) -> _Result:
    from connector_service.cli.rules.reading import compiled_file
    from connector_service.rules_authoring.coverage.coverage import coverage_of
    from connector_service.rules_engine.file_tests import run_tests

    compiled = compiled_file(path)
    return _Result(path, [], run_tests(compiled), coverage_of(compiled) if coverage else None, threshold)


class _Result:
    """How one file came out."""

    def __init__(
        self,
        path: Path,
        findings: list[str],
        outcomes: list[TestOutcome],
        coverage: Coverage | None,
        threshold: float | None,
    ) -> None:
        self.path, self.findings, self.outcomes, self.coverage = path, findings, outcomes, coverage
        self.failed = [outcome for outcome in outcomes if not outcome.passed]
        covered = coverage is None or threshold is None or coverage.percent >= threshold
        self.passed = not findings and not self.failed and covered

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"file": str(self.path), "passed": self.passed, "findings": self.findings}
        found["tests"] = [outcome.as_json() for outcome in self.outcomes]
        return found | ({"coverage": self.coverage.as_json()} if self.coverage else {})


def _show(results: list[_Result], coverage: bool) -> None:
    columns = ("file", "tests", "failed", "ms", *(("coverage",) if coverage else ()))
    shown = table(*columns)
    for result in results:
        spent = sum(outcome.milliseconds for outcome in result.outcomes)
        percent = f"{result.coverage.percent:g}%" if result.coverage else "findings"
        row = (result.path.stem, str(len(result.outcomes)), str(len(result.failed)), f"{spent:.0f}")
        shown.add_row(*row, *((percent,) if coverage else ()))
    console().print(shown)
    for result in results:
        _show_failures(result)
        if result.coverage:
            _show_gaps(result.coverage)


def _show_failures(result: _Result) -> None:
    for line in result.findings:
        console().print(line, style="red", markup=False)
    for outcome in result.failed:
        console().print(f"\n{outcome.file}: {outcome.name}: FAILED", style="bold red", markup=False)
        for key, value in outcome.expected.items():
            console().print(f"  {key}: expected {_json(value)}, got {_json(outcome.actual.get(key))}", markup=False)
        if not outcome.actual:
            console().print(f"  {outcome.detail}", markup=False)
        for line in outcome.why:
            console().print(f"  {line}", markup=False)


def _show_gaps(coverage: Coverage) -> None:
    for gap in coverage.missing[:_LISTED]:
        console().print(f"\n{coverage.file}: {gap}", markup=False)
        if gap.test is not None:
            console().print(f"  add to tests: {_json(gap.test)}", markup=False, soft_wrap=True)
    if len(coverage.missing) > _LISTED:
        console().print(f"\n{coverage.file}: {len(coverage.missing) - _LISTED} more; --json lists all.", markup=False)


def _json(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


def register(rules: typer.Typer) -> None:
    """Add the command."""
    rules.command("test")(run)
