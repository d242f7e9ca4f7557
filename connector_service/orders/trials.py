"""What versions in shadow would have answered: kept beside the live answer, and never acted on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from connector_service.orders.work import Work
from connector_service.rules_engine import EscalationStep, Evaluation, Trial
from connector_service.rules_engine.tenant_rules import step_of
from connector_service.store import shadow_decisions

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Harmless:
    """What fails inside is put into words here and goes no further: the live answer is given already."""

    failure: str = ""

    def __enter__(self) -> _Harmless:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if isinstance(error, Exception):
            self.failure = f"{type(error).__name__}: {error}"
        return isinstance(error, Exception)


def shadow_decision(work: Work, trial: Trial, subject_id: str, facts: Mapping[str, Any], live: dict[str, Any]) -> None:
    """Ask the version in shadow the question that a decision answered, and keep both answers."""

    def answer() -> tuple[Evaluation, dict[str, Any]]:
        evaluation = trial.compiled.evaluate(facts, work.now.date())
        return evaluation, evaluation.outcome

    compared = {"id": live["id"], "version": live["file_version"], "rule": live["rule"], "outcome": live["outcome"]}
    _keep(work, trial, subject_id, facts, compared, answer)


def shadow_step(
    work: Work,
    trial: Trial,
    subject_id: str,
    facts: Mapping[str, Any],
    times: Mapping[str, datetime],
    level: int,
    live: EscalationStep | None,
) -> None:
    """Ask the version in shadow for the next step of an escalation, and keep both answers."""

    def answer() -> tuple[Evaluation, dict[str, Any]]:
        evaluation = trial.compiled.evaluate(facts, work.now.astimezone(UTC).date())
        return evaluation, _step_as_outcome(step_of(trial.compiled, facts, times, (), work.now, level))

    version = work.rules.compiled(trial.compiled.file.id).file.version
    compared = {"id": None, "version": version, "rule": live.rule if live else None, "outcome": _step_as_outcome(live)}
    _keep(work, trial, subject_id, facts, compared, answer)


def _step_as_outcome(step: EscalationStep | None) -> dict[str, Any]:
    return {} if step is None else {**step.outcome, "due_at": step.due_at.isoformat()}


def _keep(
    work: Work,
    trial: Trial,
    subject_id: str,
    facts: Mapping[str, Any],
    live: dict[str, Any],
    answer: Callable[[], tuple[Evaluation, dict[str, Any]]],
) -> None:
    file = trial.compiled.file
    decision: dict[str, Any] = {
        "id": work.new_id("dec"),
        "subject_id": subject_id,
        "file_id": file.id,
        "file_version": file.version,
        "file_hash": file.content_hash,
        "rule": None,
        "fired": (),
        "facts": {name: value for name, value in facts.items() if value is not None},
        "outcome": {},
        "because": "",
        "reasons": (),
    }
    with _Harmless() as harmless:
        evaluation, outcome = answer()
        decision |= {"rule": evaluation.rule, "fired": evaluation.fired, "facts": evaluation.facts, "outcome": outcome}
        decision |= {"because": evaluation.because, "reasons": evaluation.reasons}
    if harmless.failure:
        _log.error("%s %s, in shadow, could not answer: %s", file.id, file.version, harmless.failure)
        decision["because"] = f"The version in shadow could not answer: {harmless.failure}"
    shadow_decisions.keep(work.tx, decision, live)
