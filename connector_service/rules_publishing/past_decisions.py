"""Decisions of the past, explained by the version that decided, or from what was kept with them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from canonical_models import Decision
from connector_service.errors import InvalidInput, NotFound
from connector_service.rules_engine.compiled import CompiledFile
from connector_service.rules_engine.explain.explain import explain
from connector_service.rules_engine.explain.explained import Explanation, shown, shown_outcome
from connector_service.rules_engine.explain.text import as_text
from connector_service.rules_engine.findings import Report
from connector_service.rules_engine.parse import parse_rule_file
from connector_service.rules_engine.schemas.fitting import fits_rule_file
from connector_service.rules_engine.tenant_rules import TenantRules
from connector_service.store import rule_versions

By = Literal["version_in_force", "earlier_version", "what_was_stored"]


@dataclass(frozen=True, slots=True)
class PastExplanation:
    """Why something was decided. `explanation` is None when the version that decided is no longer kept; `text` then
    says what was stored. `in_force` is the version that answers today, None when there is no such file any more."""

    decision: Decision
    by: By
    in_force: str | None
    note: str
    explanation: Explanation | None
    text: str

    def as_json(self) -> dict[str, Any]:
        """The explanation as JSON."""
        return {
            "decision": self.decision.model_dump(mode="json"),
            "by": self.by,
            "in_force": self.in_force,
            "note": self.note,
            "explanation": self.explanation.as_json() if self.explanation is not None else None,
            "text": self.text,
        }


def explain_decision(connection: sqlite3.Connection, rules: TenantRules, decision: Decision) -> PastExplanation:
    """Explain a decision with the facts that it was made on, as of the day it was made."""
    found = rules.in_force.get(decision.file_id)
    in_force = found.live.file.version if found is not None else None
    compiled = version_that_decided(connection, rules, decision)
    explanation = _again(compiled, decision) if compiled is not None else None
    current = found is not None and found.live.file.content_hash == decision.file_hash
    by: By = "what_was_stored" if explanation is None else "version_in_force" if current else "earlier_version"
    note = _note(decision, by, in_force, explanation)
    lines = [_headline(decision), *([note] if note else []), ""]
    body = as_text(explanation) if explanation is not None else "\n".join(_stored(decision))
    return PastExplanation(decision, by, in_force, note, explanation, "\n".join(lines) + body)


def version_that_decided(connection: sqlite3.Connection, rules: TenantRules, decision: Decision) -> CompiledFile | None:
    """The version with the decision's content hash: in force, on trial, or ever published; None when it is not kept."""
    found = rules.in_force.get(decision.file_id)
    running = [found.live, *([found.trial.compiled] if found.trial is not None else [])] if found is not None else []
    for compiled in running:
        if compiled.file.content_hash == decision.file_hash:
            return compiled
    try:
        document = rule_versions.document(connection, decision.file_hash)
    except NotFound:
        return None
    return _compiled(rules, document, decision.file_hash)


def given_facts(compiled: CompiledFile, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a decision as they were given, without those that its version derived from them."""
    derived = {each.name for each in compiled.file.derived}
    return {name: value for name, value in facts.items() if name not in derived}


def _compiled(rules: TenantRules, document: Mapping[str, Any], content_hash: str) -> CompiledFile | None:
    """A kept document, compiled with the vocabularies of today; None when it does not fit them any more."""
    files = [each.live.file for each in rules.in_force.values()]
    vocabularies = {file.vocabulary.name: file.vocabulary for file in files}
    report = Report(f"{document.get('id', 'a kept rule file')}.json", document)
    if not fits_rule_file(document, report):
        return None
    file = parse_rule_file(document, vocabularies, rules.organisation, content_hash, report)
    return CompiledFile.of(file, rules.organisation) if file is not None else None


def _again(compiled: CompiledFile, decision: Decision) -> Explanation | None:
    try:
        return explain(compiled, given_facts(compiled, decision.facts), decision.decided_at.date())
    except InvalidInput:  # the vocabulary has changed since, and no longer has these facts
        return None


def _note(decision: Decision, by: By, in_force: str | None, explanation: Explanation | None) -> str:
    """What a reader must know before the explanation: another version decided, or the answer would be another one."""
    today = f"in force now is {in_force}" if in_force else "no such file is in force now"
    if by == "what_was_stored":
        return (
            f"The version that decided ({decision.file_version}, {decision.file_hash[:12]}) is not kept; {today}. "
            "This is what was stored with the decision."
        )
    other = "" if by == "version_in_force" else f"Version {decision.file_version} decided; {today}. "
    if explanation is not None and (explanation.rule, explanation.outcome) != (decision.rule, decision.outcome):
        return f"{other}Asked again, it answers {explanation.rule or 'with its default'}: something failed back then."
    return other.rstrip()


def _headline(decision: Decision) -> str:
    who = decision.rule or "the default"
    when = f"{decision.decided_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"{decision.id}: {when}, {decision.file_id} {decision.file_version} about {decision.subject_id}: {who}"


def _stored(decision: Decision) -> Iterator[str]:
    yield f"  answer: {shown_outcome(dict(decision.outcome))}"
    yield f"  because: {decision.because}"
    yield from (f"  {reason}" for reason in decision.reasons)
    yield f"  matched: {', '.join(decision.fired) or 'no rule'}"
    yield "Facts"
    yield from (f"  {name} {shown(value)}" for name, value in decision.facts.items())
