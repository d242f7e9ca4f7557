"""The clock of an escalation rule in words: since when, how long it has run, what stopped it, and what is due when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from connector_service.business_time import business_time_between
from connector_service.errors import InvalidInput
from connector_service.rules_engine.escalation import Pause, open_time_run, step_after, stops_until
from connector_service.rules_engine.explain.closed import closed_times, local
from connector_service.rules_engine.explain.explained import (
    ClockExplained,
    PauseExplained,
    StepExplained,
    shown_outcome,
)
from connector_service.rules_engine.findings import did_you_mean, pointer
from connector_service.rules_engine.model import EscalationClock, Rule, RuleFile

_REPEATED = 6
_MINUTE = timedelta(minutes=1)
_FARTHEST = timedelta(days=3_660)
"""Open hours are counted day by day; nobody shall make that take a second."""


@dataclass(frozen=True, slots=True)
class ClockState:
    """What a clock is explained by: `times` are when it may start, `pauses` when `pause_when` held, all in UTC."""

    now: datetime
    times: Mapping[str, datetime]
    pauses: Sequence[Pause] = ()


def split_times(file: RuleFile, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, datetime]]:
    """Facts and times apart, as a file's tests write them together.

    Raises InvalidInput, whose pointer names the time, for one that is not written as `2026-11-09T13:00:00Z`.
    """
    kinds = file.vocabulary.facts
    named = {name: value for name, value in given.items() if name in kinds and kinds[name].kind == "time"}
    facts = {name: value for name, value in given.items() if name not in named}
    return facts, {name: read_moment(value, (name,)) for name, value in named.items() if value is not None}


def read_moment(text: Any, place: Sequence[str | int]) -> datetime:
    """A moment with its zone from text. Raises InvalidInput for anything else; `place` becomes its pointer."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        message = f"{text!r} is not a time; write one in UTC such as 2026-11-09T13:00:00Z."
        raise InvalidInput(message, pointer=pointer(place)) from None
    if moment.tzinfo is None:
        raise InvalidInput(f"{text!r} has no zone; end it with Z.", pointer=pointer(place))
    return moment.astimezone(UTC)


def since_missing(rule: Rule, state: ClockState | None) -> str:
    """Why the clock of a rule cannot be explained; empty when it can, or when the rule has none."""
    if rule.clock is None:
        return ""
    if state is not None and rule.clock.since in state.times:
        far = abs(state.now - state.times[rule.clock.since]) > _FARTHEST
        return f"The clock of {rule.id} is not explained over more than ten years." if far else ""
    given = state.times if state is not None else {}
    hint = did_you_mean(rule.clock.since, given) if given else 'Give it among the facts, as "2026-11-09T13:00:00Z".'
    return f"The clock of {rule.id} runs from {rule.clock.since}, which was not given. {hint}"


def clock_of(rule: Rule, document: Mapping[str, Any], facts: Mapping[str, Any], state: ClockState) -> ClockExplained:
    """The clock of the rule that won; `document` is the rule as its author wrote it, `facts` include derived ones.

    Raises ValueError for a rule without a clock.
    """
    if rule.clock is None:
        raise ValueError(f"{rule.id} has no clock")
    return _Running(rule, rule.clock, document, facts, state).explained()


@dataclass(frozen=True, slots=True)
class _Running:
    """The clock of one rule for one set of facts."""

    rule: Rule
    clock: EscalationClock
    document: Mapping[str, Any]
    facts: Mapping[str, Any]
    state: ClockState

    def explained(self) -> ClockExplained:
        rule, clock, now = self.rule, self.clock, self.state.now
        since = self.state.times[clock.since]
        stops = stops_until(clock, self.facts, self.state.pauses, now)
        ran = open_time_run(clock, since, stops, now)
        zone, name = clock.calendar.zone.key, self.document["clock"]["calendar"]
        still = ", and it is paused now" if self._paused else ""
        words = f"{clock.since} was {local(clock.calendar, since)} ({zone}); by {local(clock.calendar, now)}"
        text = f"{words} the clock has run {_long(ran)} of open time of the calendar {name}{still}."
        pauses = tuple(_pause(clock, stop, now) for stop in stops)
        minutes = ran // _MINUTE
        about = (rule.id, clock.since, since, now, name, zone, minutes, self._paused, text)
        return ClockExplained(*about, pauses, tuple(self._steps()))

    @property
    def _paused(self) -> bool:
        return self.clock.pause is not None and self.clock.pause(self.facts)

    def _steps(self) -> list[StepExplained]:
        """Every step that was reached, the one that is next, and the rest of the cascade."""
        steps: list[StepExplained] = []
        cascade, most = len(self.rule.cascade), len(self.rule.cascade) + _REPEATED
        while len(steps) < cascade or (steps[-1].reached and len(steps) < most):
            steps.append(self._step(len(steps), all(step.reached for step in steps)))
        return steps

    def _step(self, level: int, nearest: bool) -> StepExplained:
        state, calendar = self.state, self.clock.calendar
        due = step_after(self.rule, self.facts, state.times, state.pauses, state.now, level)
        if due is None:
            raise ValueError(f"{self.rule.id} has no clock")
        reached, repeats = due.due_at <= state.now, level >= len(self.rule.cascade)
        after = "again" if repeats else self.document["cascade"][level]["after"]
        what = "was due" if reached else "is next, due" if nearest else "will be due"
        how = "the last interval over again" if repeats else f"after {after} of open time"
        lasts = f", should the pause last to its limit of {_long(self.clock.pause_limit)} of open time"
        told = shown_outcome({key: value for key, value in due.outcome.items() if key != "level"})
        when = f"{local(calendar, due.due_at)} ({due.due_at:%Y-%m-%d %H:%M} UTC)"
        text = f"step {due.level} {what} {when}, {how}{lasts if self._paused and not reached else ''}: {told}"
        closed = tuple(closed_times(calendar, state.times[self.clock.since], due.due_at))
        return StepExplained(due.level, after, due.due_at, reached, due.outcome, text, closed)


def _pause(clock: EscalationClock, stop: tuple[datetime, datetime], now: datetime) -> PauseExplained:
    start, end = stop
    taken = business_time_between(clock.calendar, start, end)
    cut = taken >= clock.pause_limit
    until = "now" if end == now else local(clock.calendar, end)
    limit = f"; its limit of {_long(clock.pause_limit)} ended it" if cut else ""
    text = f"paused {local(clock.calendar, start)} to {until}: {_long(taken)} of open time not counted{limit}"
    return PauseExplained(start, None if end == now else end, taken // _MINUTE, text)


def _long(duration: timedelta) -> str:
    hours, rest = divmod(duration // _MINUTE, 60)
    return f"{hours} h {rest} min" if hours and rest else f"{hours} h" if hours else f"{rest} min"
