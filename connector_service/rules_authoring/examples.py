"""Write a test for given facts, as an author would: what is given, and what the file answers to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connector_service.business_time import add_business_time
from connector_service.rules_authoring.by_oracle import ByOracle
from connector_service.rules_engine.file_tests import actual_answer
from connector_service.rules_engine.model import Rule

MONDAY = datetime(2026, 11, 16, 15, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 20, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def example(oracle: ByOracle, name: str, facts: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A test that passes: `more` are its other keys, such as `now`."""
    test: dict[str, Any] = {"name": name, "given": dict(facts), **more, "expect": {}}
    actual = actual_answer(oracle, test)
    test["expect"] = {"rule": actual["rule"]}
    if oracle.file.hit_policy == "all":
        test["expect"]["rules"] = actual["rules"]
    if actual["then"]:
        test["expect"]["then"] = actual["then"]
    if "level" in actual:
        test["expect"] |= {"level": actual["level"]}
    return test


def due_example(
    oracle: ByOracle, rule: Rule, step: int, before: bool, facts: Mapping[str, Any], start: datetime = MONDAY
) -> dict[str, Any]:
    """A test at the minute in which a step (from 0) of a rule with a clock is due, or one minute before."""
    name_of_since, since, due = _running(rule, step, start)
    now = due - MINUTE if before else due
    when = "a minute before it is due" if before else "when it is due"
    name = f"{rule.id}: step {step + 1} {when}"
    return example(oracle, name, {**facts, name_of_since: written(since)}, now=written(now))


def pause_example(oracle: ByOracle, rule: Rule, facts: Mapping[str, Any], soon: bool = False) -> dict[str, Any]:
    """A test of a clock that stands still: when the first step would be due but for the pause, or after a minute."""
    name_of_since, since, due = _running(rule, 0, MONDAY)
    given = {**facts, name_of_since: written(since)}
    name = f"{rule.id}: the clock stands still while it may"
    now = since + MINUTE if soon else due
    test = example(oracle, name, given, now=written(now), pauses=[[written(since)]])
    test["expect"]["due_at"] = actual_answer(oracle, test).get("due_at")
    return test


def _running(rule: Rule, step: int, start: datetime) -> tuple[str, datetime, datetime]:
    """The time that a rule's clock runs from, by name; the first open moment from `start`, and when the step is due."""
    if rule.clock is None:
        raise ValueError(f"{rule.id} has no clock")
    since = add_business_time(rule.clock.calendar, start, timedelta(0))
    return rule.clock.since, since, add_business_time(rule.clock.calendar, since, rule.cascade[step].after)


def written(moment: datetime) -> str:
    """A moment as rule files write it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
