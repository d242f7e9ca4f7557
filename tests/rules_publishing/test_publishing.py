"""What is accepted and put in force, what is refused, and that a refusal leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector_service.errors import Conflict, InvalidInput, NotFound, RulesInvalid
from connector_service.rules_publishing import publishing
from connector_service.rules_publishing.publishing import How, Who
from connector_service.store import rule_versions
from tests.rules_engine.rules_workbench import rule, rule_file, write_folder
from tests.rules_publishing.press import ADA, SHADOW, Press, again, answering, layer


def test_what_is_published_answers_at_once_under_its_version_and_hash(press: Press) -> None:
    done = press.publish(answering("review"))
    found = press.ask()
    assert done.changed
    assert done.entry is not None
    assert (found.outcome, found.version) == ({"queue": "review"}, "1.1.0")
    assert found.content_hash == done.entry.content_hash == done.entry.running_hash
    assert rule_versions.document(press.store.reader, found.content_hash) == answering("review")


def test_the_log_says_who_when_and_why(press: Press) -> None:
    press.publish(answering("review"))
    (entry,) = rule_versions.entries(press.store.reader)
    assert (entry.person, entry.via, entry.because) == ("ada", "key ada", "Ada has her reason.")
    assert entry.at == press.store.clock.now().isoformat()


@pytest.mark.parametrize("who", [("", "why"), ("ada", "  ")])
def test_nobody_and_no_reason_are_refused(who: tuple[str, str]) -> None:
    with pytest.raises(InvalidInput):
        Who(who[0], "key", who[1])


def test_a_file_with_a_finding_is_refused_and_nothing_is_kept(press: Press) -> None:
    with pytest.raises(RulesInvalid, match=r'new\.json, rule TST-010.*Did you mean "review"'):
        press.publish(answering("reveiw"))
    assert press.log() == []
    assert press.queue() == "intake"


def test_a_file_with_a_rule_that_can_never_win_is_refused_and_a_warning_is_told(press: Press) -> None:
    never = rule("TST-030", {"paid": True, "status": "received"}, {"queue": "review"})
    document = answering("review")
    with pytest.raises(RulesInvalid, match="TST-030"):
        press.publish({**document, "rules": [*document["rules"], never]})
    assert press.log() == []
    done = press.publish({**document, "lists": {"nobody_asks": ["DE"]}})
    assert any("nobody_asks" in warning for warning in done.warnings)
    assert press.queue() == "review"


def test_a_file_whose_own_test_fails_is_refused(press: Press) -> None:
    tests = [{"name": "paid", "given": {"paid": True}, "expect": {"then": {"queue": "intake"}}}]
    with pytest.raises(RulesInvalid, match=r"The test .*paid.* fails"):
        press.publish(answering("review", tests=tests))
    assert press.log() == []


@pytest.mark.parametrize("how", [How(), How("canary", 10)])
def test_a_file_that_is_to_answer_must_be_live_by_its_own_status(press: Press, how: How) -> None:
    with pytest.raises(RulesInvalid, match="/status"):
        press.publish(answering("review", status="shadow"), how=how)
    assert press.publish(answering("review", status="shadow"), how=SHADOW).changed


def test_the_same_content_again_changes_nothing_and_says_so(press: Press) -> None:
    first = press.publish(answering("review"))
    second = press.publish(answering("review"))
    assert (second.changed, second.entry) == (False, first.entry)
    assert press.log() == [("publish", "1.1.0")]


def test_what_the_folder_holds_need_not_be_published(press: Press) -> None:
    done = press.publish(answering("intake", "1.0.0"))
    assert (done.changed, done.entry) == (False, None)


def test_a_version_that_stands_for_other_content_is_refused_even_after_a_rollback(press: Press) -> None:
    press.publish(answering("review"))
    press.roll_back()
    with pytest.raises(Conflict, match=r"1\.1\.0 stands for other content.*1\.1\.1"):
        press.publish(answering("intake", "1.1.0"))
    assert press.publish(answering("review")).changed


@pytest.mark.parametrize("version", ["1.0.0", "0.9.9"])
def test_a_version_that_is_not_higher_is_refused_with_the_one_that_would_be(press: Press, version: str) -> None:
    with pytest.raises(Conflict, match=r"1\.0\.0 is in force.*1\.0\.1 or higher"):
        press.publish(answering("review", version))


def test_versions_are_compared_as_numbers(press: Press) -> None:
    press.publish(answering("review", "1.9.0"))
    assert press.publish(answering("intake", "1.10.0")).changed


def test_a_version_is_tried_only_beside_a_live_one(press: Press) -> None:
    with pytest.raises(Conflict, match="Publish it live"):
        press.publish(rule_file(id="fresh"), how=SHADOW)
    press.publish(rule_file(id="fresh"))
    assert press.ask(file_id="fresh").version == "1.0.0"


@pytest.mark.parametrize("percent", [0, 100])
def test_a_canary_of_nothing_or_of_everything_is_none(percent: int) -> None:
    with pytest.raises(InvalidInput, match="1 to 99"):
        How("canary", percent)


def test_what_was_checked_against_an_older_state_is_refused(press: Press) -> None:
    late = press.draft(answering("review", "1.1.1"))
    press.publish(answering("review", "1.2.0"))
    with pytest.raises(Conflict, match="Somebody else changed file"):
        press.commit(late)


def test_a_tenants_own_file_may_not_take_the_place_of_the_installations(press: Press) -> None:
    with pytest.raises(RulesInvalid, match="a tenant changes it by a layer"):
        press.publish(answering("review"), "acme")
    assert press.publish(rule_file(id="own"), "acme").changed
    assert press.ask(file_id="own").version == "1.0.0"
    with pytest.raises(NotFound):
        press.ask("other", file_id="own")


def test_nothing_is_published_for_a_tenant_that_does_not_exist(press: Press) -> None:
    with pytest.raises(NotFound, match="nobody"):
        press.publish(rule_file(id="own"), "nobody")


def test_a_layer_belongs_to_the_tenant_that_it_names(press: Press) -> None:
    with pytest.raises(RulesInvalid, match="belongs to a tenant"):
        press.publish(layer("acme", "review"))
    with pytest.raises(RulesInvalid, match='is for the tenant "other"'):
        press.publish(layer("other", "review"), "acme")


def test_a_publication_that_does_not_reach_its_commit_leaves_nothing(press: Press, tmp_path: Path) -> None:
    draft = press.draft(answering("review"))
    connection = press.store.reader
    connection.execute("BEGIN IMMEDIATE")
    publishing.publish(connection, press.book, draft, press.store.clock.now())
    with again(tmp_path, press.folder) as other:
        assert other.queue() == "intake"
        connection.execute("ROLLBACK")
        other.follower.catch_up()
        assert other.queue() == "intake"
        assert other.log() == []
    documents = connection.execute("SELECT COUNT(*) FROM rule_documents").fetchone()
    assert documents == (0,)


def test_the_log_only_grows(press: Press) -> None:
    press.publish(answering("review"), how=SHADOW)
    before = rule_versions.entries(press.store.reader)
    press.publish(answering("review"))
    press.roll_back()
    assert rule_versions.entries(press.store.reader)[: len(before)] == before
    assert press.log() == [("publish", "1.1.0"), ("publish", "1.1.0"), ("roll_back", "1.0.0")]


def test_a_reload_of_the_folder_keeps_what_is_published(press: Press) -> None:
    press.publish(answering("review"))
    write_folder(press.folder, answering("intake", "1.0.0"), rule_file(rule(), id="more"))
    assert press.book.reload() == []
    assert press.queue() == "review"
    assert press.ask(file_id="more").version == "1.0.0"


def test_a_higher_version_that_comes_into_the_folder_later_takes_over(press: Press) -> None:
    press.publish(answering("review"))
    write_folder(press.folder, answering("intake", "1.0.5"))
    press.book.reload()
    assert press.ask().version == "1.1.0"
    write_folder(press.folder, answering("intake", "1.2.0"))
    press.book.reload()
    assert press.ask().version == "1.2.0"
    with pytest.raises(Conflict, match=r"1\.2\.0 is in force"):
        press.publish(answering("review", "1.1.5"))


def test_the_author_of_a_publication_is_kept_with_what_it_was_published_over(press: Press) -> None:
    done = press.publish(answering("review"), who=ADA)
    assert done.entry is not None
    assert done.entry.base_hash == press.book.base.files["file"].file.content_hash
