"""Rules as data: load rule files, answer by them, and say when somebody has to act.

`RuleBook.load(folder)` reads every rule file of a folder; `evaluate` answers about facts, `next_step` gives the next
deadline.
"""

from connector_service.rules_engine.book import RuleBook, RuleFileInfo
from connector_service.rules_engine.compiled import Evaluation
from connector_service.rules_engine.escalation import EscalationStep
from connector_service.rules_engine.file_tests import TestOutcome, run_file_tests
from connector_service.rules_engine.findings import Finding

__all__ = ["EscalationStep", "Evaluation", "Finding", "RuleBook", "RuleFileInfo", "TestOutcome", "run_file_tests"]
