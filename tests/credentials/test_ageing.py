"""What the clock does with a credential in a quarter of a year."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest

from canonical_models import Credential, ExceptionCase
from connector_service.clock import FakeClock
from connector_service.credentials import lifecycle
from connector_service.credentials.trying import NOT_ASKED, Trial
from connector_service.errors import Conflict, InvalidInput, NotFound
from connector_service.exception_record import answers_for
from connector_service.orders import exceptions, resolving
from connector_service.orders.work import Work
from connector_service.resolutions import Resolutions
from connector_service.rules_engine import RuleBook
from connector_service.scheduler import Scheduler
from connector_service.store import Store, callbacks, rebuild, tenants
from tests.house import TENANT

pytestmark = pytest.mark.anyio
SETTINGS = {"base_url": "http://ups.example", "api_key": "id:first", "webhook_secret": "hush"}
DAY = timedelta(days=1)


class Desk:
    """The tenant's credential of one system, with the scheduler beside it."""

    def __init__(self, store: Store, clock: FakeClock, rules: RuleBook) -> None:
        self.store, self.clock, self.rules, self.scheduler = store, clock, rules, Scheduler(store, rules)

    async def enter(self, slug: str = "ups", **changes: Any) -> None:
        days = changes.pop("rotation_days", None)
        await self._do(lifecycle.enter, slug, {**SETTINGS, **changes}, NOT_ASKED, "ada", rotation_days=days)

    async def rotate(self, slug: str = "ups", overlap: timedelta = lifecycle.OVERLAP, **changes: str) -> None:
        await self._do(lifecycle.rotate, slug, changes, NOT_ASKED, "ada", overlap)

    async def _do(self, step: Any, *given: Any, **named: Any) -> None:
        await self.store.write(TENANT, lambda tx: step(tx, *given, **named))

    async def after(self, days: float) -> Credential:
        self.clock.advance(days * DAY)
        await self.scheduler.tick()
        return self.credential()

    def open_cases(self) -> list[ExceptionCase]:
        return self.store.read(TENANT).find_by(ExceptionCase, state=exceptions.OPEN_STATES)

    async def work(self, step: Callable[[Work], Any]) -> None:
        await self.store.write(TENANT, lambda tx: step(Work(tx, self.rules.of(TENANT), "ada")))

    def credential(self, slug: str = "ups") -> Credential:
        return self.store.read(TENANT).get(Credential, lifecycle.credential_id(slug))

    def connection(self, slug: str = "ups") -> tenants.Connection:
        return tenants.get_connection(self.store.reader, TENANT, slug)

    def events(self) -> list[str]:
        stream = self.store.read(TENANT).stream(lifecycle.credential_id("ups"))
        return [event.type.removeprefix("dockline.credential.").removesuffix(".v1") for event in stream]


@pytest.fixture
def desk(store: Store, clock: FakeClock, shipped_rules: RuleBook) -> Desk:
    return Desk(store, clock, shipped_rules)


async def test_nothing_happens_to_a_credential_before_its_75th_day(desk: Desk) -> None:
    await desk.enter()
    assert (await desk.after(74.9)).stage == "fresh"
    assert desk.events() == ["entered"]


async def test_its_owner_is_warned_on_the_75th_day_once(desk: Desk) -> None:
    await desk.enter()
    credential = await desk.after(75)
    assert (credential.stage, credential.owner, credential.exception_id) == ("ageing", "carrier-desk", None)
    assert (await desk.after(1)).stage == "ageing"
    assert desk.events() == ["entered", "warned"]


async def test_on_the_90th_day_it_is_an_exception_with_owner_and_deadline(desk: Desk) -> None:
    await desk.enter()
    await desk.after(75)
    credential = await desk.after(15)
    (case,) = desk.open_cases()
    assert (credential.stage, credential.exception_id) == ("overdue", case.id)
    assert (case.code, case.credential_id, case.order_id) == ("credential_overdue", credential.id, None)
    assert (case.owner, case.queue, case.severity) == ("carrier-desk", "systems", "medium")
    assert case.deadline_at is not None
    assert case.deadline_at > desk.clock.now()
    assert case.message.endswith("dockline credential rotate ups")
    assert desk.events() == ["entered", "warned", "overdue"]
    assert [each.file_id for each in desk.store.read(TENANT).decisions(case.id)] == ["exception-routing"]


