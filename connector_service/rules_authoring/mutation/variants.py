"""Variants of a rule file: parsed again only where the document was changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connector_service.rules_authoring.mutation.mutants import Mutant
from connector_service.rules_engine.conditions import Alternatives
from connector_service.rules_engine.findings import Report
from connector_service.rules_engine.model import RuleFile
from connector_service.rules_engine.organisation import Organisation
from connector_service.rules_engine.parse import parse_rule_file


def variant(file: RuleFile, organisation: Organisation, mutant: Mutant) -> RuleFile | None:
    """The file after a change; None when the changed file has findings and so never runs."""
    document, rules = mutant.document, file.rules
    number = mutant.rules[0] if mutant.rules else 0
    if mutant.kind == "dropped":
        return replace(file, rules=(*rules[:number], *rules[number + 1 :]), document=document)
    if mutant.kind == "order":
        swapped = (*rules[:number], rules[number + 1], rules[number], *rules[number + 2 :])
        return replace(file, rules=swapped, document=document)
    if mutant.path == ("hit_policy",):
        return replace(file, hit_policy=document["hit_policy"], document=document)
    if mutant.kind == "policy":
        return replace(file, ranking=tuple(document["ranking"]), document=document)
    one = len(mutant.rules) == 1
    asked = [document["rules"][number]] if one or not mutant.rules else document["rules"]
    parsed = _parsed({**document, "rules": asked, "tests": []}, file, organisation)
    if parsed is None:
        return None
    if len(asked) == len(rules):
        return replace(parsed, tests=file.tests, document=document)
    kept = (*rules[:number], parsed.rules[0], *rules[number + 1 :]) if one else rules
    return replace(parsed, rules=kept, tests=file.tests, document=document)


def pause_alternatives(file: RuleFile, organisation: Organisation, number: int) -> Alternatives:
    """The alternatives of a rule's `pause_when`; none when it has none."""
    condition = file.document["rules"][number].get("clock", {}).get("pause_when")
    if condition is None:
        return ()
    probe = {"id": "PAUSE-1", "when": condition, "then": {}, "because": "asked alone"}
    plain = {key: value for key, value in file.document.items() if key not in ("ranking", "default", "on_error")}
    parsed = _parsed({**plain, "hit_policy": "first", "rules": [probe], "tests": []}, file, organisation)
    return parsed.rules[0].alternatives if parsed else ()


def _parsed(document: Mapping[str, Any], file: RuleFile, organisation: Organisation) -> RuleFile | None:
    vocabularies = {file.vocabulary.name: file.vocabulary}
    report = Report(file.id, document)
    return parse_rule_file(document, vocabularies, organisation, file.content_hash, report)
