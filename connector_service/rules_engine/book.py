"""The rule book: every rule file of a folder, compiled and checked by its own tests, what was published on top of
them, and all of it exchanged as a whole."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector_service.clock import Clock, SystemClock
from connector_service.errors import RulesInvalid
from connector_service.rules_engine.compiled import CompiledFile, Evaluation
from connector_service.rules_engine.file_tests import run_tests
from connector_service.rules_engine.findings import Finding, Report
from connector_service.rules_engine.folder import Words, read_rule_file, read_words, rule_paths
from connector_service.rules_engine.tenant_rules import InForce, RuleFileInfo, TenantRules

_log = logging.getLogger(__name__)

Published = Mapping[str, Mapping[str, InForce]]
"""What is published on top of the folder: by tenant and file id; under the tenant `EVERYONE` for all of them."""

EVERYONE = ""


@dataclass(frozen=True, slots=True)
class Base:
    """One reading of the folder, by file id."""

    words: Words
    files: Mapping[str, CompiledFile]


OnTop = Callable[[Base], Published]


@dataclass(frozen=True, slots=True)
class _State:
    """Everything in force at one moment."""

    base: Base
    everyone: TenantRules
    tenants: Mapping[str, TenantRules]


class RuleBook:
    """Hands out the rules of each tenant; safe to share between threads. Tenants without rules of their own share one
    and the same `TenantRules`."""

    def __init__(self, folder: Path, base: Base, clock: Clock) -> None:
        self._folder, self._clock = folder, clock
        self._on_top: OnTop = lambda base: {}
        self._exchange = threading.Lock()
        self._state = self._put_together(base, self._on_top)

    @classmethod
    def load(cls, folder: Path, clock: Clock | None = None) -> RuleBook:
        """Read, check, compile and test every rule file. Raises RulesInvalid; its detail has one finding a line."""
        base, findings = _read(folder, None)
        if base is None:
            raise RulesInvalid("\n".join(map(str, findings)))
        return cls(folder, base, clock or SystemClock())

    def reload(self) -> list[Finding]:
        """Read the folder again: with findings the running version stays, else it is exchanged at once."""
        with self._exchange:
            base, findings = _read(self._folder, self._state.base)
            if base is None:
                _log.error("rules not reloaded, the running version stays:\n%s", "\n".join(map(str, findings)))
            else:
                self._state = self._put_together(base, self._on_top)
        return findings

    def put_on_top(self, on_top: OnTop) -> None:
        """Put in force what `on_top` makes of the base, now and after every reload; an error of it changes nothing."""
        with self._exchange:
            self._state = self._put_together(self._state.base, on_top)
            self._on_top = on_top

    def of(self, tenant_id: str) -> TenantRules:
        """The rules of a tenant as they are now; hold on to it for as long as one question takes."""
        state = self._state
        return state.tenants.get(tenant_id, state.everyone)

    def running(self) -> Iterator[CompiledFile]:
        """Every version that answers anybody now, those in shadow and canary included; many come more than once."""
        state = self._state
        for rules in (state.everyone, *state.tenants.values()):
            for found in rules.in_force.values():
                yield found.live
                if found.trial is not None:
                    yield found.trial.compiled

    @property
    def base(self) -> Base:
        """What the folder holds."""
        return self._state.base

    def files(self) -> list[RuleFileInfo]:
        """Every file that is in force for tenants without rules of their own."""
        return self._state.everyone.files()

    def compiled(self, file_id: str) -> CompiledFile:
        """As `TenantRules.compiled`, for tenants without rules of their own."""
        return self._state.everyone.compiled(file_id)

    def evaluate(self, file_id: str, facts: Mapping[str, Any]) -> Evaluation:
        """As `TenantRules.evaluate`, for tenants without rules of their own."""
        return self._state.everyone.evaluate(file_id, facts)

    def _put_together(self, base: Base, on_top: OnTop) -> _State:
        published = on_top(base)
        folder = {name: InForce(compiled) for name, compiled in base.files.items()}
        common = folder | dict(published.get(EVERYONE, {}))
        organisation = base.words.organisation
        tenants = {
            tenant_id: TenantRules(organisation, common | dict(own), self._clock)
            for tenant_id, own in published.items()
            if tenant_id != EVERYONE
        }
        return _State(base, TenantRules(organisation, common, self._clock), tenants)


def _read(folder: Path, running: Base | None) -> tuple[Base | None, list[Finding]]:
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
                report = Report(path.name, file.document)
                report_failed_tests(files[file.id], report)
                findings.extend(report.findings)
    if words is None or findings:
        return None, findings
    return Base(words, files), []


def report_failed_tests(compiled: CompiledFile, report: Report) -> None:
    """A finding for each of a file's own tests that fails."""
    fix = "Mend the rule, or the test if it expects the wrong thing."
    for index, outcome in enumerate(run_tests(compiled)):
        if not outcome.passed:
            report.add(("tests", index), f'The test "{outcome.name}" fails: {outcome.detail}.', fix)
