"""Everything that is checked of a rule file: text, shape, names and types, the exact checks, and its own tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from pathlib import Path
from time import perf_counter
from typing import Any

from connector_service.rules_authoring.checks import check_file
from connector_service.rules_authoring.positions import Positions
from connector_service.rules_engine.book import report_failed_tests
from connector_service.rules_engine.compiled import CompiledFile
from connector_service.rules_engine.findings import Finding, Report
from connector_service.rules_engine.folder import Words, canonical_hash, merged_report, read_words, rule_paths
from connector_service.rules_engine.layers import base_of
from connector_service.rules_engine.parse import parse_rule_file
from connector_service.rules_engine.schemas.fitting import fits_rule_file
from connector_service.rules_engine.strict_json import load_json, parse_json

Severe = tuple[str, Finding]
"""A finding with its severity: error, warning or note."""


@dataclass(frozen=True, slots=True)
class FileCheck:
    """How one file came out. `rules` are the ids of its own rules, `tests` how many of its tests ran; a file with
    errors runs none."""

    name: str
    findings: Sequence[Severe]
    positions: Positions
    rules: Sequence[str] = ()
    tests: int = 0
    milliseconds: float = 0.0

    @property
    def is_right(self) -> bool:
        """Whether there is neither an error nor a warning."""
        return all(severity == "note" for severity, _ in self.findings)

    def as_json(self) -> dict[str, Any]:
        """For other programs and over HTTP."""
        findings = [self._finding(severity, finding) for severity, finding in self.findings]
        found = {"file": self.name, "right": self.is_right, "findings": findings}
        return found | {"tests": self.tests, "milliseconds": round(self.milliseconds, 1)}

    def _finding(self, severity: str, finding: Finding) -> dict[str, Any]:
        place = self.positions.of(finding.pointer, finding.what) if finding.file == self.name else None
        where = {"line": place.line, "column": place.column} if place else {}
        said = {"severity": severity, "file": finding.file, "rule": finding.rule, "pointer": finding.pointer}
        return said | where | {"what": finding.what, "fix": finding.fix}


@dataclass(frozen=True, slots=True)
class Checking:
    """What files are checked against. `bases` gives the files that layers may extend, by id; `today` decides which
    rules are over; with `notes` also what only the order of the rules decides is told."""

    words: Words
    today: date
    bases: Callable[[], Mapping[str, Any]] = dict
    notes: bool = False

    def text(self, data: bytes, name: str, file_id: str | None = None) -> FileCheck:
        """Check a text; `name` is what findings call it, `file_id` the id that it has to have, if any."""
        began = perf_counter()
        report = Report(name)
        document = parse_json(data, report)
        report.document = document
        found, tests = self._document(document, report, file_id) if not report.findings else (None, 0)
        findings = found.all() if found else [("error", finding) for finding in report.findings]
        rules = _own_rules(document) if found else []
        positions = Positions(data.decode("utf-8", "replace") if findings else "")
        return FileCheck(name, findings, positions, rules, tests, 1000 * (perf_counter() - began))

    def _document(self, document: Any, report: Report, file_id: str | None) -> tuple[Any, int]:
        if not fits_rule_file(document, report):
            return None, 0
        written = report
        if "extends" in document:
            base = base_of(document, self.bases(), report)
            merged = merged_report(base, document, report) if base is not None and not report.findings else None
            if merged is None:
                return None, 0
            written = merged
        elif file_id is not None and document["id"] != file_id:
            report.add(("id",), f'The id is "{document["id"]}".', f'Write "{file_id}", or rename the file.')
        return self._parsed(written)

    def _parsed(self, report: Report) -> tuple[Any, int]:
        words, document = self.words, report.document
        file = parse_rule_file(document, words.vocabularies, words.organisation, canonical_hash(document), report)
        if file is None:
            return None, 0
        found = check_file(file, report, self.today, self.notes)
        if report.findings:
            return found, 0
        report_failed_tests(CompiledFile.of(file, words.organisation), report)
        return found, len(file.tests)


def check_paths(paths: Sequence[Path], folder: Path, today: date, notes: bool = False) -> list[FileCheck]:
    """Check files of a folder of rules, each by itself and their rule ids against each other; or what is wrong with the
    organisation or a vocabulary, without which no file can be checked."""
    findings: list[Finding] = []
    words = read_words(folder, findings)
    if words is None:
        names = dict.fromkeys(finding.file for finding in findings)
        return [_words_check(folder / name, name, [f for f in findings if f.file == name]) for name in names]
    checking = Checking(words, today, cache(partial(_bases, folder)), notes)
    return _ids_apart([_path_check(checking, path, folder) for path in paths])


def _path_check(checking: Checking, path: Path, folder: Path) -> FileCheck:
    name = str(path.relative_to(folder)) if path.is_relative_to(folder) else path.name
    try:
        data = path.read_bytes()
    except OSError as error:
        finding = Finding(name, None, "", f"The file cannot be read: {error.strerror}.", "Check that it may be read.")
        return FileCheck(name, [("error", finding)], Positions(""))
    return checking.text(data, name, path.stem if path.parent == folder else None)


def _words_check(path: Path, name: str, findings: Sequence[Finding]) -> FileCheck:
    text = path.read_text("utf-8", "replace") if path.is_file() else ""
    return FileCheck(name, [("error", finding) for finding in findings], Positions(text))


def _bases(folder: Path) -> dict[str, Any]:
    """The files that layers may extend: those of the folder that can be read."""
    documents = {}
    for path in rule_paths(folder):
        report = Report(path.name)
        document = load_json(path, report)
        if not report.findings and fits_rule_file(document, report):
            documents[path.stem] = document
    return documents


def _own_rules(document: Mapping[str, Any]) -> list[str]:
    return [rule["id"] for rule in document.get("rules", document.get("add", ()))]


def _ids_apart(checks: Sequence[FileCheck]) -> list[FileCheck]:
    """A warning for every rule id that an earlier file has, too."""
    owner: dict[str, str] = {}
    done = []
    for check in checks:
        found: list[Severe] = []
        for index, rule in enumerate(check.rules):
            first = owner.setdefault(rule, check.name)
            if first != check.name:
                what = f"{first} has a rule {rule}, too; in reports nobody could tell them apart."
                place = f"/rules/{index}/id"
                found.append(("warning", Finding(check.name, rule, place, what, "Give it an id that was never used.")))
        done.append(replace(check, findings=[*check.findings, *found]) if found else check)
    return done