async def test_an_owner_who_lets_the_deadlines_pass_hands_it_on_as_the_rules_say(desk: Desk) -> None:
    await desk.enter()
    await desk.after(90)
    levels = []
    for _ in range(3):
        (case,) = desk.open_cases()
        assert case.deadline_at is not None
        desk.clock.advance(case.deadline_at - desk.clock.now())
        await desk.scheduler.tick()
        (case,) = desk.open_cases()
        levels.append((case.escalation_level, case.owner))
    assert levels == [(1, "carrier-desk"), (2, "operations"), (3, "operations")]
    assert answers_for(desk.store.read(TENANT), desk.credential()) == ("operations", case.deadline_at)


async def test_it_is_raised_once_though_the_clock_has_more_to_do_with_the_credential(desk: Desk) -> None:
    await desk.enter(rotation_days=2)
    await desk.rotate(api_key="id:second", overlap=5 * DAY)
    await desk.after(2)
    (case,) = desk.open_cases()
    assert (await desk.after(3)).old_until is None
    assert [each.id for each in desk.open_cases()] == [case.id]


async def test_an_owner_who_is_out_hands_it_to_the_deputy(desk: Desk) -> None:
    await desk.enter()
    await desk.after(90)
    tenants.put_absence(desk.store.reader, TENANT, tenants.Absence("carrier-desk", desk.clock.now(), None))
    desk.clock.advance(2 * DAY)
    assert await desk.scheduler.reassign() == 1
    assert [case.owner for case in desk.open_cases()] == ["operations"]


async def test_who_works_on_it_takes_it_and_only_a_new_credential_closes_it(desk: Desk) -> None:
    await desk.enter()
    await desk.after(90)
    (case,) = desk.open_cases()
    await desk.work(lambda work: resolving.claim(work, work.tx.get(ExceptionCase, case.id), "ada"))
    for step in (partial(resolving.resolve, person="ada", fields={}, steps=[], words="done"), resolving.requeue):
        with pytest.raises(Conflict, match=r"about no order.*dockline credential rotate"):
            await desk.work(lambda work, step=step: step(work, work.tx.get(ExceptionCase, case.id)))
    assert [(each.state, each.claimed_by) for each in desk.open_cases()] == [("claimed", "ada")]
    await desk.rotate(api_key="id:second")
    assert desk.open_cases() == []


async def test_a_flow_that_waits_for_it_is_told_when_it_closes(desk: Desk) -> None:
    await desk.enter()
    await desk.after(90)
    (case,) = desk.open_cases()
    await desk.work(lambda work: resolving.await_resolution(work, work.tx.get(ExceptionCase, case.id), "http://n8n/1"))
    assert callbacks.due(desk.store.reader, desk.clock.now()) == []
    await desk.rotate(api_key="id:second")
    heard: list[Any] = []
    transport = httpx.MockTransport(lambda asked: heard.append(json.loads(asked.content)) or httpx.Response(200))
    async with httpx.AsyncClient(transport=transport) as client:
        assert await Resolutions(desk.store, client).tick() == 1
    told = {name: heard[0][name] for name in ("exception_id", "state", "order_id", "resolution")}
    assert told == {
        "exception_id": case.id,
        "state": "requeued",
        "order_id": None,
        "resolution": "A new credential was entered.",
    }


async def test_after_a_long_sleep_of_the_connector_nothing_was_skipped(desk: Desk) -> None:
    await desk.enter()
    assert (await desk.after(400)).stage == "overdue"
    assert desk.events() == ["entered", "warned", "overdue"]


async def test_a_new_credential_ends_the_matter(desk: Desk) -> None:
    await desk.enter()
    await desk.after(100)
    await desk.rotate(api_key="id:second")
    credential = desk.credential()
    assert (credential.stage, credential.owner, credential.exception_id) == ("fresh", None, None)
    (case,) = desk.store.read(TENANT).find_by(ExceptionCase)
    assert (case.state, case.deadline_at, case.resolution) == ("requeued", None, "A new credential was entered.")
    assert credential.rotates_by == desk.clock.now() + 90 * DAY


async def test_each_account_has_its_own_days(desk: Desk) -> None:
    await desk.enter(rotation_days=30)
    assert (await desk.after(25)).stage == "ageing"
    assert (await desk.after(5)).stage == "overdue"


async def test_other_settings_with_the_same_secret_make_it_no_younger(desk: Desk) -> None:
    await desk.enter()
    entered_at = desk.credential().entered_at
    await desk.after(40)
    await desk.enter(base_url="http://other.example")
    assert desk.credential().entered_at == entered_at
    assert desk.connection().settings["base_url"] == "http://other.example"


