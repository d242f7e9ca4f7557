"""`dockline rules new`: a rule file that is right and tested from the start."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from connector_service.cli.output import console

_POLICIES = ("first", "all", "worst", "unique")


def new(
    file_id: Annotated[str, typer.Argument(help="The id of the new file, such as packing-gate.", metavar="ID")],
    facts: Annotated[str, typer.Option(help="The vocabulary it speaks, such as order@1.")] = "",
    hit_policy: Annotated[str, typer.Option(help="first, all, worst or unique.")] = "first",
    from_rule: Annotated[
        tuple[str, str] | None,
        typer.Option("--from", help="Begin with a rule of another file.", metavar="FILE RULE"),
    ] = None,
    folder: Annotated[Path | None, typer.Option(help="Where to put it; default: rules.")] = None,
) -> None:
    """Write a small rule file that passes its checks, with tests that cover all of it. Never overwrites a file.

    Examples:

      dockline rules new packing-gate --facts packing@1 --hit-policy worst

      dockline rules new review --from ownership OWN-020

      dockline rules new review --facts order@1 --folder my-rules
    """
    from connector_service.cli.rules.writing import write_whole
    from connector_service.errors import Conflict
    from connector_service.local.home import CHECKOUT
    from connector_service.rules_authoring.formatting import formatted

    place = folder or CHECKOUT / "rules"
    _check(file_id, facts, hit_policy, from_rule, place)
    path = place / f"{file_id}.json"
    if path.exists():
        raise Conflict(f"{path} is there already, and nothing was written. Choose another id.")
    write_whole(path, formatted(_document(file_id, facts, hit_policy, from_rule, place)))
    _say_what_next(path)


def _check(file_id: str, facts: str, hit_policy: str, from_rule: tuple[str, str] | None, place: Path) -> None:
    import re

    from connector_service.errors import InvalidInput
    from connector_service.rules_engine.findings import did_you_mean

    if not re.fullmatch(r"[a-z][a-z0-9-]{0,59}", file_id):
        raise InvalidInput(f"{file_id!r} is no id. Use small letters, digits and hyphens, such as packing-gate.")
    if bool(facts) == (from_rule is not None):
        raise InvalidInput("Say what the file is about: --facts order@1, or --from ownership OWN-020.")
    if hit_policy not in _POLICIES:
        raise InvalidInput(f"{hit_policy!r} is no hit policy. {did_you_mean(hit_policy, _POLICIES)}")
    if not place.is_dir():
        raise InvalidInput(f"{place} is no folder. Name the folder that holds organisation.json and the rule files.")


def _document(
    file_id: str, facts: str, hit_policy: str, from_rule: tuple[str, str] | None, place: Path
) -> dict[str, Any]:
    from connector_service.cli.rules.reading import compiled_file, rule_path
    from connector_service.errors import RulesInvalid
    from connector_service.rules_authoring.scaffold import document_from, new_document
    from connector_service.rules_engine.findings import Finding
    from connector_service.rules_engine.folder import read_words

    findings: list[Finding] = []
    words = read_words(place, findings)
    if words is None:
        raise RulesInvalid("\n".join(map(str, findings)))
    if from_rule is None:
        return new_document(file_id, facts, hit_policy, words, _schema(place, facts))  # type: ignore[arg-type]
    source = compiled_file(rule_path(from_rule[0], place)).file.document
    return document_from(file_id, source, from_rule[1], words, _schema(place, source["facts"]))


def _schema(place: Path, facts: str) -> str:
    """The schema by which an editor completes: that of the vocabulary, where the folder has one."""
    own = f"schemas/{facts}.ruleset.schema.json"
    return f"./{own}" if (place / own).is_file() else "./ruleset.schema.json"


def _say_what_next(path: Path) -> None:
    lines = (
        f"{path} is there: a draft with one rule, and tests that cover it.",
        "Next:",
        f"  1. open {path} in an editor; write what it decides, its rules and their reasons",
        f"  2. dockline rules test {path} --coverage      says what no test shows, and gives the test",
        f"  3. dockline rules mutate {path}               says which slips no test would notice",
        f"  4. dockline rules fmt {path}",
        '  5. dockline rules check, then set its status to "live" or publish it',
    )
    for line in lines:
        console().print(line, markup=False, soft_wrap=True)


def register(rules: typer.Typer) -> None:
    """Add the command."""
    rules.command("new")(new)
