"""Versions of a rule file as a person names them on the command line."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connector_service.local.home import CHECKOUT, Home

if TYPE_CHECKING:
    from connector_service.rules_engine.folder import Words
    from connector_service.rules_engine.model import RuleFile


def version_of(reference: str, home: Home, tenant: str = "") -> RuleFile:
    """The rule file that a reference names: a path, an id of a shipped file, `ownership@1.2.0` (published in this
    installation), or `main:rules/ownership.json` (a git revision).

    Raises:
        NotFound: there is no such file, version or revision.
        RulesInvalid: it has findings.
    """
    from connector_service.rules_authoring.reading import file_of, whole

    document, words = _document(reference, home, tenant), words_beside(reference)
    bases = _shipped() if "extends" in document else {}
    return file_of(whole(document, bases, reference), words, reference)


def words_beside(reference: str) -> Words:
    """The organisation and vocabularies that lie beside a file; those of the shipped rules for anything else.

    Raises:
        RulesInvalid: they have findings.
    """
    from connector_service.errors import RulesInvalid
    from connector_service.rules_engine.findings import Finding
    from connector_service.rules_engine.folder import ORGANISATION_FILE, read_words

    beside = Path(reference).parent
    there = Path(reference).is_file() and (beside / ORGANISATION_FILE).is_file()
    findings: list[Finding] = []
    words = read_words(beside if there else CHECKOUT / "rules", findings)
    if words is None:
        raise RulesInvalid("\n".join(map(str, findings)))
    return words


def _document(reference: str, home: Home, tenant: str) -> dict[str, Any]:
    from connector_service.cli.rules.reading import rule_path

    if Path(reference).is_file():
        return _read(Path(reference))
    if ":" in reference:
        return _of_git(reference)
    if "@" in reference:
        return _published(reference, home, tenant)
    return _read(rule_path(reference, None))


def _read(path: Path) -> dict[str, Any]:
    from connector_service.errors import RulesInvalid
    from connector_service.rules_engine.findings import Report
    from connector_service.rules_engine.strict_json import load_json

    report = Report(path.name)
    document = load_json(path, report)
    if not report.findings and not isinstance(document, dict):
        report.add((), "This is no rule file.", "A rule file is one JSON object.")
    if report.findings:
        raise RulesInvalid("\n".join(map(str, report.findings)))
    found: dict[str, Any] = document
    return found


def _of_git(reference: str) -> dict[str, Any]:
    from connector_service.errors import NotFound

    if reference.startswith("-"):
        raise NotFound(f"{reference} is no git revision.")
    try:
        shown = subprocess.run(["git", "show", reference], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotFound(f"git cannot show {reference}: {error}.") from error
    if shown.returncode:
        said = shown.stderr.decode(errors="replace").strip().splitlines()
        raise NotFound(f"git has no {reference}: {said[0] if said else 'no reason given'}.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(reference.partition(":")[2]).name
        path.write_bytes(shown.stdout)
        return _read(path)


def _published(reference: str, home: Home, tenant: str) -> dict[str, Any]:
    from connector_service.errors import InstallationProblem
    from connector_service.local.tenant_setup import open_database
    from connector_service.rules_publishing.kept import kept_document

    if not home.database.exists():
        raise InstallationProblem(f"There is no database {home.database} that could keep {reference}.")
    file_id, _, version = reference.partition("@")
    with open_database(home.database) as database:
        return kept_document(database, tenant, file_id, version)


def _shipped() -> dict[str, dict[str, Any]]:
    from connector_service.rules_engine.folder import rule_paths

    return {path.stem: _read(path) for path in rule_paths(CHECKOUT / "rules")}
