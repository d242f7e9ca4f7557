"""The rules of one tenant at one moment: which version of each file answers, and which one is tried beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from connector_service.clock import Clock
from connector_service.errors import Conflict, NotFound
from connector_service.rules_engine.compiled import CompiledFile, Evaluation
from connector_service.rules_engine.escalation import EscalationStep, Pause, step_after, step_on_error
from connector_service.rules_engine.findings import did_you_mean
from connector_service.rules_engine.model import Status
from connector_service.rules_engine.organisation import Organisation


@dataclass(frozen=True, slots=True)
class RuleFileInfo:
    """What one rule file in force is."""

    id: str
    version: str
    status: Status
    content_hash: str
    description: str
    rule_count: int


@dataclass(frozen=True, slots=True)
class Trial:
    """A version that is tried: in `shadow` it is evaluated beside the live one and never acts, as a `canary` it
    answers for `percent` of all orders."""

    mode: Literal["shadow", "canary"]
    percent: int
    compiled: CompiledFile

    def answers_for(self, subject_id: str) -> bool:
        """Whether this is a canary and has drawn the subject: the same subjects every time, and those that it had at
        a lower percentage among them."""
        if self.mode != "canary" or not subject_id:
            return False
        file = self.compiled.file
        drawn = hashlib.sha256(f"{file.id}@{file.version} {subject_id}".encode()).digest()
        return int.from_bytes(drawn[:8], "big") % 100 < self.percent


@dataclass(frozen=True, slots=True)
class InForce:
    """The version of a file that answers, and the one that is tried."""

    live: CompiledFile
    trial: Trial | None = None


@dataclass(frozen=True, slots=True)
class TenantRules:
    """Answers questions by one tenant's rule files; nothing in it ever changes, so that whoever holds it sees one
    version of every file from start to end. Safe to share between threads.

    `clock` only matters for rules that end on a day (`until`).
    """

    organisation: Organisation
    in_force: Mapping[str, InForce]
    clock: Clock

    def files(self) -> list[RuleFileInfo]:
        """The live version of every file, by id."""
        files = [self.in_force[name].live.file for name in sorted(self.in_force)]
        return [RuleFileInfo(f.id, f.version, f.status, f.content_hash, f.description, len(f.rules)) for f in files]

    def compiled(self, file_id: str) -> CompiledFile:
        """A file's live version made ready to answer, whatever its status: to try and to explain. Raises NotFound."""
        return self._found(file_id).live

    def trial_of(self, file_id: str) -> Trial | None:
        """The version of a file that is tried beside the live one. Raises NotFound for an unknown file."""
        return self._found(file_id).trial

    def evaluate(self, file_id: str, facts: Mapping[str, Any], subject_id: str = "") -> Evaluation:
        """Ask one file about some facts; `subject_id` is the order that a canary is drawn by, none draws nothing.

        Facts are those of the file's vocabulary; None counts as missing; lists of objects are for derived facts.
        Raises InvalidInput (pointer names the fact) for unknown facts or wrong values, NotFound for an unknown file,
        and Conflict for one that is not live.
        """
        return self._answering(file_id, subject_id).evaluate(facts, self.clock.now().date())

    def step_numbers(self, file_id: str, subject_id: str = "") -> Mapping[str, int]:
        """The numbers of one file that the connector's steps read; see `evaluate` for the parameters and errors."""
        return self._answering(file_id, subject_id).file.step_numbers()

    def next_step(
        self,
        file_id: str,
        facts: Mapping[str, Any],
        times: Mapping[str, datetime],
        pauses: Sequence[Pause],
        now: datetime,
        after_level: int,
        subject_id: str = "",
    ) -> EscalationStep | None:
        """The step that is due next after a level, by the one rule that wins for these facts.

        `times` are when the clocks may start (UTC, by the names in the vocabulary), `pauses` the intervals (start, end
        or None) in which the rule's `pause_when` held. None when nobody has to act: the default answered, or the rule
        that won has no clock. Past the last step the last interval repeats and the level keeps rising. Raises as
        `evaluate`, and InvalidInput when the time from which the clock runs is not given or has no zone.
        """
        return step_of(self._answering(file_id, subject_id), facts, times, pauses, now, after_level)

    def _found(self, file_id: str) -> InForce:
        found = self.in_force.get(file_id)
        if found is None:
            raise NotFound(f"There is no rule file {file_id!r}. {did_you_mean(file_id, self.in_force)}")
        return found

    def _answering(self, file_id: str, subject_id: str) -> CompiledFile:
        """The live version, or the canary that has drawn the subject."""
        found = self._found(file_id)
        compiled = found.live
        if compiled.file.status != "live":
            raise Conflict(f'The rule file {file_id} is {compiled.file.status}; set its status to "live" to use it.')
        if found.trial is not None and found.trial.answers_for(subject_id):
            return found.trial.compiled
        return compiled


def step_of(
    compiled: CompiledFile,
    facts: Mapping[str, Any],
    times: Mapping[str, datetime],
    pauses: Sequence[Pause],
    now: datetime,
    after_level: int,
) -> EscalationStep | None:
    """The step that one version of a file names; see `TenantRules.next_step`."""
    evaluation = compiled.evaluate(facts, now.astimezone(UTC).date())
    if evaluation.rule is not None:
        rule = next(rule for rule in compiled.file.rules if rule.id == evaluation.rule)
        return step_after(rule, evaluation.facts, times, pauses, now, after_level)
    on_error = compiled.file.on_error
    if evaluation.failed and on_error is not None:
        return step_on_error(on_error, now, after_level)
    return None