async def test_more_days_make_an_overdue_one_fresh_again(desk: Desk) -> None:
    await desk.enter()
    await desk.after(91)
    await desk.enter(rotation_days=365)
    credential = desk.credential()
    assert (credential.stage, credential.owner, credential.exception_id) == ("fresh", None, None)
    assert desk.open_cases() == []


async def test_the_next_credential_that_is_overdue_is_an_exception_of_its_own(desk: Desk) -> None:
    await desk.enter()
    await desk.after(90)
    await desk.rotate(api_key="id:second")
    await desk.after(90)
    found = desk.store.read(TENANT).find_by(ExceptionCase)
    assert [case.state for case in found] == ["requeued", "open"]


async def test_both_credentials_hold_until_the_overlap_is_over_then_the_old_one_is_deleted(desk: Desk) -> None:
    await desk.enter()
    await desk.rotate(api_key="id:second")
    keys = [each["api_key"] for each in desk.connection().valid_settings(desk.clock.now())]
    assert keys == ["id:second", "id:first"]
    credential = await desk.after(3)
    assert credential.old_until is None
    assert desk.connection().old_settings is None
    assert desk.events() == ["entered", "rotated", "old_ended"]


async def test_an_old_credential_does_not_outlive_its_time_when_the_scheduler_sleeps(desk: Desk) -> None:
    await desk.enter()
    await desk.rotate(api_key="id:second")
    desk.clock.advance(3 * DAY)
    assert len(desk.connection().valid_settings(desk.clock.now())) == 1


async def test_a_second_rotation_waits_until_the_first_is_over(desk: Desk) -> None:
    await desk.enter()
    await desk.rotate(api_key="id:second")
    with pytest.raises(Conflict, match=r"still holds, until .* UTC\. End it first"):
        await desk.rotate(api_key="id:third")
    await desk.after(3)
    await desk.rotate(api_key="id:third")
    assert desk.connection().settings["api_key"] == "id:third"


async def test_a_mistake_in_the_new_one_is_mended_while_the_old_one_still_holds(desk: Desk) -> None:
    await desk.enter()
    await desk.rotate(api_key="id:mistake")
    await desk.enter(api_key="id:second")
    keys = [each["api_key"] for each in desk.connection().valid_settings(desk.clock.now())]
    assert keys == ["id:second", "id:first"]


async def test_the_present_secret_is_no_new_one(desk: Desk) -> None:
    await desk.enter()
    with pytest.raises(InvalidInput, match="has already; enter new ones"):
        await desk.rotate(api_key="id:first")


async def test_what_is_not_connected_cannot_be_rotated(desk: Desk) -> None:
    with pytest.raises(NotFound, match="no connection 'ups'"):
        await desk.rotate(api_key="id:second")


async def test_a_refused_credential_leaves_everything_as_it_was(desk: Desk) -> None:
    await desk.enter()
    refused = Trial("refused", "UPS does not take the credential.")
    with pytest.raises(Conflict, match="It was not stored"):
        await desk.store.write(
            TENANT, partial(lifecycle.rotate, slug="ups", changes={"api_key": "id:bad"}, trial=refused, actor="ada")
        )
    assert desk.connection().settings == SETTINGS
    assert desk.events() == ["entered"]


async def test_connections_of_unknown_age_are_counted_from_when_they_are_first_seen(desk: Desk) -> None:
    tenants.put_connection(desk.store.reader, TENANT, "ups", SETTINGS)
    assert await desk.scheduler.adopt_credentials() == 1
    assert await desk.scheduler.adopt_credentials() == 0
    assert desk.credential().entered_at == desk.clock.now()
    assert (await desk.after(75)).stage == "ageing"


async def test_warehouses_and_shops_have_other_owners(desk: Desk) -> None:
    for slug in ("northdock", "shopify"):
        await desk.enter(slug)
    desk.clock.advance(80 * DAY)
    await desk.scheduler.tick()
    assert [desk.credential(slug).owner for slug in ("northdock", "shopify")] == ["operations", "client-success"]


async def test_no_event_or_projection_holds_a_secret_and_a_rebuild_finds_the_same(desk: Desk) -> None:
    await desk.enter()
    await desk.rotate(api_key="id:second")
    await desk.after(100)
    kept = "".join(desk.store.reader.iterdump())
    assert not any(secret in kept for secret in ("id:first", "id:second", "hush"))
    assert rebuild.differences(desk.store.reader) == []
