"""Write a test for given facts, as an author would: what is given, and what the file answers to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connector_service.business_time import add_business_time
from connector_service.rules_authoring.by_oracle import ByOracle
from connector_service.rules_engine.file_tests import actual_answer
from connector_service.rules_engine.model import Rule

_MONDAY = datetime(2026, 11, 16, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def example(oracle: ByOracle, name: str, facts: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A test that passes: `more` are its other keys, such as `now`."""
    test: dict[str, Any] = {"name": name, "given": dict(facts), **more, "expect": {}}
    actual = actual_answer(oracle, test)
    test["expect"] = {"rule": actual["rule"]}
    if oracle.file.hit_policy == "all":
        test["expect"]["rules"] = actual["rules"]
    elif actual["then"]:
        test["expect"]["then"] = actual["then"]
    if "level" in actual:
        test["expect"] |= {"level": actual["level"]}
    return test


def due_example(
    oracle: ByOracle, rule: Rule, step: int, before: bool, facts: Mapping[str, Any]
) -> dict[str, Any] | None:
    """A test at the minute in which a step of a cascade (from 0) is due, or one minute before."""
    clock = rule.clock
    if clock is None:
        return None
    since = add_business_time(clock.calendar, _MONDAY, timedelta(0))
    due = add_business_time(clock.calendar, since, rule.cascade[step].after).astimezone(UTC)
    now = due - MINUTE if before else due
    when = "a minute before it is due" if before else "when it is due"
    name = f"{rule.title}: step {step + 1} {when}"
    return example(oracle, name, {**facts, clock.since: written(since)}, now=written(now))


def pause_example(oracle: ByOracle, rule: Rule, facts: Mapping[str, Any]) -> dict[str, Any] | None:
    """A test of a clock that stands still: the first step would be due, but for the pause."""
    clock = rule.clock
    if clock is None:
        return None
    since = add_business_time(clock.calendar, _MONDAY, timedelta(0))
    due = add_business_time(clock.calendar, since, rule.cascade[0].after).astimezone(UTC)
    given = {**facts, clock.since: written(since)}
    name = f"{rule.title}: the clock stands still while it may"
    return example(oracle, name, given, now=written(due), pauses=[[written(since)]])


def written(moment: datetime) -> str:
    """A moment as rule files write it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
