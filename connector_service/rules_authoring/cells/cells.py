"""All kinds of facts that a rule file can tell apart, and what its rules answer to each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from connector_service.rules_authoring.cells.cover import MAX_COMPARISONS, Effort, outside
from connector_service.rules_authoring.cells.diagram import Box, Diagram, Path, Row, build
from connector_service.rules_authoring.cells.fields import Field
from connector_service.rules_authoring.cells.impossible import Definition, Impossible, bounds, divisors, sources
from connector_service.rules_authoring.cells.realise import Realiser
from connector_service.rules_engine.conditions import Alternative, Clause
from connector_service.rules_engine.derive import Derived
from connector_service.rules_engine.model import RuleFile
from connector_service.rules_engine.vocabulary import Fact


@dataclass(frozen=True)
class Cells:
    """The kinds of facts of one or more rule files, field by field; a cell is one kind of each field.

    Enum values, true and false, every constant that a rule names and "another", the ranges between the thresholds,
    and missing. Derived facts are fields of their own; combinations that their definitions rule out are left out.
    """

    fields: tuple[Field, ...]
    facts_of: Mapping[str, Fact]
    derived: tuple[Derived, ...]
    definitions: Mapping[str, Definition]

    @classmethod
    def of(cls, *files: RuleFile, derive: Mapping[str, Definition] | None = None) -> Cells:
        """The cells of these files together. With the definitions of derived facts (`derive`; those of the files when
        left out) the cells leave out what cannot be, and examples are facts that an order really has."""
        if derive is None:
            derive = {name: each for file in files for name, each in file.document.get("derive", {}).items()}
        facts = {name: fact for file in files for name, fact in file.vocabulary.facts.items()}
        derived = {each.name: each for file in files for each in file.derived}
        known = {name: definition for name, definition in derive.items() if name in derived}
        facts |= {name: Fact(name, "integer", "derived in the file") for name in derived}
        clauses: dict[str, list[Clause]] = {}
        for alternative in (a for file in files for rule in file.rules for a in rule.alternatives):
            for clause in alternative:
                clauses.setdefault(clause.field, []).append(clause)
        noughts = divisors(known)
        fields = []
        for name in _ordered(clauses, known):
            low, high = bounds(known.get(name, {}))
            unique = dict.fromkeys(clauses.get(name, ()))
            fields.append(Field.of(facts[name], unique, low, high, zero=name in noughts))
        return cls(tuple(fields), facts, tuple(derived.values()), known)

    @cached_property
    def number_of(self) -> dict[str, int]:
        """The number of each field."""
        return {field.name: number for number, field in enumerate(self.fields)}

    @cached_property
    def _effort(self) -> Effort:
        return Effort(MAX_COMPARISONS)

    @cached_property
    def _realiser(self) -> Realiser:
        return Realiser({field.name: field for field in self.fields}, self.facts_of, self.derived, self.definitions)

    @cached_property
    def _everything(self) -> dict[int, int]:
        return {number: field.everything for number, field in enumerate(self.fields)}

    @cached_property
    def sizes(self) -> list[int]:
        """How many kinds each field has."""
        return [len(field.kinds) for field in self.fields]

    @cached_property
    def impossible(self) -> list[Box]:
        """What no facts can be."""
        named = Impossible({field.name: field for field in self.fields}, self.definitions).boxes()
        return [{self.number_of[name]: mask for name, mask in box.items()} for box in named]

    @cached_property
    def count(self) -> int:
        """How many cells there are."""
        return self.decide().counts().get((), 0)

    def box(self, alternative: Alternative) -> dict[int, int]:
        """The cells in which an alternative holds; one whose clauses exclude each other has a field without kinds."""
        box: dict[int, int] = {}
        for clause in alternative:
            number = self.number_of[clause.field]
            mask = self._mask(clause)
            box[number] = box[number] & mask if number in box else mask
        return box

    def boxes(self, alternatives: Sequence[Alternative]) -> list[Box]:
        """The cells in which one of some alternatives holds."""
        return [box for box in map(self.box, alternatives) if all(box.values())]

    def row(self, file: RuleFile, numbers: Collection[int] | None = None) -> Row:
        """A file's acting rules (or those of these numbers) in the order in which one beats the other: as they stand,
        under `worst` the worst verdict first. Answers with the number of the rule that wins."""
        chosen = [n for n, rule in enumerate(file.rules) if not rule.shadow] if numbers is None else sorted(numbers)
        if file.hit_policy == "worst":
            chosen.sort(key=lambda number: file.ranking.index(file.rules[number].outcome["verdict"]))
        return [(box, number) for number in chosen for box in self.boxes(file.rules[number].alternatives)]

    def rows(self, file: RuleFile) -> list[Row]:
        """What has to be asked to know a file's answer: who wins under `first` and `worst`, else each rule whether it
        fires."""
        if file.hit_policy in ("first", "worst"):
            return [self.row(file)]
        return [self.row(file, [number]) for number, rule in enumerate(file.rules) if not rule.shadow]

    def decide(self, *rows: Row) -> Diagram:
        """What each row answers in every cell. Raises TooEntangled."""
        return build(self.sizes, self.impossible, rows)

    def outside(self, box: Box, others: Iterable[Box]) -> Path | None:
        """A part of a box that facts can have and none of the others holds; None when there is none. Raises
        TooEntangled when this and earlier questions took more than they may."""
        if not all(box.values()):
            return None
        found = outside({**self._everything, **box}, [*self.impossible, *others], self._effort)
        return found and {number: mask for number, mask in found.items() if mask != self._everything[number]}

    def path_of(self, facts: Mapping[str, Any]) -> Path:
        """The cell that facts (derived ones among them) are in."""
        return {number: 1 << field.kind_of(facts.get(field.name)) for number, field in enumerate(self.fields)}

    def words(self, path: Path) -> str:
        """Cells in words: `status is received, total_minor is 50001`."""
        parts = []
        for number, mask in sorted(path.items()):
            sample = self.fields[number].prefer(mask).sample
            shown = str(sample).lower() if isinstance(sample, bool) else sample
            fact = self.facts_of[self.fields[number].name]
            shown = "there" if fact.kind == "lines" and sample is not None else shown
            parts.append(f"{fact.name} is {'missing' if sample is None else shown}")
        return ", ".join(parts) or "whatever the facts are"

    def facts(self, path: Path) -> dict[str, Any] | None:
        """Facts of the vocabulary that are in a cell, without derived ones: those that the rules do not ask for are
        left out. None when no lines or numbers were found from which the derived facts come out so."""
        return self._realiser.facts(path)

    def _mask(self, clause: Clause) -> int:
        known = self._masks.get(clause)
        if known is None:
            known = self._masks[clause] = self.fields[self.number_of[clause.field]].mask(clause)
        return known

    @cached_property
    def _masks(self) -> dict[Clause, int]:
        return {}


def _ordered(clauses: Mapping[str, Sequence[Clause]], definitions: Mapping[str, Definition]) -> Iterator[str]:
    """The fields, most compared first, and before a derived fact those that it is made of: what hangs together stands
    together, which keeps diagrams small."""
    done: set[str] = set()

    def placed(name: str) -> Iterator[str]:
        for source in sources(definitions[name]) if name in definitions else ():
            yield from placed(source)
        if name not in done:
            done.add(name)
            yield name

    uses = Counter({name: len(those) for name, those in clauses.items()})
    for name, _ in uses.most_common():
        yield from placed(name)
