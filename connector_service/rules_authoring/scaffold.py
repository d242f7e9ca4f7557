"""A new rule file that is right and wholly tested from its first line: one rule, its answer, and the tests of both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connector_service.errors import InvalidInput, NotFound
from connector_service.rules_authoring.coverage.coverage import coverage_of
from connector_service.rules_engine.compiled import CompiledFile
from connector_service.rules_engine.findings import Report, did_you_mean
from connector_service.rules_engine.folder import Words
from connector_service.rules_engine.model import HitPolicy
from connector_service.rules_engine.parse import parse_rule_file
from connector_service.rules_engine.vocabulary import Fact, Vocabulary

RANKING = ("block", "hold", "pass")


def new_document(file_id: str, facts: str, hit_policy: HitPolicy, words: Words, schema: str) -> dict[str, Any]:
    """A draft with one rule over the simplest fact of a vocabulary, and its tests.

    Raises NotFound for a vocabulary that does not exist.
    """
    vocabulary = words.vocabularies.get(facts)
    if vocabulary is None:
        raise NotFound(f'There is no vocabulary "{facts}". {did_you_mean(facts, words.vocabularies)}')
    owner, queue = next(iter(words.organisation.owners)), next(iter(words.organisation.queues))
    ranked = hit_policy == "worst"
    answer = {"verdict": RANKING[1], "owner": owner} if ranked else {"owner": owner, "queue": queue}
    otherwise = {"verdict": RANKING[-1]} if ranked else {"owner": words.organisation.owners[owner].deputy}
    document = {
        **_head(file_id, schema),
        "description": f"{file_id}: say here in one sentence what this file decides.",
        "facts": facts,
        "hit_policy": hit_policy,
        **({"ranking": list(RANKING)} if ranked else {}),
        "maintainer": owner,
        "default": {**otherwise, "because": "Say here why this is right when no rule holds."},
        "on_error": {**answer, "because": "The rules could not be evaluated; a person decides meanwhile."},
        "rules": [
            {
                "id": _rule_id(file_id),
                "title": "Say here what the rule is about",
                "when": _condition(vocabulary),
                "then": answer,
                "because": "Say here the business reason.",
            }
        ],
    }
    return _tested(document, words)


def document_from(file_id: str, source: Mapping[str, Any], rule_id: str, words: Words, schema: str) -> dict[str, Any]:
    """A draft with one rule of another file, all that it needs of that file's head, and tests of its own.

    Raises NotFound for a rule that is not in the source.
    """
    rules = {rule["id"]: rule for rule in source["rules"]}
    if rule_id not in rules:
        raise NotFound(f"{source['id']} has no rule {rule_id!r}. {did_you_mean(rule_id, rules)}")
    rule = {**rules[rule_id], "id": _rule_id(file_id)}
    kept = {key: source[key] for key in source if key not in ("tests", "covers", "overridable", "effective", "rules")}
    derive = _needed(source.get("derive", {}), rule)
    named = {
        section: {
            name: value for name, value in source.get(section, {}).items() if _names(f"@{name}", rule, derive, kept)
        }
        for section in ("lists", "numbers")
    }
    parts = {"derive": derive, **named}
    otherwise = {"default": {"because": "No other case is decided here."}, **kept}
    document = {**otherwise, **_head(file_id, schema), **parts, "rules": [rule]}
    return _tested({key: value for key, value in document.items() if value != {}}, words)


def _head(file_id: str, schema: str) -> dict[str, Any]:
    return {"$schema": schema, "id": file_id, "version": "1.0.0", "status": "draft"}


def _rule_id(file_id: str) -> str:
    """`packing-gate` begins with PAC-010."""
    return f"{file_id.split('-')[0][:3].upper()}-010"


def _condition(vocabulary: Vocabulary) -> dict[str, Any]:
    """A condition on one fact: an enum if there is one, else a number, else whatever can be compared."""
    order = ("enum", "integer", "boolean", "string")
    plain = [fact for fact in vocabulary.facts.values() if fact.kind in order]
    if not plain:
        raise InvalidInput(f"The vocabulary {vocabulary.name} holds no fact that a rule can compare.")
    fact = min(plain, key=lambda each: order.index(each.kind))
    return {fact.name: _test(fact)}


def _test(fact: Fact) -> Any:
    if fact.kind == "enum":
        return fact.enum[0]
    return {"integer": {"gt": 0}, "boolean": True, "string": "a value"}[fact.kind]


def _needed(derive: Mapping[str, Any], rule: Mapping[str, Any]) -> dict[str, Any]:
    """The derived facts that a rule compares, and those that they are made of."""
    needed: dict[str, Any] = {}
    for name in reversed(list(derive)):
        if _names(name, rule["when"], rule.get("clock", {}), needed):
            needed[name] = derive[name]
    return {name: derive[name] for name in derive if name in needed}


def _names(word: str, *nodes: Any) -> bool:
    """Whether a word stands anywhere in these, as a key or as a value."""
    return f'"{word}"' in json.dumps(nodes)


def _tested(document: dict[str, Any], words: Words) -> dict[str, Any]:
    """The document with a test for everything that can be shown of it. Raises InvalidInput when it has findings."""
    report = Report(f"{document['id']}.json", document)
    file = parse_rule_file(document, words.vocabularies, words.organisation, "", report)
    if file is None:
        raise InvalidInput("\n".join(map(str, report.findings)))
    compiled = CompiledFile.of(replace(file, tests=()), words.organisation)
    tests = [dict(gap.test) for gap in coverage_of(compiled).missing if gap.test is not None]
    return {**document, "tests": _distinct(tests)}


def _distinct(tests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each question once: two gaps may be shown by the same test."""
    found: dict[str, dict[str, Any]] = {}
    for test in tests:
        question = json.dumps({key: value for key, value in test.items() if key != "name"}, sort_keys=True)
        found.setdefault(question, test)
    return list(found.values())
