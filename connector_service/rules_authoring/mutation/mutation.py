"""Mutation: make every small change to a rule file and see whether its own tests notice.

A change that no test notices is a survivor, with a test that would have noticed it. A change that alters no answer at
all is left out: an exact search over the kinds of facts finds none for which the winning rule, its answer or its clock
would be another. Where that search cannot tell (for conditions inside `derive`, and where no facts were found from
which derived facts come out as needed) the change is undecided, and counts neither way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector_service.rules_authoring.by_oracle import ByOracle
from connector_service.rules_authoring.mutation.mutants import Mutant, mutants
from connector_service.rules_authoring.mutation.outcome_changes import names_of
from connector_service.rules_authoring.mutation.variants import variant
from connector_service.rules_authoring.mutation.witness import compare
from connector_service.rules_engine.compiled import CompiledFile
from connector_service.rules_engine.file_tests import TestCase, passes_all, run_tests
from connector_service.rules_engine.findings import pointer
from connector_service.rules_engine.model import RuleFile
from connector_service.rules_engine.vocabulary import Fact


@dataclass(frozen=True, slots=True)
class Survivor:
    """A change that no test notices; `test` would (None when none could be made)."""

    rule: str | None
    pointer: str
    words: str
    test: Mapping[str, Any] | None

    def __str__(self) -> str:
        return f"{self.rule or 'the file'}: nobody would notice if {self.words}"

    def as_json(self) -> dict[str, Any]:
        """The survivor for other programs."""
        return {"rule": self.rule, "pointer": self.pointer, "words": self.words, "test": self.test}


@dataclass(frozen=True, slots=True)
class MutationReport:
    """How many changes the tests noticed (`killed`), which they did not, how many alter nothing (`equivalent`), which
    could not be decided, and how many cannot be because the changed file has findings (`refused`)."""

    file: str
    killed: int
    survivors: tuple[Survivor, ...]
    equivalent: int
    undecided: tuple[Survivor, ...]
    refused: int

    @property
    def percent(self) -> float:
        """How many of the changes that alter an answer are noticed, rounded down to a tenth."""
        counted = self.killed + len(self.survivors)
        return self.killed * 1000 // counted / 10 if counted else 100.0

    def as_json(self) -> dict[str, Any]:
        """The report for other programs."""
        return {
            "percent": self.percent,
            "killed": self.killed,
            "equivalent": self.equivalent,
            "refused": self.refused,
            "survivors": [survivor.as_json() for survivor in self.survivors],
            "undecided": [survivor.as_json() for survivor in self.undecided],
        }


def mutation_of(compiled: CompiledFile) -> MutationReport:
    """Run the tests of a compiled file on every mutant of it, by the reference evaluator."""
    run = _Run(ByOracle(compiled.file, compiled.organisation))
    return run.report()


class _Run:
    """The tests of a file with all that does not change from mutant to mutant."""

    def __init__(self, oracle: ByOracle) -> None:
        self.oracle = oracle
        outcomes = run_tests(oracle)
        self.tests = [test for test, outcome in zip(oracle.file.tests, outcomes, strict=True) if outcome.passed]
        self.facts = [oracle.known(TestCase.of(test, oracle.file).facts) for test in self.tests]
        self.masks = self._masks(oracle)

    def report(self) -> MutationReport:
        killed = equivalent = refused = 0
        survivors: list[Survivor] = []
        undecided: list[Survivor] = []
        file = self.oracle.file
        for mutant in mutants(file.document, _facts(file), names_of(file, self.oracle.organisation)):
            changed = variant(file, self.oracle.organisation, mutant)
            if changed is None:
                refused += 1
                continue
            other = ByOracle(changed, self.oracle.organisation)
            if not passes_all(other, self._affected(mutant, other)):
                killed += 1
                continue
            verdict = compare(mutant, self.oracle, other)
            if verdict.differs == "no":
                equivalent += 1
            else:
                (survivors if verdict.differs == "yes" else undecided).append(_survivor(mutant, verdict.test))
        return MutationReport(file.id, killed, tuple(survivors), equivalent, tuple(undecided), refused)

    def _affected(self, mutant: Mutant, other: ByOracle) -> list[Mapping[str, Any]]:
        """The tests that could come out otherwise."""
        if mutant.kind in ("policy", "derived", "default", "named"):
            return self.tests
        number = mutant.rules[0]
        tests = self.masks[number]
        if mutant.kind == "condition":
            tests ^= self._mask(other, number)
        return [test for index, test in enumerate(self.tests) if tests >> index & 1]

    def _masks(self, oracle: ByOracle) -> list[int]:
        return [self._mask(oracle, number) for number in range(len(oracle.file.rules))]

    def _mask(self, oracle: ByOracle, number: int) -> int:
        """The tests in which a rule holds; bit i stands for test i."""
        holds = oracle.predicates[number]
        return sum(1 << index for index, facts in enumerate(self.facts) if holds(facts))


def _facts(file: RuleFile) -> dict[str, Fact]:
    """The facts that rules of a file may compare, derived ones included."""
    derived = {each.name: Fact(each.name, "integer", "derived in the file") for each in file.derived}
    return {**file.vocabulary.facts, **derived}


def _survivor(mutant: Mutant, test: Mapping[str, Any] | None) -> Survivor:
    return Survivor(mutant.rule, pointer(mutant.path), mutant.words, test)
