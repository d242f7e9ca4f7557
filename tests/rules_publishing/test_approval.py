"""Two persons where the tenant demands it: who proposes does not approve."""

from __future__ import annotations

import pytest

from connector_service.errors import Conflict, NotFound
from connector_service.rules_publishing import publishing
from connector_service.rules_publishing.history import FileHistory
from connector_service.rules_publishing.publishing import COMMAND_LINE, Who, history_of
from connector_service.rules_publishing.views import open_proposals
from connector_service.store import rule_versions, tenants
from tests.rules_publishing.press import ADA, BOB, Press, answering, layer


@pytest.fixture(autouse=True)
def careful(press: Press) -> None:
    tenants.set_rules_need_approval(press.store.reader, "acme", True)


def proposed(press: Press, queue: str = "review", version: str = "1.0.0") -> str:
    done = press.publish(layer("acme", queue, version), "acme")
    assert done.entry is not None
    assert done.entry.action == "propose"
    return done.entry.id


def history(press: Press) -> FileHistory:
    return history_of(press.store.reader, "acme", "file")


def test_what_is_proposed_is_not_in_force_until_another_person_approves_it(press: Press) -> None:
    proposal = proposed(press)
    assert press.queue() == "intake"
    assert [each["id"] for each in open_proposals(press.store.reader, "acme")] == [proposal]
    press.approve(proposal, BOB)
    assert press.queue() == "review"
    assert open_proposals(press.store.reader, "acme") == []
    assert [(entry.action, entry.person) for entry in history(press).entries] == [
        ("propose", "ada"),
        ("approve", "bob"),
    ]


@pytest.mark.parametrize(
    "who",
    [
        ADA,
        Who("ada", "key of somebody else", "I am Ada."),
        Who(" ADA ", COMMAND_LINE, "I am still Ada."),
        Who("bob", "key ada", "With Ada's key."),
    ],
)
def test_a_proposal_cannot_be_approved_by_its_author_under_any_name_or_key(press: Press, who: Who) -> None:
    proposal = proposed(press)
    with pytest.raises(Conflict, match="another person must approve"):
        press.approve(proposal, who)
    assert press.queue() == "intake"


def test_two_persons_may_share_the_command_line(press: Press) -> None:
    done = press.publish(layer("acme", "review"), "acme", who=Who("ada", COMMAND_LINE, "x"))
    assert done.entry is not None
    press.approve(done.entry.id, Who("bob", COMMAND_LINE, "y"))
    assert press.queue() == "review"


def test_a_rejected_proposal_is_not_approved_any_more_and_its_version_is_free_again(press: Press) -> None:
    proposal = proposed(press)
    entry = rule_versions.proposal(press.store.reader, proposal)
    publishing.reject(press.store.reader, entry, BOB, press.store.clock.now())
    with pytest.raises(Conflict, match="it was rejected"):
        press.approve(proposal, BOB)
    press.follower.catch_up()
    press.approve(proposed(press, "intake"), BOB)
    assert press.ask().version == "1.0.0+acme.1.0.0"


def test_a_newer_proposal_takes_the_place_of_the_older(press: Press) -> None:
    first, second = proposed(press), proposed(press, version="1.0.1")
    with pytest.raises(Conflict, match="it was superseded"):
        press.approve(first, BOB)
    press.approve(second, BOB)
    assert press.queue() == "review"


def test_a_proposal_is_approved_once(press: Press) -> None:
    proposal = proposed(press)
    press.approve(proposal, BOB)
    with pytest.raises(Conflict, match="it was approved"):
        press.approve(proposal, Who("eve", "key eve", "x"))


def test_the_same_proposal_again_changes_nothing(press: Press) -> None:
    proposal = proposed(press)
    again = press.publish(layer("acme", "review"), "acme")
    assert again.changed is False
    assert again.entry is not None
    assert again.entry.id == proposal


def test_a_tenant_that_demands_nothing_needs_one_person(press: Press) -> None:
    press.publish(layer("other", "review"), "other")
    assert press.queue("other") == "review"


def test_what_is_for_all_tenants_needs_two_persons_as_soon_as_one_tenant_demands_it(press: Press) -> None:
    done = press.publish(answering("review"))
    assert done.entry is not None
    assert done.entry.action == "propose"
    press.approve(done.entry.id, BOB)
    assert press.queue("other") == "review"
    tenants.set_rules_need_approval(press.store.reader, "acme", False)
    assert press.publish(answering("intake", "1.2.0")).changed
    assert press.queue("other") == "intake"


def test_there_is_nothing_to_approve_under_an_unknown_id(press: Press) -> None:
    with pytest.raises(NotFound, match="pub_none"):
        press.approve("pub_none", BOB)
