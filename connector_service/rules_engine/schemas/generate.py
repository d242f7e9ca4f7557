"""Write the JSON Schemas of everything under `rules/`, or check that the committed ones are fresh.

python -m connector_service.rules_engine.schemas.generate --write     write them into rules/ and rules/schemas/
python -m connector_service.rules_engine.schemas.generate --check     exit 1 when a committed one is not fresh
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from connector_service.rules_engine.findings import Finding
from connector_service.rules_engine.folder import Words, read_words
from connector_service.rules_engine.schemas.rule_file import rule_file_schema
from connector_service.rules_engine.schemas.words import organisation_schema, vocabulary_schema

FOLDER = "schemas"
RULE_FILE, VOCABULARY, ORGANISATION = "ruleset.schema.json", "vocabulary.schema.json", "organisation.schema.json"


def texts(words: Words | None = None) -> dict[str, str]:
    """The schemas by file name, as they are served; with `words` also one for the rules about each vocabulary."""
    schemas = {RULE_FILE: rule_file_schema(), VOCABULARY: vocabulary_schema(), ORGANISATION: organisation_schema()}
    if words is not None:
        for name, vocabulary in words.vocabularies.items():
            schemas[f"{name}.{RULE_FILE}"] = rule_file_schema(vocabulary, words.organisation)
    return {name: json.dumps(schema, indent=1, ensure_ascii=False) + "\n" for name, schema in schemas.items()}


def files(folder: Path) -> dict[Path, str]:
    """Every schema file of a folder of rules with its text; those of vocabularies stand in `schemas/`. While the
    organisation or a vocabulary has findings, only the others."""
    findings: list[Finding] = []
    words = read_words(folder, findings) if (folder / ORGANISATION.replace(".schema", "")).exists() else None
    places = {name: folder / FOLDER / name if "@" in name else folder / name for name in texts(words)}
    return {places[name]: text for name, text in texts(words).items()}


def main(arguments: list[str], folder: Path = Path("rules")) -> int:
    """Write or check the committed schemas; the exit code is 1 when one is stale, 2 for wrong arguments."""
    if arguments not in (["--write"], ["--check"]):
        sys.stderr.write("usage: python -m connector_service.rules_engine.schemas.generate --write | --check\n")
        return 2
    wanted = files(folder)
    stale = [path for path, text in wanted.items() if not _is_fresh(path, text)]
    for path in stale:
        if arguments == ["--write"]:
            path.parent.mkdir(exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8")
        sys.stdout.write(f"{'wrote' if arguments == ['--write'] else 'not fresh:'} {path}\n")
    return 1 if stale and arguments == ["--check"] else 0


def _is_fresh(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
