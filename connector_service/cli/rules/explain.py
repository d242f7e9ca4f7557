"""`dockline rules explain`: why a rule won, and why every other one did not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from connector_service.cli.group import home_of
from connector_service.cli.output import AsJson, console, write_json


def explain(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="A rule file: its id such as ownership, or a path.")] = "",
    facts: Annotated[str | None, typer.Option(help="The facts as a JSON object, times among them.")] = None,
    facts_file: Annotated[Path | None, typer.Option(help="A file with the facts.")] = None,
    test: Annotated[str, typer.Option(help="Take facts, time and pauses from this test of the file.")] = "",
    decision: Annotated[str, typer.Option(help="A decision of the past, dec_...")] = "",
    order: Annotated[str, typer.Option(help="List every decision about an order: ord_..., or its number.")] = "",
    of_file: Annotated[str, typer.Option("--file", help="With --order: explain the newest one of this file.")] = "",
    now: Annotated[str, typer.Option(help="The moment to explain, such as 2026-11-09T13:00:00Z.")] = "",
    folder: Annotated[Path | None, typer.Option(help="Folder of rule files; default: rules.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say which rule won and why, and why not the others: each condition with the actual value, YES or NO.

    A file is read from the folder and tried on facts: nothing needs to run, and nothing is decided.

    Decisions and orders are asked of the running connector, and explained by the version that decided.

    Examples:

      dockline rules explain ownership --facts '{"status": "validated", "country": "BR", "total_minor": 50000}'

      dockline rules explain ownership --test "legal hold wins over risk"

      dockline rules explain --order 10042 --file ownership

      dockline rules explain --decision dec_01k9...
    """
    from connector_service.errors import InvalidInput

    if sum(map(bool, (file, decision, order))) != 1:
        raise InvalidInput("Name one thing to explain: a rule file with facts, --decision ID, or --order ID.")
    if file:
        told = _tried(file, folder, _question(file, folder, facts, facts_file, test, now))
    elif decision or of_file:
        told = _past(context, decision, order, of_file)
    else:
        _list(context, order, as_json)
        return
    if as_json:
        write_json(told)
    else:
        show(told["text"])


def _question(
    file: str, folder: Path | None, facts: str | None, facts_file: Path | None, test: str, now: str
) -> dict[str, Any]:
    """What to ask about: facts, with `now` and `pauses` if there are any."""
    from connector_service.cli.rules.reading import compiled_file, facts_from, rule_path
    from connector_service.errors import InvalidInput, NotFound
    from connector_service.rules_engine.findings import did_you_mean

    if not test:
        return {"given": facts_from(facts, facts_file)} | ({"now": now} if now else {})
    if facts is not None or facts_file is not None:
        raise InvalidInput("A test has its own facts: give --test, or --facts.")
    tests = {each["name"]: each for each in compiled_file(rule_path(file, folder)).file.tests}
    if test not in tests:
        raise NotFound(f"The file has no test {test!r}. {did_you_mean(test, tests)}")
    return dict(tests[test]) | ({"now": now} if now else {})


def _tried(name: str, folder: Path | None, asked: dict[str, Any]) -> dict[str, Any]:
    from connector_service.cli.rules.reading import compiled_file, rule_path
    from connector_service.clock import SystemClock
    from connector_service.rules_engine.explain.clock import ClockState, read_moment, split_times
    from connector_service.rules_engine.explain.explain import explain as explained
    from connector_service.rules_engine.explain.text import as_text

    compiled = compiled_file(rule_path(name, folder))
    facts, times = split_times(compiled.file, asked["given"])
    now = read_moment(asked["now"], ("now",)) if "now" in asked else SystemClock().now()
    pauses = [[read_moment(each, ("pauses",)) for each in pause] for pause in asked.get("pauses", ())]
    state = ClockState(now, times, [(pause[0], pause[1] if len(pause) > 1 else None) for pause in pauses])
    explanation = explained(compiled, facts, now.date(), state)
    return {"explanation": explanation.as_json(), "text": as_text(explanation)}


def _past(context: typer.Context, decision: str, order: str, of_file: str) -> dict[str, Any]:
    from connector_service.cli.connector import Connector
    from connector_service.cli.orders import find_order
    from connector_service.errors import NotFound
    from connector_service.rules_engine.findings import did_you_mean

    with Connector(home_of(context)) as connector:
        if not decision:
            found = connector.get(f"/v1/orders/{find_order(connector, order)}/decisions")["decisions"]
            newest = {each["file_id"]: each["id"] for each in found}
            if of_file not in newest:
                raise NotFound(f"{of_file} decided nothing about this order. {did_you_mean(of_file, newest)}")
            decision = newest[of_file]
        return connector.get(f"/v1/decisions/{decision}/explain")


def _list(context: typer.Context, order: str, as_json: bool) -> None:
    from connector_service.cli.connector import Connector
    from connector_service.cli.orders import find_order
    from connector_service.cli.output import moment
    from connector_service.rules_engine.explain.explained import shown_outcome

    with Connector(home_of(context)) as connector:
        found = connector.get(f"/v1/orders/{find_order(connector, order)}/decisions")["decisions"]
    if as_json:
        write_json(found)
        return
    for each in found:
        version, who = f"{each['file_id']} {each['file_version']}", each["rule"] or "default"
        answer = f"{version} about {each['subject_id']}: {who}, {shown_outcome(each['outcome'])}"
        console().print(f"{moment(each['decided_at'])} UTC  {each['id']}", markup=False, soft_wrap=True)
        console().print(f"    {answer}", markup=False, soft_wrap=True)
    console().print("Why:  dockline rules explain --decision ID")


def show(text: str) -> None:
    """An explanation in colours: what won, what holds and what does not."""
    from rich.text import Text

    screen = console()
    for number, line in enumerate(text.splitlines()):
        styled = Text(line)
        if number == 0 or (line and not line.startswith(" ")):
            styled.stylize("bold")
        styled.highlight_regex(r"^\S+ won\b.*", "bold green")
        styled.highlight_regex(r"\bYES\b", "green")
        styled.highlight_regex(r"\bNO\b", "bold red")
        styled.highlight_regex(r"\(was [^)]*\)", "cyan")
        styled.highlight_regex(r"(?<=YES  )\(.*\)$|(?<=NO  )\(.*\)$|^    closed .*$", "dim")
        screen.print(styled, soft_wrap=True)


def register(rules: typer.Typer) -> None:
    """Add the command."""
    rules.command("explain")(explain)
