"""A rule file after parsing: plain data, nothing left to look up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from connector_service.business_time import Calendar
from connector_service.rules_engine.conditions import Alternatives
from connector_service.rules_engine.derive import Derived
from connector_service.rules_engine.oracle import Predicate
from connector_service.rules_engine.vocabulary import Vocabulary

Status = Literal["draft", "shadow", "live"]
HitPolicy = Literal["first", "all", "worst", "unique"]
Outcome = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a file answers when no rule does: `default` or `on_error`."""

    outcome: Outcome
    because: str
    after: str | None = None


@dataclass(frozen=True, slots=True)
class EscalationClock:
    """When a deadline's clock runs: open time of `calendar` since the time named `since`, standing still while `pause`
    holds, but for no single pause longer than `pause_limit` of open time."""

    since: str
    calendar: Calendar
    pause: Predicate | None
    pause_limit: timedelta


@dataclass(frozen=True, slots=True)
class CascadeStep:
    """What happens once the clock has run for `after`."""

    after: timedelta
    then: Outcome


@dataclass(frozen=True, slots=True)
class Rule:
    """One author's rule; an escalation rule has a clock and a cascade instead of an outcome. `owner` answers for the
    rule when it is not the file's maintainer; an `overridable` rule may be replaced or disabled by tenants' layers."""

    id: str
    title: str
    alternatives: Alternatives
    outcome: Outcome
    because: str
    shadow: bool
    until: date | None
    clock: EscalationClock | None
    cascade: tuple[CascadeStep, ...]
    owner: str | None = None
    overridable: bool = False


@dataclass(frozen=True, slots=True)
class RuleFile:
    """One rule file; `document` is its JSON as its author wrote it, `content_hash` the SHA-256 of that in canonical
    form."""

    id: str
    version: str
    status: Status
    description: str
    hit_policy: HitPolicy
    ranking: tuple[str, ...]
    default: Answer | None
    on_error: Answer | None
    vocabulary: Vocabulary
    derived: tuple[Derived, ...]
    rules: tuple[Rule, ...]
    tests: tuple[Mapping[str, Any], ...]
    content_hash: str
    document: Mapping[str, Any]
    maintainer: str = ""
    lists: Mapping[str, Any] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)

    def step_numbers(self) -> dict[str, int]:
        """The numbers that the connector's steps read, the usual ones where the file gives none."""
        known = self.vocabulary.read_by_steps
        return {name: self.numbers.get(name, number.usual) for name, number in known.items()}
