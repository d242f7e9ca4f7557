"""Versions that are tried: in shadow beside the live one, or as a canary on a share of all orders."""

from __future__ import annotations

import dataclasses
import sqlite3
from datetime import timedelta
from typing import Any

import pytest

from canonical_models import Decision
from connector_service.errors import NotFound
from connector_service.orders.ownership import decide
from connector_service.orders.trials import shadow_step
from connector_service.orders.work import Work
from connector_service.rules_engine import TenantRules, Trial
from connector_service.rules_publishing import publishing
from connector_service.rules_publishing.publishing import How
from connector_service.rules_publishing.views import shadow_report
from connector_service.store import shadow_decisions
from connector_service.store.shadow_decisions import Comparison
from tests.rules_engine.rules_workbench import rule, rule_file, write_folder
from tests.rules_publishing.press import ADA, SHADOW, Press, answering, layer

ORDERS = [f"ord_{number:05}" for number in range(10_000)]


def work(press: Press, tenant: str = "acme", rules: TenantRules | None = None) -> Work:
    return Work(press.store.read(tenant), rules or press.book.of(tenant), "tests")


def shadows(press: Press, tenant: str | None = "acme") -> list[Comparison]:
    trial = press.book.of(tenant or "").trial_of("file")
    assert trial is not None
    return shadow_decisions.latest(press.store.reader, "file", trial.compiled.file.content_hash, tenant, 100)


def decisions(press: Press, subject: str) -> list[Decision]:
    return press.store.read("acme").decisions(subject)


def test_a_shadow_never_answers_and_is_kept_beside_the_answer(press: Press) -> None:
    press.publish(answering("review"), how=SHADOW)
    answer = decide(work(press), "file", "ord_1", {"paid": True})
    assert answer.outcome == {"queue": "intake"}
    (kept,) = decisions(press, "ord_1")
    assert (kept.mode, kept.file_version, kept.outcome) == ("live", "1.0.0", {"queue": "intake"})
    (compared,) = shadows(press)
    assert compared.differs
    assert (compared.shadow.mode, compared.shadow.file_version) == ("shadow", "1.1.0")
    assert compared.shadow.outcome == {"queue": "review"}
    assert compared.live == {"id": kept.id, "version": "1.0.0", "rule": "TST-010", "outcome": {"queue": "intake"}}


def test_the_report_counts_what_a_shadow_would_have_answered_otherwise(press: Press) -> None:
    other = [rule("TST-030", {"paid": True, "country": "US"}, {"queue": "review"}), rule("TST-040", {"paid": True})]
    document = rule_file(*other, rule("TST-020", then={"queue": "intake"}), version="1.1.0")
    document["rules"][1]["then"] = {"queue": "intake"}
    press.publish(document, how=SHADOW)
    for country in ("US", "DE", "FR"):
        decide(work(press), "file", f"ord_{country}", {"paid": True, "country": country})
    report = shadow_report(press.store.reader, press.book.of("acme"), "acme", "file", 1_000)
    assert (report["answers"], report["differing"], report["same_answer_by_another_rule"]) == (3, 1, 2)
    (example,) = report["examples"]
    assert (example["subject"], example["shadow"]["rule"], example["live"]["rule"]) == ("ord_US", "TST-030", "TST-010")
    assert shadow_report(press.store.reader, press.book.of(""), "", "file", 2)["answers"] == 2


def test_there_is_no_report_without_a_shadow(press: Press) -> None:
    with pytest.raises(NotFound, match="--shadow"):
        shadow_report(press.store.reader, press.book.of("acme"), "acme", "file", 10)


