"""Write the vocabularies that the rule files speak in, or check that the committed ones are fresh.

python -m connector_service.rules_engine.vocabularies.generate --write     write them into rules/vocabularies/
python -m connector_service.rules_engine.vocabularies.generate --check     exit 1 when a committed one is not fresh
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from connector_service.rules_engine.vocabularies.choices import choice_vocabularies, step_numbers
from connector_service.rules_engine.vocabularies.fact_words import FactDocument
from connector_service.rules_engine.vocabularies.orders import order_vocabularies
from connector_service.rules_engine.vocabularies.parcels import parcel_vocabularies
from connector_service.rules_engine.vocabularies.warehouse import warehouse_vocabularies

RULES = Path("rules")


def documents(owners: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Every vocabulary by its name, such as `order@1`. `owners` are the ids of the organisation's owners: facts that
    name an owner take their values from there, all others from the canonical models."""
    orders, choices = order_vocabularies(owners), choice_vocabularies(owners)
    declared = {**orders, **warehouse_vocabularies(), **choices, **parcel_vocabularies()}
    read = step_numbers()
    return {name: _document(name, words, facts, read.get(name, {})) for name, (words, facts) in declared.items()}


def _document(
    name: str, description: str, facts: dict[str, FactDocument], read: dict[str, FactDocument]
) -> dict[str, Any]:
    head = {"$schema": "../vocabulary.schema.json", "id": name, "description": description}
    return {**head, **({"read_by_steps": read} if read else {}), "facts": facts}


def texts(rules: Path) -> dict[Path, str]:
    """Every vocabulary file with its text."""
    organisation = json.loads((rules / "organisation.json").read_text(encoding="utf-8"))
    owners = [owner["id"] for owner in organisation["owners"]]
    return {
        rules / "vocabularies" / f"{name}.json": json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        for name, document in documents(owners).items()
    }


def main(arguments: list[str], rules: Path = RULES) -> int:
    """Write or check the committed vocabularies; the exit code is 1 when one is stale, 2 for wrong arguments."""
    if arguments not in (["--write"], ["--check"]):
        sys.stderr.write("usage: python -m connector_service.rules_engine.vocabularies.generate --write | --check\n")
        return 2
    stale = {path: text for path, text in texts(rules).items() if not _is_fresh(path, text)}
    for path, text in stale.items():
        if arguments == ["--write"]:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{'wrote' if arguments == ['--write'] else 'not fresh:'} {path}\n")
    return 1 if stale and arguments == ["--check"] else 0


def _is_fresh(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
