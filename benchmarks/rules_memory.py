"""How much memory the rules of 1,000 tenants take, 950 of whom use the base rules: run in a process of its own.

Prints one JSON object: megabytes of this process and its engine process together, beyond what loading the base rules
alone takes, and in all.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.rules_workload import document, facts, write_folder
from connector_service.rules_engine import RuleBook
from connector_service.rules_engine.book import Base, Published
from connector_service.rules_engine.compiled import CompiledFile
from connector_service.rules_engine.engine.hosts import HOSTS
from connector_service.rules_engine.folder import read_rule_file
from connector_service.rules_engine.tenant_rules import InForce

TENANTS, OWN_RULES = 1_000, 50
QUESTIONS_EACH = 20


def resident_mb(pid: int | str) -> float:
    """Resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024


def measure(folder: Path) -> dict[str, float]:
    """Load, publish, ask every tenant's rules, and look."""
    book = RuleBook.load(write_folder(folder, document(30, 0)))
    book.evaluate("bench", facts(1, 0)[0])
    loaded = resident_mb("self") + resident_mb(HOSTS.engine.pid)
    book.put_on_top(lambda base: _own_rules(folder, base))
    chance = random.Random(1)
    orders = facts(1_000, 2)
    for number in range(TENANTS):
        rules = book.of(f"tenant-{number}")
        for order in chance.sample(orders, QUESTIONS_EACH):
            if rules.evaluate("bench", order).failed:
                raise RuntimeError("an evaluation failed")
    here, engine = resident_mb("self"), resident_mb(HOSTS.engine.pid)
    return {"memory_mb_1000_tenants": here + engine, "beyond_base": here + engine - loaded, "engine": engine}


def _own_rules(folder: Path, base: Base) -> Published:
    published: dict[str, Mapping[str, InForce]] = {}
    for number in range(OWN_RULES):
        path = folder / "bench.json"
        path.write_text(json.dumps(document(30, 1 + number)))
        file = read_rule_file(path, base.words, [])
        if file is None:
            raise RuntimeError("the generated rules have findings")
        published[f"tenant-{number}"] = {"bench": InForce(CompiledFile.of(file, base.words.organisation))}
    return published


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        print(json.dumps(measure(Path(name))))
