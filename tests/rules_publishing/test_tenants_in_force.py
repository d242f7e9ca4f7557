"""Tenants with rules of their own, and what happens when the file below them changes."""

from __future__ import annotations

from pathlib import Path

from connector_service.rules_publishing.publishing import How
from tests.rules_engine.rules_workbench import write_folder
from tests.rules_publishing.press import Press, again, answering, layer


def test_two_tenants_with_different_layers_do_not_see_each_others(press: Press) -> None:
    press.publish(layer("acme", "review"), "acme")
    assert (press.queue("acme"), press.queue("other"), press.queue("third")) == ("review", "intake", "intake")
    assert press.ask("acme").version == "1.0.0+acme.1.0.0"
    assert press.ask("other").version == "1.0.0"
    press.publish(layer("other", "review", "2.0.0"), "other")
    hashes = {press.ask(tenant).content_hash for tenant in ("acme", "other", "third")}
    assert len(hashes) == 3


def test_tenants_without_rules_of_their_own_share_everything(press: Press) -> None:
    shared = press.book.of("tenant-0")
    assert all(press.book.of(f"tenant-{number}") is shared for number in range(1_000))
    press.publish(layer("acme", "review"), "acme")
    assert press.book.of("acme") is not press.book.of("other")


def test_what_did_not_change_is_not_compiled_again(press: Press) -> None:
    press.publish(layer("acme", "review"), "acme")
    before = press.book.of("acme").compiled("file")
    press.publish(layer("other", "review"), "other")
    assert press.book.of("acme").compiled("file") is before


def test_a_layer_follows_a_base_that_it_still_fits(press: Press) -> None:
    press.publish(layer("acme", "review"), "acme")
    press.publish(answering("intake", "1.0.1"))
    assert press.ask("acme").version == "1.0.1+acme.1.0.0"
    assert press.follower.alarms == ()


def test_a_layer_that_no_longer_fits_runs_on_as_it_was_and_raises_an_alarm(press: Press, tmp_path: Path) -> None:
    press.publish(layer("acme", "review"), "acme")
    before = press.ask("acme")
    press.publish(answering("intake", "2.0.0"))
    assert press.ask("acme") == before
    assert press.ask("other").version == "2.0.0"
    (alarm,) = press.follower.alarms
    assert "file 1.0.0 of the tenant acme no longer fits" in alarm
    assert "runs on as it was" in alarm
    with again(tmp_path, press.folder) as restarted:
        assert restarted.ask("acme") == before
        assert restarted.follower.alarms == (alarm,)


def test_the_alarm_ends_with_a_layer_that_fits(press: Press) -> None:
    press.publish(layer("acme", "review"), "acme")
    press.publish(answering("intake", "2.0.0"))
    press.publish(layer("acme", "review", "1.1.0", "file@2.0"), "acme")
    assert press.ask("acme").version == "2.0.0+acme.1.1.0"
    assert press.follower.alarms == ()


def test_a_folder_that_changes_below_a_layer_is_taken_over_or_alarmed(press: Press) -> None:
    press.publish(layer("acme", "review"), "acme")
    write_folder(press.folder, answering("intake", "3.0.0"))
    assert press.book.reload() == []
    assert (press.ask("acme").version, press.ask("other").version) == ("1.0.0+acme.1.0.0", "3.0.0")
    assert len(press.follower.alarms) == 1


def test_a_published_file_whose_words_are_gone_leaves_the_folder_to_answer(press: Press, tmp_path: Path) -> None:
    press.publish(answering("review"))
    organisation = press.folder / "organisation.json"
    organisation.write_text(organisation.read_text().replace('"review"', '"second-look"'))
    assert press.book.reload() == []
    assert press.queue() == "review"
    assert "runs on as it was" in press.follower.alarms[0]
    with again(tmp_path, press.folder) as restarted:
        assert restarted.ask().version == "1.0.0"
        assert "does not run" in restarted.follower.alarms[0]


def test_what_is_tried_on_all_tenants_reaches_those_without_rules_of_their_own(press: Press) -> None:
    press.publish(layer("acme", "review"), "acme")
    press.publish(answering("review"), how=How("canary", 50))
    assert press.book.of("acme").trial_of("file") is None
    assert press.book.of("other").trial_of("file") is not None


def test_a_file_that_is_published_for_all_is_the_base_of_layers(press: Press) -> None:
    press.publish(answering("intake", "1.0.0", id="fresh"))
    changed = {**layer("acme", "review"), "extends": "fresh@1.0"}
    press.publish(changed, "acme")
    assert press.ask("acme", file_id="fresh").outcome == {"queue": "review"}
    assert press.ask("other", file_id="fresh").outcome == {"queue": "intake"}
