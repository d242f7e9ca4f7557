"""Asking the rules: what a rule file answers, and why."""

from __future__ import annotations

from pydantic import Field, JsonValue

from canonical_models import CanonicalModel
from canonical_models.base import Identifier, UtcDatetime
from connector_service.errors import InvalidInput
from connector_service.orders.ownership import decide
from connector_service.orders.work import Work
from connector_service.rules_engine import Evaluation
from connector_service.rules_engine.explain.clock import ClockState, split_times
from connector_service.rules_engine.explain.explain import explain
from connector_service.rules_engine.explain.text import as_text
from connector_service.rules_publishing.past_decisions import explain_decision
from connector_service.store import decisions
from nodes.contract import Node, NodeInput, Result


class EvaluateInput(NodeInput):
    """A rule file and the facts to ask it about."""

    file: str = Field(title="Rule File", description="The file's id, such as ownership")
    facts: dict[str, JsonValue] = Field(title="Facts", description="Facts of the file's vocabulary")
    subject_id: Identifier | None = Field(
        default=None,
        title="Subject ID",
        description="What is decided about, such as an order's ID: the decision is kept with it. Empty: with the file.",
    )
    dry_run: bool = Field(
        default=False,
        title="Dry Run",
        description="Whether to only try: no decision is kept, and files that are no more than a draft answer too",
    )


class Evaluated(CanonicalModel):
    """What the rules say, and why; without a decision when it was only tried."""

    file: str
    version: str
    rule: str | None
    fired: list[str]
    outcome: dict[str, JsonValue]
    because: str
    reasons: list[str]
    dry_run: bool
    decision_id: str | None


class ExplainInput(NodeInput):
    """A decision of the past, or a rule file and facts to try."""

    decision_id: Identifier | None = Field(
        default=None, title="Decision ID", description="The decision to explain, as Evaluate gave it"
    )
    file: str | None = Field(
        default=None, title="Rule File", description="Instead of a decision: the ID of a file to try, such as ownership"
    )
    facts: dict[str, JsonValue] | None = Field(
        default=None, title="Facts", description="With a file: its facts, and the times that its clocks run from"
    )
    now: UtcDatetime | None = Field(
        default=None, title="Now", description="With a file: the moment to explain, such as 2026-11-09T13:00:00Z"
    )


class Explained(CanonicalModel):
    """Why a rule won and no other one: as text for people, and as data. `explanation` is null when the version that
    decided is no longer kept; the text then says what was stored."""

    file: str
    version: str
    rule: str | None
    by: str
    note: str
    text: str
    explanation: dict[str, JsonValue] | None


def _evaluate(work: Work, item: EvaluateInput) -> Result:
    if item.dry_run:
        return _evaluated(work.rules.compiled(item.file).evaluate(item.facts, work.now.date()), None)
    found = decide(work, item.file, item.subject_id or item.file, item.facts)
    (kept,) = decisions.latest_of_file(work.tx.connection, work.tenant_id, found.file_id, 1)
    return _evaluated(found, kept.id)


def _evaluated(found: Evaluation, decision_id: str | None) -> Evaluated:
    return Evaluated(
        file=found.file_id,
        version=found.version,
        rule=found.rule,
        fired=list(found.fired),
        outcome=dict(found.outcome),
        because=found.because,
        reasons=list(found.reasons),
        dry_run=decision_id is None,
        decision_id=decision_id,
    )


def _explain(work: Work, item: ExplainInput) -> Result:
    if item.decision_id and not item.file:
        return _past(work, item.decision_id)
    if item.decision_id or not item.file or item.facts is None:
        raise InvalidInput("Name one thing to explain: a decision, or a rule file with facts.", pointer="/decision_id")
    compiled = work.rules.compiled(item.file)
    facts, times = split_times(compiled.file, item.facts)
    now = item.now or work.now
    told = explain(compiled, facts, now.date(), ClockState(now, times))
    return Explained(
        file=told.file,
        version=told.version,
        rule=told.rule,
        by="version_in_force",
        note="",
        text=as_text(told),
        explanation=told.as_json(),
    )


def _past(work: Work, decision_id: str) -> Explained:
    decision = decisions.decision(work.tx.connection, work.tenant_id, decision_id)
    told = explain_decision(work.tx.connection, work.rules, decision)
    return Explained(
        file=decision.file_id,
        version=decision.file_version,
        rule=decision.rule,
        by=told.by,
        note=told.note,
        text=told.text,
        explanation=told.explanation.as_json() if told.explanation is not None else None,
    )


NODES = (
    Node(
        name="rule.evaluate",
        title="Evaluate",
        action="Evaluate a rule file",
        description="Ask a rule file about facts: which rule wins, what it says, and why. Keeps the decision.",
        input=EvaluateInput,
        output=Evaluated,
        run=_evaluate,
    ),
    Node(
        name="rule.explain",
        title="Explain Why",
        action="Explain why a rule won",
        description="Why a rule won and no other one did: for a decision of the past, or for facts tried on a file.",
        input=ExplainInput,
        output=Explained,
        run=_explain,
        fields_from_item=("decision_id",),
        read_only=True,
    ),
)
