"""Exact checks of one rule file: what can never happen, what nobody answers, and what changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from connector_service.rules_authoring.cells import TooEntangled
from connector_service.rules_authoring.checks.conditions import check_conditions
from connector_service.rules_authoring.checks.covers import check_covers
from connector_service.rules_authoring.checks.names import check_names
from connector_service.rules_authoring.checks.overlaps import check_overlaps, note_order
from connector_service.rules_authoring.checks.subject import Findings, Subject
from connector_service.rules_authoring.checks.taken import check_taken, note_left_out
from connector_service.rules_authoring.checks.winners import check_winners
from connector_service.rules_engine.findings import Report
from connector_service.rules_engine.model import RuleFile

_CHECKS: tuple[tuple[str, Callable[[Subject], None]], ...] = (
    ("conditions that can never hold", check_conditions),
    ("rules that never win, and facts that no rule answers", check_winners),
    ("what is promised to be covered", check_covers),
    ("values that change nothing", check_taken),
    ("rules for the same facts", check_overlaps),
    ("names that nothing uses", check_names),
)
_NOTES: tuple[tuple[str, Callable[[Subject], None]], ...] = (
    ("clauses that leave out what other rules take", note_left_out),
    ("rules for the same facts", note_order),
)


def check_file(file: RuleFile, report: Report, today: date, notes: bool = False) -> Findings:
    """The exact findings of a parsed file: errors go into `report`, warnings come beside it, and with `notes` also what
    only the order of the rules decides.

    `today` decides which rules are over. A check that would need more steps than it may take is left out, and a
    warning says so.
    """
    subject = Subject(file, today, Findings.beside(report))
    for about, check in (*_CHECKS, *(_NOTES if notes else ())):
        try:
            check(subject)
        except TooEntangled:
            what = f"The rules compare too many facts with each other to be exact about {about}; this was left out."
            subject.found.warnings.add(("rules",), what, "Split the file by concern.")
    return subject.found


__all__ = ["Findings", "check_file"]
