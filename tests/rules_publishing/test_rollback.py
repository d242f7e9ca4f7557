"""Back to an earlier version, as often as there is one."""

from __future__ import annotations

import pytest

from connector_service.errors import Conflict, NotFound
from connector_service.rules_publishing import rolling_back
from connector_service.rules_publishing.publishing import How
from tests.rules_engine.rules_workbench import rule_file
from tests.rules_publishing.press import ADA, Press, answering, layer


def test_a_rollback_returns_the_old_answers_under_the_old_version_and_hash(press: Press) -> None:
    press.publish(answering("review"))
    old = press.ask()
    press.publish(answering("intake", "1.2.0"))
    press.roll_back()
    assert press.ask() == old


def test_each_rollback_goes_further_back_and_in_the_end_to_the_folder(press: Press) -> None:
    base = press.ask()
    press.publish(answering("review", "1.1.0"))
    press.publish(answering("intake", "1.2.0"))
    press.roll_back()
    press.roll_back()
    assert press.ask() == base
    with pytest.raises(Conflict, match="none to take back"):
        press.roll_back()


def test_a_rollback_to_a_named_version(press: Press) -> None:
    for number, queue in enumerate(("review", "intake", "review"), 1):
        press.publish(answering(queue, f"1.{number}.0"))
    press.roll_back(to="1.1.0")
    assert press.ask().version == "1.1.0"
    press.roll_back(to="1.3.0")
    assert press.ask().version == "1.3.0"
    press.roll_back(to="1.0.0")
    assert press.ask().version == "1.0.0"
    with pytest.raises(NotFound, match=r"9\.9\.9 was never live.*1\.1\.0, 1\.2\.0, 1\.3\.0"):
        press.roll_back(to="9.9.9")


def test_after_a_rollback_and_a_new_version_the_next_rollback_skips_what_was_taken_back(press: Press) -> None:
    press.publish(answering("review", "1.1.0"))
    press.publish(answering("intake", "1.2.0"))
    press.roll_back()
    press.publish(answering("intake", "1.3.0"))
    press.roll_back()
    assert press.ask().version == "1.1.0"


def test_a_rollback_ends_what_was_tried(press: Press) -> None:
    press.publish(answering("review", "1.1.0"))
    press.publish(answering("intake", "1.2.0"), how=How("canary", 99))
    press.roll_back()
    assert press.book.of("acme").trial_of("file") is None


def test_a_tenants_rollback_is_its_own(press: Press) -> None:
    for tenant in ("acme", "other"):
        press.publish(layer(tenant, "review"), tenant)
    press.roll_back(scope="acme")
    assert (press.queue("acme"), press.queue("other")) == ("intake", "review")


def test_a_file_without_an_earlier_version_is_not_taken_away(press: Press) -> None:
    press.publish(rule_file(id="fresh"))
    with pytest.raises(Conflict, match="had no version before"):
        press.roll_back("fresh")


def test_a_rollback_that_was_aimed_at_an_older_state_is_refused(press: Press) -> None:
    press.publish(answering("review", "1.1.0"))
    target = rolling_back.aim(press.store.reader, press.book, "", "file", None)
    press.publish(answering("review", "1.2.0"))
    with pytest.raises(Conflict, match="Somebody else changed"):
        rolling_back.roll_back(press.store.reader, target, ADA, press.store.clock.now())
