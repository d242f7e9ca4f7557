"""The rule book: every rule file of a folder, compiled, checked by its own tests, and exchanged as a whole."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connector_service.clock import Clock, SystemClock
from connector_service.errors import Conflict, NotFound, RulesInvalid
from connector_service.rules_engine.compiled import CompiledFile, Evaluation
from connector_service.rules_engine.escalation import EscalationStep, Pause, step_after, step_on_error
from connector_service.rules_engine.file_tests import run_tests
from connector_service.rules_engine.findings import Finding, did_you_mean
from connector_service.rules_engine.folder import Words, read_rule_file, read_words, rule_paths
from connector_service.rules_engine.model import Rule, Status
from connector_service.rules_engine.organisation import Organisation

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RuleFileInfo:
    """What one loaded rule file is."""

    id: str
    version: str
    status: Status
    content_hash: str
    description: str
    rule_count: int


@dataclass(frozen=True, slots=True)
class _Version:
    """Everything of one reading of the folder; an evaluation sees one version from start to end."""

    words: Words
    files: Mapping[str, CompiledFile]
    rules: Mapping[str, Mapping[str, Rule]]


class RuleBook:
    """Answers questions by rule files; safe to share between threads.

    `clock` only matters for rules that end on a day (`until`).
    """

    def __init__(self, folder: Path, version: _Version, clock: Clock) -> None:
        self._folder, self._version, self._clock = folder, version, clock

    @classmethod
    def load(cls, folder: Path, clock: Clock | None = None) -> RuleBook:
        """Read, check, compile and test every rule file. Raises RulesInvalid; its detail has one finding a line."""
        version, findings = _read(folder, None)
        if version is None:
            raise RulesInvalid("\n".join(map(str, findings)))
        return cls(folder, version, clock or SystemClock())

    def reload(self) -> list[Finding]:
        """Read the folder again: with findings the running version stays, else it is exchanged at once."""
        version, findings = _read(self._folder, self._version)
        if version is None:
            _log.error("rules not reloaded, the running version stays:\n%s", "\n".join(map(str, findings)))
        else:
            self._version = version
        return findings

    @property
    def organisation(self) -> Organisation:
        """Owners, queues and calendars."""
        return self._version.words.organisation

    def files(self) -> list[RuleFileInfo]:
        """Every loaded file, by id."""
        files = [compiled.file for compiled in self._version.files.values()]
        return [RuleFileInfo(f.id, f.version, f.status, f.content_hash, f.description, len(f.rules)) for f in files]

    def compiled(self, file_id: str) -> CompiledFile:
        """A file made ready to answer, whatever its status: to try and to explain. Raises NotFound."""
        compiled = self._version.files.get(file_id)
        if compiled is None:
            raise NotFound(f"There is no rule file {file_id!r}. {did_you_mean(file_id, self._version.files)}")
        return compiled

    def evaluate(self, file_id: str, facts: Mapping[str, Any]) -> Evaluation:
        """Ask one file about some facts.

        Facts are those of the file's vocabulary; None counts as missing; lists of objects are for derived facts.
        Raises InvalidInput (pointer names the fact) for unknown facts or wrong values, NotFound for an unknown file,
        and Conflict for one that is not live.
        """
        return self._live(self._version, file_id).evaluate(facts, self._clock.now().date())

    def next_step(
        self,
        file_id: str,
        facts: Mapping[str, Any],
        times: Mapping[str, datetime],
        pauses: Sequence[Pause],
        now: datetime,
        after_level: int,
    ) -> EscalationStep | None:
        """The step that is due next after a level, by the one rule that wins for these facts.

        `times` are when the clocks may start (UTC, by the names in the vocabulary), `pauses` the intervals (start, end
        or None) in which the rule's `pause_when` held. None when nobody has to act: the default answered, or the rule
        that won has no clock. Past the last step the last interval repeats and the level keeps rising. Raises as
        `evaluate`, and InvalidInput when the time from which the clock runs is not given or has no zone.
        """
        version = self._version
        compiled = self._live(version, file_id)
        evaluation = compiled.evaluate(facts, now.astimezone(UTC).date())
        if evaluation.rule is not None:
            rule = version.rules[file_id][evaluation.rule]
            return step_after(rule, evaluation.facts, times, pauses, now, after_level)
        on_error = compiled.file.on_error
        if evaluation.failed and on_error is not None:
            return step_on_error(on_error, now, after_level)
        return None

    def _live(self, version: _Version, file_id: str) -> CompiledFile:
        compiled = version.files.get(file_id)
        if compiled is None:
            raise NotFound(f"There is no rule file {file_id!r}. {did_you_mean(file_id, version.files)}")
        if compiled.file.status != "live":
            raise Conflict(f'The rule file {file_id} is {compiled.file.status}; set its status to "live" to use it.')
        return compiled


def _read(folder: Path, running: _Version | None) -> tuple[_Version | None, list[Finding]]:
    """One reading of the folder. What did not change since the running version is taken over as it is, because the
    engine keeps about 375 kB of every ruleset that it is asked to delete."""
    findings: list[Finding] = []
    words = read_words(folder, findings)
    files: dict[str, CompiledFile] = {}
    if words is not None:
        known = running.files if running and running.words.content_hash == words.content_hash else {}
        for path in rule_paths(folder):
            file = read_rule_file(path, words, findings)
            if file is None:
                continue
            same = known.get(file.id)
            if same is not None and same.file.content_hash == file.content_hash:
                files[file.id] = same
            else:
                files[file.id] = CompiledFile.of(file, words.organisation)
                findings.extend(_failed_tests(path.name, files[file.id]))
    if words is None or findings:
        return None, findings
    rules = {name: {rule.id: rule for rule in compiled.file.rules} for name, compiled in files.items()}
    return _Version(words, files, rules), []


def _failed_tests(name: str, compiled: CompiledFile) -> list[Finding]:
    fix = "Mend the rule, or the test if it expects the wrong thing."
    return [
        Finding(name, None, f"/tests/{index}", f'The test "{outcome.name}" fails: {outcome.detail}.', fix)
        for index, outcome in enumerate(run_tests(compiled))
        if not outcome.passed
    ]