class Broken:
    """A compiled file that fails at everything asked of it."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def evaluate(self, *_: Any) -> Any:
        raise ZeroDivisionError("broken")


def test_a_shadow_that_fails_harms_nothing_and_the_failure_is_kept(press: Press) -> None:
    press.publish(answering("review"), how=SHADOW)
    rules = press.book.of("acme")
    live, trial = rules.in_force["file"].live, rules.in_force["file"].trial
    assert trial is not None
    broken = dataclasses.replace(trial, compiled=Broken(trial.compiled.file))  # type: ignore[arg-type]
    spoilt = dataclasses.replace(rules, in_force={"file": dataclasses.replace(rules.in_force["file"], trial=broken)})
    assert decide(work(press, rules=spoilt), "file", "ord_1", {"paid": True}).outcome == {"queue": "intake"}
    (compared,) = shadows(press)
    assert compared.differs
    assert "ZeroDivisionError: broken" in compared.shadow.because
    assert live.file.version == "1.0.0"


def test_without_a_trial_nothing_is_kept_beside_decisions(press: Press) -> None:
    decide(work(press), "file", "ord_1", {"paid": True})
    assert press.store.reader.execute("SELECT COUNT(*) FROM shadow_decisions").fetchone() == (0,)


def test_a_shadow_of_a_deadline_is_kept_with_its_level_and_time(press: Press) -> None:
    cascade = [{"after": "1h", "then": {"notify": "operations"}}]
    head = {"clock": {"since": "since", "calendar": "desk"}, "because": "x"}
    early = rule_file(rule("TST-010", cascade=cascade, **head))
    late = rule_file(rule("TST-010", cascade=[{**cascade[0], "after": "3h"}], **head), version="1.1.0")
    write_folder(press.folder, early)
    assert press.book.reload() == []
    press.publish(late, how=SHADOW)
    rules, now = press.book.of("acme"), press.store.clock.now()
    times, trial = {"since": now}, rules.trial_of("file")
    assert trial is not None
    step = rules.next_step("file", {}, times, (), now, 0)
    shadow_step(work(press), trial, "ord_1", {}, times, 0, step)
    (compared,) = shadows(press)
    assert compared.differs
    assert compared.live["outcome"]["due_at"] == (now + timedelta(hours=1)).isoformat()
    assert compared.shadow.outcome["due_at"] == (now + timedelta(hours=3)).isoformat()


@pytest.mark.parametrize("percent", [1, 10, 50])
def test_a_canary_draws_its_share_of_ten_thousand_orders(press: Press, percent: int) -> None:
    press.publish(answering("review"), how=How("canary", percent))
    drawn = sum(press.queue(order=order) == "review" for order in ORDERS)
    spread = 5 * (percent * (100 - percent)) ** 0.5  # five standard deviations of so many draws of 10,000
    assert abs(drawn - 100 * percent) < spread


def test_a_canary_draws_the_same_orders_every_time_and_keeps_them_when_it_grows(press: Press) -> None:
    press.publish(answering("review"), how=How("canary", 10))
    first = {order for order in ORDERS if press.queue(order=order) == "review"}
    assert first == {order for order in ORDERS if press.queue(order=order) == "review"}
    press.publish(answering("review"), how=How("canary", 30))
    assert first < {order for order in ORDERS if press.queue(order=order) == "review"}


def test_two_files_draw_different_orders(press: Press) -> None:
    press.publish(rule_file(id="second"))
    press.publish(rule_file(id="second", version="1.1.0"), how=How("canary", 50))
    press.publish(answering("review"), how=How("canary", 50))
    rules = press.book.of("acme")
    trials = [trial for name in ("file", "second") if (trial := rules.trial_of(name))]
    both = sum(all(trial.answers_for(order) for trial in trials) for order in ORDERS)
    assert len(trials) == 2
    assert 2_000 < both < 3_000


def test_a_decision_says_that_a_canary_made_it(press: Press) -> None:
    press.publish(answering("review"), how=How("canary", 50))
    trial = press.book.of("acme").trial_of("file")
    assert trial is not None
    drawn = next(order for order in ORDERS if trial.answers_for(order))
    spared = next(order for order in ORDERS if not trial.answers_for(order))
    for order in (drawn, spared):
        decide(work(press), "file", order, {"paid": True})
    (by_canary,), (by_live,) = decisions(press, drawn), decisions(press, spared)
    assert (by_canary.mode, by_canary.file_version, by_canary.outcome) == ("canary", "1.1.0", {"queue": "review"})
    assert (by_live.mode, by_live.file_version) == ("live", "1.0.0")


def test_what_belongs_to_an_order_is_drawn_with_it(press: Press) -> None:
    press.publish(answering("review"), how=How("canary", 50))
    for order in ORDERS[:50]:
        with_order = decide(work(press), "file", f"shp_of_{order}", {"paid": True}, order)
        assert with_order.version == press.ask(order=order).version


def test_without_an_order_a_canary_answers_nothing(press: Press) -> None:
    press.publish(answering("review"), how=How("canary", 99))
    assert press.queue(order="") == "intake"


def test_a_canary_that_proved_itself_goes_live_under_the_same_version(press: Press) -> None:
    press.publish(answering("review"), how=SHADOW)
    press.publish(answering("review"), how=How("canary", 10))
    press.publish(answering("review"))
    assert press.queue() == "review"
    assert press.book.of("acme").trial_of("file") is None


def test_a_trial_that_is_withdrawn_leaves_the_live_version_as_it_is(press: Press) -> None:
    press.publish(answering("review"), how=How("canary", 99))
    publishing.withdraw(press.store.reader, "", "file", ADA, press.store.clock.now())
    press.follower.catch_up()
    assert all(press.queue(order=order) == "intake" for order in ORDERS[:100])
    with pytest.raises(NotFound, match="in shadow or canary"):
        publishing.withdraw(press.store.reader, "", "file", ADA, press.store.clock.now())


def test_a_tenant_tries_a_layer_of_its_own(press: Press) -> None:
    press.publish(layer("acme", "review"), "acme", how=How("canary", 50))
    assert {press.queue("acme", order) for order in ORDERS[:50]} == {"intake", "review"}
    assert {press.queue("other", order) for order in ORDERS[:50]} == {"intake"}


def test_a_decision_from_before_there_were_trials_is_still_read(press: Press) -> None:
    decide(work(press), "file", "ord_1", {"paid": True})
    press.store.reader.execute("UPDATE decisions SET body = json_remove(body, '$.mode')")
    (kept,) = decisions(press, "ord_1")
    assert kept.mode == "live"


def test_the_drawing_of_a_shadow_is_empty() -> None:
    assert not Trial("shadow", 100, None).answers_for("ord_1")  # type: ignore[arg-type]


def test_a_shadow_decision_is_kept_or_lost_with_the_step_that_asked(press: Press) -> None:
    press.publish(answering("review"), how=SHADOW)
    connection: sqlite3.Connection = press.store.reader
    connection.execute("BEGIN")
    decide(work(press), "file", "ord_1", {"paid": True})
    connection.execute("ROLLBACK")
    assert shadows(press) == []
