"""Read what is to be published as strictly as a file in the rules folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from connector_service.errors import RulesInvalid
from connector_service.rules_engine.findings import Report
from connector_service.rules_engine.strict_json import load_json, parse_json


def read_document(path: Path) -> Any:
    """The JSON of a file: no key twice, no NaN, no fractions. Raises RulesInvalid, one finding a line."""
    report = Report(path.name)
    return _right(load_json(path, report), report)


def check_body(body: bytes, name: str) -> None:
    """Refuse a request's body that says something twice or what no rule file may say; lenient parsers take it. Raises
    RulesInvalid."""
    report = Report(name)
    _right(parse_json(body, report), report)


def _right(document: Any, report: Report) -> Any:
    if report.findings:
        raise RulesInvalid("\n".join(map(str, report.findings)))
    return document
