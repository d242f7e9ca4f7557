"""What an explanation consists of: plain data that becomes JSON as it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import orjson

State = Literal["won", "answered", "beaten", "shadow", "expired", "no_match", "failed"]
"""What became of one rule: it won; it answered beside others (hit policy all); it matched and another one won; it
matched in shadow mode; its last day is over; it did not match; it matched and on_error answered all the same."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition and whether it holds. A comparison has the actual value of its fact (None when missing, of a text
    its first 200 characters) and, where it helps, a note; `all` and `any` have parts."""

    kind: Literal["compare", "all", "any"]
    text: str
    holds: bool
    field: str | None = None
    actual: Any = None
    note: str = ""
    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleExplained:
    """One rule: what became of it and why, with every condition. `outcome` is its `then`."""

    rule: str
    title: str
    state: State
    why: str
    because: str
    outcome: dict[str, Any]
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class DerivedExplained:
    """A derived fact with the values it was computed from; `value` is None when it could not be computed."""

    name: str
    value: int | None
    text: str


@dataclass(frozen=True, slots=True)
class PauseExplained:
    """A time in which the clock stood still; `open_minutes` is how much open time it took off."""

    start: datetime
    end: datetime | None
    open_minutes: int
    text: str


@dataclass(frozen=True, slots=True)
class StepExplained:
    """A step of the cascade: when it is due (UTC), whether that has passed, and which closed times lie before it."""

    level: int
    after: str
    due_at: datetime
    reached: bool
    outcome: dict[str, Any]
    text: str
    closed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClockExplained:
    """The clock of the rule that won, at `now`: since when it runs, how much open time it has run, and its steps."""

    rule: str
    since_name: str
    since: datetime
    now: datetime
    calendar: str
    timezone: str
    open_minutes_run: int
    paused: bool
    text: str
    pauses: tuple[PauseExplained, ...]
    steps: tuple[StepExplained, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a rule file answers as it does: the rule that won first, then every other one in file order.

    `rule` is None when the default or on_error answered; `why` says it in one sentence. `facts` are those given and the
    derived ones. `clock_missing` says why there is no clock although the rule that won has one.
    """

    file: str
    version: str
    content_hash: str
    status: str
    hit_policy: str
    rule: str | None
    outcome: dict[str, Any]
    because: str
    why: str
    failed: bool
    facts: dict[str, Any]
    derived: tuple[DerivedExplained, ...]
    rules: tuple[RuleExplained, ...]
    clock: ClockExplained | None = None
    clock_missing: str = ""

    def as_json(self) -> dict[str, Any]:
        """The explanation as JSON; times in UTC."""
        made: dict[str, Any] = orjson.loads(orjson.dumps(self, option=orjson.OPT_UTC_Z))
        return made


def shown(value: Any) -> str:
    """A value as a person writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"{len(value)} line{'' if len(value) == 1 else 's'}"
    return "missing" if value is None else str(value)[:200]


def shown_outcome(outcome: dict[str, Any]) -> str:
    """An outcome in a line: `owner risk, queue manual-review`."""
    if isinstance(outcome.get("matches"), list):
        return "; ".join(shown_outcome(each) for each in outcome["matches"])
    return ", ".join(f"{key} {shown(value)}" for key, value in outcome.items()) or "nothing"
