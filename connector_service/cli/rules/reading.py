"""What commands on rule files read: a file by id or path, and JSON that a person types."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connector_service.rules_engine.compiled import CompiledFile


def rule_path(name: str, folder: Path | None) -> Path:
    """The file that a person means by an id such as `ownership`, or by a path.

    Raises:
        NotFound: there is none.
    """
    from connector_service.errors import NotFound
    from connector_service.local.home import CHECKOUT
    from connector_service.rules_engine.findings import did_you_mean
    from connector_service.rules_engine.folder import rule_paths

    place = folder or CHECKOUT / "rules"
    path = Path(name) if name.endswith(".json") else place / f"{name}.json"
    if not path.is_file():
        there = [each.stem for each in rule_paths(place)]
        raise NotFound(f"There is no rule file {path}. {did_you_mean(Path(name).stem, there)}")
    return path


def compiled_file(path: Path) -> CompiledFile:
    """A rule file, or a layer in its tenant's folder, compiled with the vocabularies and organisation of the folder.

    Raises:
        RulesInvalid: it has findings; one a line.
    """
    from connector_service.errors import RulesInvalid
    from connector_service.rules_engine.compiled import CompiledFile
    from connector_service.rules_engine.findings import Finding
    from connector_service.rules_engine.folder import read_rule_file, read_words, rules_folder

    findings: list[Finding] = []
    words = read_words(rules_folder(path), findings)
    file = read_rule_file(path, words, findings) if words is not None else None
    if words is None or file is None:
        raise RulesInvalid("\n".join(map(str, findings)))
    return CompiledFile.of(file, words.organisation)


def typed_json(text: str, option: str) -> Any:
    """JSON as typed on the command line.

    Raises:
        InvalidInput: it is none; says where, and how an object is written.
    """
    import json

    from connector_service.errors import InvalidInput

    try:
        return json.loads(text)
    except ValueError as error:
        example = '\'{"status": "received", "total_minor": 50000}\''
        raise InvalidInput(f"{option} is not JSON: {error}. Write for example {example}.") from None


def facts_from(text: str | None, file: Path | None) -> dict[str, Any]:
    """The facts of `--facts` or `--facts-file`.

    Raises:
        InvalidInput: neither or both, no JSON, or no object.
    """
    from connector_service.errors import InvalidInput

    if (text is None) == (file is None):
        raise InvalidInput("Give the facts once: --facts '{...}', or --facts-file FILE.")
    if file is not None:
        if not file.is_file():
            raise InvalidInput(f"There is no file {file}.")
        found = typed_json(file.read_text(encoding="utf-8"), str(file))
    else:
        found = typed_json(text or "", "--facts")
    if not isinstance(found, dict):
        raise InvalidInput('Facts are an object, such as {"status": "received"}.')
    return found
