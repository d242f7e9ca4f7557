"""Check a rule file or a tenant's layer as it would run: nothing with a finding is ever put in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from connector_service.errors import RulesInvalid
from connector_service.rules_authoring.checks import check_file
from connector_service.rules_engine.book import report_failed_tests
from connector_service.rules_engine.compiled import CompiledFile
from connector_service.rules_engine.findings import Finding, Report
from connector_service.rules_engine.folder import Words, canonical_hash, merged_report
from connector_service.rules_engine.layers import base_of
from connector_service.rules_engine.parse import parse_rule_file
from connector_service.rules_engine.schemas.fitting import fits_rule_file
from connector_service.rules_engine.tenant_rules import InForce
from connector_service.store.rule_versions import EVERYONE, Mode

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Checked:
    """A document without findings. `running` is what would be evaluated: the file itself, or the base as the layer
    changes it. `base` is the file that it replaces or extends, None when it is new. `warnings` refuse nothing."""

    document: Document
    content_hash: str
    running: CompiledFile
    base: CompiledFile | None
    warnings: tuple[str, ...] = ()

    @property
    def file_id(self) -> str:
        """The file it is a version of; for a layer the file it extends."""
        return self.running.file.id

    @property
    def version(self) -> str:
        """The version that its author gave it."""
        return str(self.document["version"])


@dataclass(frozen=True, slots=True)
class Checker:
    """What documents are checked against: the words they may use, and the files in force for all tenants; `today`
    decides which rules are over."""

    words: Words
    common: Mapping[str, InForce]
    today: date

    def check(self, document: Any, scope: str, name: str, mode: Mode) -> Checked:
        """A document that may run, by schema, vocabulary, its own tests, and the exact checks; `name` is what findings
        call it. Raises RulesInvalid; its detail has one finding a line."""
        report = Report(name, document)
        checked = self._checked(document, scope, report, [])
        if checked is not None:
            _check_status(checked.running.file.status, mode, report)
        if checked is None or report.findings:
            raise RulesInvalid("\n".join(map(str, report.findings)))
        return checked

    def ready(self, document: Document, scope: str | None) -> tuple[CompiledFile | None, list[Finding]]:
        """A document that was published before, made ready again on these words and files, without the exact checks
        that it has passed; or why it cannot be. Without a scope it is a merged file, which needs no base."""
        report = Report(str(document.get("id") or document.get("extends")), document)
        if scope is None:
            return self._running(report, None), report.findings
        checked = self._checked(document, scope, report, None)
        return (checked.running if checked else None), report.findings

    def _checked(self, document: Any, scope: str, report: Report, warnings: list[Finding] | None) -> Checked | None:
        if not fits_rule_file(document, report):
            return None
        base = self._base(document, scope, report)
        if report.findings:
            return None
        written: Report | None = report
        if "extends" in document and base is not None:
            written = merged_report(base.file.document, document, report)
        running = self._running(written, warnings) if written else None
        if running is None:
            return None
        said = tuple(str(finding) for finding in warnings or ())
        return Checked(document, canonical_hash(document), running, base, said)

    def _base(self, document: Document, scope: str, report: Report) -> CompiledFile | None:
        """The file in force for all tenants that a document extends or replaces; a finding where it may not."""
        files = {name: found.live for name, found in self.common.items()}
        if "extends" not in document:
            if scope != EVERYONE and document["id"] in files:
                what = f'"{document["id"]}" is a file of the installation; a tenant changes it by a layer.'
                fix = f'Write a layer with "extends": "{document["id"]}@...", or give the file an id of its own.'
                report.add(("id",), what, fix)
            return files.get(document["id"])
        if scope == EVERYONE:
            report.add(("extends",), "A layer belongs to a tenant.", "Say for which tenant it is published.")
            return None
        if document["tenant"] != scope:
            what = f'The layer is for the tenant "{document["tenant"]}", and is published for "{scope}".'
            report.add(("tenant",), what, f'Write "{scope}", or publish it for the other tenant.')
        found = base_of(document, {name: file.file.document for name, file in files.items()}, report)
        return None if found is None else files[found["id"]]

    def _running(self, report: Report, warnings: list[Finding] | None) -> CompiledFile | None:
        """The report's document as it would run. With a list for warnings it is checked exactly, too."""
        words, document = self.words, report.document
        file = parse_rule_file(document, words.vocabularies, words.organisation, canonical_hash(document), report)
        if file is not None and warnings is not None:
            warnings += check_file(file, report, self.today).warnings.findings
        if file is None or report.findings:
            return None
        compiled = CompiledFile.of(file, words.organisation)
        report_failed_tests(compiled, report)
        return compiled if not report.findings else None


def _check_status(status: str, mode: Mode, report: Report) -> None:
    if status == "draft" or (status == "shadow" and mode != "shadow"):
        what = f'The status is "{status}", and a file that is to answer must be "live".'
        fix = 'Write "live"; whether it runs in shadow first is said when it is published.'
        report.add(("status",), what, fix)
