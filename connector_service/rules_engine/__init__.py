"""Rules as data: load rule files, answer by them, and say when somebody has to act.

`RuleBook.load(folder)` reads every rule file of a folder; `of(tenant)` gives a tenant's `TenantRules`, which answer
about facts (`evaluate`) and give the next deadline (`next_step`).
"""

from connector_service.rules_engine.book import RuleBook
from connector_service.rules_engine.compiled import Evaluation
from connector_service.rules_engine.escalation import EscalationStep
from connector_service.rules_engine.file_tests import TestOutcome, run_file_tests
from connector_service.rules_engine.findings import Finding
from connector_service.rules_engine.tenant_rules import InForce, RuleFileInfo, TenantRules, Trial

__all__ = [
    "EscalationStep",
    "Evaluation",
    "Finding",
    "InForce",
    "RuleBook",
    "RuleFileInfo",
    "TenantRules",
    "TestOutcome",
    "Trial",
    "run_file_tests",
]
