"""When a rule's next step is due: open time on the rule's calendar, less the pauses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from connector_service.business_time import ALWAYS_OPEN, add_business_time, business_time_between, parse_duration
from connector_service.errors import InvalidInput
from connector_service.rules_engine.findings import did_you_mean, pointer
from connector_service.rules_engine.model import Answer, CascadeStep, EscalationClock, Outcome, Rule

Pause = tuple[datetime, datetime | None]
ON_ERROR = "on_error"


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """The one step that is due next: `level` counts from 1, `due_at` is in UTC and may have passed, `outcome` is the
    step's `then` with its level."""

    rule: str
    level: int
    due_at: datetime
    outcome: Outcome
    because: str


def step_after(
    rule: Rule,
    facts: Mapping[str, Any],
    times: Mapping[str, datetime],
    pauses: Sequence[Pause],
    now: datetime,
    after_level: int,
) -> EscalationStep | None:
    """The step of a rule's cascade after a level, or None when the rule has no clock.

    Past the last step the cascade goes on at its last interval: the level keeps rising, the outcome stays the last one.
    A pause is an interval in which the rule's `pause_when` held; one without an end lasts while it still holds. No
    pause counts for longer than the clock's limit, so there always is a due time. Raises InvalidInput when the time
    from which the clock runs is not given.
    """
    clock = rule.clock
    if clock is None:
        return None
    if after_level < 0:
        raise InvalidInput(f"A level is 0 or more, not {after_level}.", pointer="/after_level")
    since = _time(clock.since, times)
    level = after_level + 1
    after, then = _step(rule.cascade, level)
    stops = _stops(clock, facts, pauses, now)
    due_at = _due(clock, since, after, stops)
    return EscalationStep(rule.id, level, due_at, {**then, "level": level}, rule.because)


def step_on_error(answer: Answer, now: datetime, after_level: int) -> EscalationStep:
    """The fail-closed step: somebody is asked soon, on a calendar that never closes."""
    due_at = add_business_time(ALWAYS_OPEN, now, parse_duration(answer.after or "1h", ALWAYS_OPEN))
    level = after_level + 1
    return EscalationStep(ON_ERROR, level, due_at, {**answer.outcome, "level": level}, answer.because)


def _step(cascade: Sequence[CascadeStep], level: int) -> tuple[timedelta, Outcome]:
    last = cascade[-1]
    if level <= len(cascade):
        return cascade[level - 1].after, cascade[level - 1].then
    interval = last.after - cascade[-2].after if len(cascade) > 1 else last.after
    return last.after + (level - len(cascade)) * interval, last.then


def _stops(clock: EscalationClock, facts: Mapping[str, Any], pauses: Sequence[Pause], now: datetime) -> list[Pause]:
    """The pauses that count for this clock, in order; the last may be open."""
    if clock.pause is None:
        return []
    paused = clock.pause(facts)
    stops: list[Pause] = []
    for start, end in sorted(pauses, key=lambda pause: pause[0]):
        # a pause that is over before it begins takes nothing off
        stops.append((start, None if end is None and paused else max(start, end or now)))
    if paused and all(end is not None for _, end in stops):
        stops.append((now, None))
    return stops


def stops_until(
    clock: EscalationClock, facts: Mapping[str, Any], pauses: Sequence[Pause], now: datetime
) -> list[tuple[datetime, datetime]]:
    """The stretches before `now` in which the clock stood still: each pause, cut where its limit ends it."""
    stops = []
    for start, end in _stops(clock, facts, pauses, now):
        resumes = add_business_time(clock.calendar, start, clock.pause_limit)
        stops.append((start, min(end or now, resumes, now)))
    return [(start, end) for start, end in stops if start < end]


def open_time_run(
    clock: EscalationClock, since: datetime, stops: Sequence[tuple[datetime, datetime]], now: datetime
) -> timedelta:
    """How long the clock has run by `now`, in open time; `stops` are those of `stops_until`."""
    cursor, ran = since, timedelta(0)
    for start, end in stops:
        ran += business_time_between(clock.calendar, cursor, start)
        cursor = max(cursor, end)
    return ran + business_time_between(clock.calendar, cursor, now)


def _due(clock: EscalationClock, since: datetime, after: timedelta, stops: Sequence[Pause]) -> datetime:
    cursor, left = since, after
    for start, end in stops:
        resumes = add_business_time(clock.calendar, start, clock.pause_limit)
        resumes = min(end, resumes) if end else resumes
        ran = business_time_between(clock.calendar, cursor, start)
        if left <= ran:
            break
        if resumes > cursor:
            left, cursor = left - ran, resumes
    return add_business_time(clock.calendar, cursor, left).astimezone(UTC)


def _time(name: str, times: Mapping[str, datetime]) -> datetime:
    if name not in times:
        message = f"The time {name!r}, from which the clock runs, was not given. {did_you_mean(name, times)}"
        raise InvalidInput(message, pointer=pointer(["times", name]))
    return times[name]
