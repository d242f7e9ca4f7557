"""Make what was published ready to answer, on top of what the folder holds."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from connector_service.rules_engine.book import Base, Published
from connector_service.rules_engine.compiled import CompiledFile
from connector_service.rules_engine.findings import Finding
from connector_service.rules_engine.tenant_rules import InForce, Trial
from connector_service.rules_publishing.checking import Checker
from connector_service.rules_publishing.history import FileHistory, Key, whose
from connector_service.rules_publishing.versions import parts
from connector_service.store.rule_versions import EVERYONE, Entry

_log = logging.getLogger(__name__)
_Place = tuple[str, str, str]
"""Scope, file id, and mode."""


@dataclass(frozen=True, slots=True)
class Publications:
    """The log folded, with the documents that what is in force needs, by hash."""

    files: Mapping[Key, FileHistory] = field(default_factory=dict)
    documents: Mapping[str, Any] = field(default_factory=dict)
    position: int = 0

    def needed(self) -> set[str]:
        """The hashes of the documents that are needed."""
        in_force = [entry for file in self.files.values() for entry in (file.live, file.trial) if entry is not None]
        hashes = {entry.content_hash for entry in in_force} | {entry.running_hash for entry in in_force}
        return {content_hash for content_hash in hashes if content_hash is not None}


@dataclass(slots=True)
class Composer:
    """Puts publications on a base. What fits no more (its base or its words changed since) keeps running as it was
    last, and `alarms` say so. Not safe to share between threads; the rule book asks one at a time."""

    alarms: tuple[str, ...] = ()
    _ready: dict[tuple[str, ...], CompiledFile] = field(default_factory=dict)
    _running: dict[_Place, CompiledFile] = field(default_factory=dict)

    def compose(self, publications: Publications, base: Base, today: date) -> Published:
        """What is in force by scope and file id, beside what the folder holds."""
        turn = _Turn(self._ready, self._running, publications.documents)
        common = {name: InForce(compiled) for name, compiled in base.files.items()}
        on_top: dict[str, dict[str, InForce]] = {EVERYONE: {}}
        checker = Checker(base.words, dict(common), today)
        for (scope, file_id), history in publications.files.items():
            if scope == EVERYONE:
                found = turn.in_force(history, _not_overtaken(history, base), common.get(file_id), checker)
                if found is not None:
                    on_top[EVERYONE][file_id] = common[file_id] = found
        checker = Checker(base.words, common, today)
        for (scope, file_id), history in publications.files.items():
            if scope != EVERYONE:
                found = turn.in_force(history, (history.live, history.trial), common.get(file_id), checker)
                if found is not None:
                    on_top.setdefault(scope, {})[file_id] = found
        self._ready, self._running = turn.ready, turn.running
        self._tell(turn.alarms)
        return on_top

    def _tell(self, alarms: list[str]) -> None:
        for alarm in alarms:
            if alarm not in self.alarms:
                _log.error("%s", alarm)
        self.alarms = tuple(alarms)


def _not_overtaken(history: FileHistory, base: Base) -> tuple[Entry | None, Entry | None]:
    """The live version and the trial, without those that the folder has overtaken since: it was changed after they
    were published, and has a higher version now."""
    file = base.files.get(history.entries[0].file_id)
    kept = []
    for entry in (history.live, history.trial):
        overtaken = (
            entry is not None
            and file is not None
            and file.file.content_hash != entry.base_hash
            and parts(file.file.version) > parts(entry.version)
        )
        kept.append(None if overtaken else entry)
    return kept[0], kept[1]


@dataclass(slots=True)
class _Turn:
    """One composition: what was ready and running before, what is now."""

    was_ready: Mapping[tuple[str, ...], CompiledFile]
    was_running: Mapping[_Place, CompiledFile]
    documents: Mapping[str, Any]
    ready: dict[tuple[str, ...], CompiledFile] = field(default_factory=dict)
    running: dict[_Place, CompiledFile] = field(default_factory=dict)
    alarms: list[str] = field(default_factory=list)

    def in_force(
        self,
        history: FileHistory,
        entries: tuple[Entry | None, Entry | None],
        common: InForce | None,
        checker: Checker,
    ) -> InForce | None:
        """A file as one scope has it; None when it has nothing of its own."""
        live, trial = entries
        own = self._compiled(live, checker) if live else None
        answering = own or (common.live if common else None)
        if answering is None:
            return None
        tried = self._compiled(trial, checker) if trial else None
        if own is None and tried is None:
            return None
        mode: Literal["shadow", "canary"] = "shadow" if trial is None or trial.mode == "shadow" else "canary"
        return InForce(answering, Trial(mode, trial.percent, tried) if trial and tried else None)

    def _compiled(self, entry: Entry, checker: Checker) -> CompiledFile | None:
        """An entry's document made ready; else the file as it was merged when it was published; else what ran before.

        An entry that is in force always has a document.
        """
        place = (entry.scope, entry.file_id, entry.mode)
        written, merged = str(entry.content_hash), str(entry.running_hash)
        found, findings = self._made(written, entry.scope, entry.file_id, checker)
        if found is None:
            why = " ".join(map(str, findings[:3]))
            if merged != written:
                found, _ = self._made(merged, None, entry.file_id, checker)
            found = found or self.was_running.get(place)
            what_runs = "It runs on as it was." if found else "It does not run; what is below it answers."
            words = f"{entry.file_id} {entry.version} of {whose(entry.scope)} no longer fits: {why} {what_runs}"
            self.alarms.append(words)
        if found is not None:
            self.running[place] = found
        return found

    def _made(
        self, content_hash: str, scope: str | None, file_id: str, checker: Checker
    ) -> tuple[CompiledFile | None, list[Finding]]:
        """A document made ready, once per set of words and base; without a scope it is one that was merged before."""
        below = checker.common.get(file_id)
        base_hash = below.live.file.content_hash if below and scope else ""
        key = (checker.words.content_hash, content_hash, base_hash, scope or EVERYONE)
        found = self.ready.get(key) or self.was_ready.get(key)
        findings: list[Finding] = []
        if found is None:
            found, findings = checker.ready(self.documents[content_hash], scope)
        if found is not None:
            self.ready[key] = found
        return found, findings
