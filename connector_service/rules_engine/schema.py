"""Write the JSON Schemas of everything under `rules/`, or check that the committed ones are fresh.

python -m connector_service.rules_engine.schema --write     write them into rules/
python -m connector_service.rules_engine.schema --check     exit 1 when a committed one is not fresh
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from connector_service.rules_engine.file_schema import organisation_schema, rule_file_schema, vocabulary_schema

RULE_FILE, VOCABULARY, ORGANISATION = "ruleset.schema.json", "vocabulary.schema.json", "organisation.schema.json"


def texts() -> dict[str, str]:
    """Every schema file under `rules/` with its text."""
    schemas = {RULE_FILE: rule_file_schema(), VOCABULARY: vocabulary_schema(), ORGANISATION: organisation_schema()}
    return {name: json.dumps(schema, indent=2) + "\n" for name, schema in schemas.items()}


def main(arguments: list[str], folder: Path = Path("rules")) -> int:
    """Write or check the committed schemas; the exit code is 1 when one is stale, 2 for wrong arguments."""
    if arguments not in (["--write"], ["--check"]):
        sys.stderr.write("usage: python -m connector_service.rules_engine.schema --write | --check\n")
        return 2
    stale = [name for name, text in texts().items() if not _is_fresh(folder / name, text)]
    for name in stale:
        if arguments == ["--write"]:
            (folder / name).write_text(texts()[name], encoding="utf-8")
        sys.stdout.write(f"{'wrote' if arguments == ['--write'] else 'not fresh:'} {folder / name}\n")
    return 1 if stale and arguments == ["--check"] else 0


def _is_fresh(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
