"""Publish rules of one's own, approve, reject, withdraw and roll back; see the history and what shadow answered."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

import orjson
from fastapi import APIRouter, Request
from pydantic import Field, JsonValue

from canonical_models import CanonicalModel
from connector_service.app.problems import StrictRoute
from connector_service.app.rules.check import checked
from connector_service.app.services import KnownCaller, Services, UsedServices
from connector_service.errors import NotFound
from connector_service.rules_publishing import publishing, rolling_back, views
from connector_service.rules_publishing.publishing import Done, Draft, How, Wanted, Who
from connector_service.rules_publishing.reading import check_body
from connector_service.store import rule_versions
from nodes.runner import Caller

router = APIRouter(tags=["rules"], route_class=StrictRoute)


class Reasoned(CanonicalModel):
    """Why something is done, and by whom: without a person it is the API key's label."""

    because: str = Field(min_length=1, max_length=1000)
    person: str | None = Field(default=None, min_length=1, max_length=200)


class Publication(Reasoned):
    """A layer over a file of the installation (`extends`), or a file with an id of one's own."""

    document: dict[str, JsonValue]
    mode: Literal["live", "shadow", "canary"] = "live"
    percent: int = Field(default=10, ge=1, le=99, description="the share of a canary")


class Rollback(Reasoned):
    """Back to which version: without one to that before the version that is live."""

    to: str | None = None


def _who(caller: Caller, said: Reasoned) -> Who:
    return Who(said.person or caller.label, f"key {caller.label}", said.because)


@router.post("/v1/rules/publish", summary="Publish a rule file or layer of one's own")
async def publish(new: Publication, request: Request, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Check it and put it in force at once; where a second person must approve, it is proposed."""
    check_body(await request.body(), "document.json")
    how = How(new.mode, new.percent if new.mode == "canary" else 100)
    await services.published.catch_up_soon()
    name = f"{new.document.get('id') or new.document.get('extends') or 'document'}.json"
    position = services.published.position
    wanted = Wanted(caller.tenant_id, new.document, name, how, _who(caller, new), position)
    draft = await _draft(services, wanted)
    return await _settle(
        services,
        await services.store.administer(
            lambda c: publishing.publish(c, services.rules, draft, services.store.clock.now())
        ),
    )


@router.get("/v1/rules/proposals", summary="List what waits for approval")
async def list_proposals(caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Versions that a second person must approve."""
    return {"proposals": views.open_proposals(services.store.reader, caller.tenant_id)}


@router.post("/v1/rules/proposals/{proposal_id}/approve", summary="Approve a proposal")
async def approve(proposal_id: str, said: Reasoned, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Check it again and put it in force; whoever proposed it, by name or by API key, may not."""
    await services.published.catch_up_soon()
    proposed = _proposed(services, caller, proposal_id)
    wanted = publishing.proposed_again(services.store.reader, proposed, _who(caller, said), services.published.position)
    draft = await _draft(services, wanted)
    return await _settle(
        services,
        await services.store.administer(
            lambda c: publishing.approve(c, services.rules, draft, services.store.clock.now())
        ),
    )


@router.post("/v1/rules/proposals/{proposal_id}/reject", summary="Reject a proposal")
async def reject(proposal_id: str, said: Reasoned, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Turn it down, or take one's own back."""
    proposed, who = _proposed(services, caller, proposal_id), _who(caller, said)
    done = await services.store.administer(lambda c: publishing.reject(c, proposed, who, services.store.clock.now()))
    return await _settle(services, done)


@router.post("/v1/rules/{file_id}/withdraw", summary="End a shadow or canary")
async def withdraw(file_id: str, said: Reasoned, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """The live version stays as it is."""
    who = _who(caller, said)
    done = await services.store.administer(
        lambda c: publishing.withdraw(c, caller.tenant_id, file_id, who, services.store.clock.now())
    )
    return await _settle(services, done)


@router.post("/v1/rules/{file_id}/rollback", summary="Go back to an earlier version")
async def roll_back(file_id: str, said: Rollback, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """At once and without a second person: what it goes back to was approved before."""
    await services.published.catch_up_soon()
    who = _who(caller, said)
    target = rolling_back.aim(services.store.reader, services.rules, caller.tenant_id, file_id, said.to)
    done = await services.store.administer(lambda c: rolling_back.roll_back(c, target, who, services.store.clock.now()))
    return await _settle(services, done)


@router.get("/v1/rules/{file_id}/history", summary="List the versions of a file")
async def history(file_id: str, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Who published what, when and why: one's own versions, and those of all tenants."""
    found = views.histories(services.store.reader, caller.tenant_id, file_id)
    if not found:
        services.rules.of(caller.tenant_id).compiled(file_id)  # says so when there is no such file
    return {"history": found}


@router.get("/v1/rules/{file_id}/shadow", summary="Compare the version in shadow with the live one")
async def shadow(file_id: str, caller: KnownCaller, services: UsedServices, last: int = 1_000) -> dict[str, Any]:
    """How often it answered otherwise in its last answers, with examples."""
    rules = services.rules.of(caller.tenant_id)
    limit = min(max(last, 1), 10_000)
    report: dict[str, Any] = views.shadow_report(services.store.reader, rules, caller.tenant_id, file_id, limit)
    return report


async def _draft(services: Services, wanted: Wanted) -> Draft:
    """Checked as it would run; a document that takes too long to check is refused before it can hold up the service."""
    await checked(services, wanted.scope, orjson.dumps(wanted.document).decode())
    return await asyncio.to_thread(publishing.draft, services.rules, wanted)


def _proposed(services: Services, caller: Caller, proposal_id: str) -> rule_versions.Entry:
    """A proposal of the caller's tenant; another tenant's is answered like one that does not exist."""
    found = rule_versions.proposal(services.store.reader, proposal_id)
    if found.scope != caller.tenant_id:
        raise NotFound(f"There is no proposal {proposal_id!r}.")
    return found


async def _settle(services: Services, done: Done) -> dict[str, Any]:
    """In force before the answer is sent."""
    await services.published.catch_up_soon()
    return views.done_as_json(done)
