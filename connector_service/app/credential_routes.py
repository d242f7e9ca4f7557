"""Accounts at other systems: connected, tested, and their credentials replaced in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field, JsonValue, ValidationError

from canonical_models import CanonicalModel, Credential
from connector_service.adapters import registry
from connector_service.app.inventory import feed_webhook
from connector_service.app.problems import StrictRoute
from connector_service.app.services import KnownCaller, Services, UsedServices
from connector_service.credentials import lifecycle
from connector_service.credentials.secret_fields import known_systems, name_of, secret_fields
from connector_service.credentials.trying import NOT_ASKED, Trial, try_credential
from connector_service.errors import InvalidInput, NotFound
from connector_service.exception_record import answers_for
from connector_service.orders.systems import make_adapter
from connector_service.store import Transaction, tenants
from nodes.runner import Caller, first_problem

router = APIRouter(tags=["tenant"], route_class=StrictRoute)
Test = Annotated[bool, Query(description="whether the other system is asked; false: stored without a test")]


class ConnectionBody(CanonicalModel):
    """An account at another system; which settings it needs depends on the system. `rotation_days`: after how many days
    its credential must be replaced; what was said before, or 90."""

    settings: dict[str, JsonValue]
    rotation_days: int | None = Field(default=None, ge=1, le=730)


class NewSecrets(CanonicalModel):
    """The settings that change. The credential before holds `overlap_hours` longer."""

    settings: dict[str, JsonValue] = Field(min_length=1)
    overlap_hours: int = Field(default=72, ge=0, le=720)


@router.put("/v1/connections/{slug}", summary="Connect another system")
async def put_connection(
    slug: str, new: ConnectionBody, caller: KnownCaller, services: UsedServices, test: Test = True
) -> dict[str, Any]:
    """Add or replace an account at another system; the answer holds the address that system should call.

    The credential is tested by a call that changes nothing: refused it is not stored (409); when nobody answers it is
    stored as `untested`, with a warning in `words`.
    """
    connection = tenants.Connection(caller.tenant_id, slug, "", dict(new.settings))
    trial = await _tried(connection, services, test)
    made = await services.store.write(
        caller.tenant_id,
        lambda tx: lifecycle.enter(tx, slug, connection.settings, trial, caller.label, rotation_days=new.rotation_days),
    )
    path = "/v1/webhooks/shopify" if slug == "shopify" else f"/v1/webhooks/{slug}/{made.hook_id}"
    return {"slug": slug, "webhook_path": path, **_known(services, caller, slug)}


@router.get("/v1/credentials", summary="List credentials")
async def list_credentials(caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """What is known of each: never a secret, but its age, whether it works, and by when it must be replaced."""
    tx = services.store.read(caller.tenant_id)
    found = sorted(tx.find_by(Credential), key=lambda each: each.slug)
    return {"credentials": [_shown(tx, each) for each in found]}


@router.get("/v1/credentials/{slug}/fields", summary="What a system's credential consists of")
async def fields(slug: str, caller: KnownCaller) -> dict[str, Any]:
    """The settings that are secrets."""
    _require_known(slug)
    return {"slug": slug, "name": name_of(slug), "secret_fields": secret_fields(slug)}


@router.get("/v1/credentials/{slug}/history", summary="What became of a credential")
async def history(slug: str, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Its events, oldest first: who did what, and why."""
    _credential(services, caller, slug)
    stream = services.store.read(caller.tenant_id).stream(lifecycle.credential_id(slug))
    told = [
        {"type": event.type, "time": event.time, "actor": event.data["actor"], "because": event.data["because"]}
        for event in stream
    ]
    return {"slug": slug, "events": told}


@router.post("/v1/credentials/{slug}/test", summary="Test a credential")
async def test_credential(slug: str, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Ask the other system whether it takes the credential in force."""
    connection = tenants.get_connection(services.store.reader, caller.tenant_id, slug)
    trial = await _tried(tenants.Connection(caller.tenant_id, slug, "", connection.settings), services, True)
    await services.store.write(caller.tenant_id, lambda tx: lifecycle.keep_trial(tx, slug, trial, caller.label))
    return _known(services, caller, slug)


@router.post("/v1/credentials/{slug}/rotate", summary="Replace a credential")
async def rotate(
    slug: str, new: NewSecrets, caller: KnownCaller, services: UsedServices, test: Test = True
) -> dict[str, Any]:
    """Enter the next credential. Both hold for a while: webhooks may be signed with either, calls go out with the new
    one, and with the old one when the new one is refused."""
    present = tenants.get_connection(services.store.reader, caller.tenant_id, slug)
    changed = tenants.Connection(caller.tenant_id, slug, "", {**present.settings, **new.settings})
    trial = await _tried(changed, services, test)
    overlap = timedelta(hours=new.overlap_hours)
    await services.store.write(
        caller.tenant_id, lambda tx: lifecycle.rotate(tx, slug, new.settings, trial, caller.label, overlap)
    )
    return _known(services, caller, slug)


@router.delete("/v1/credentials/{slug}/old", summary="End the credential before the present one")
async def end_old(slug: str, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Delete the old credential now, before its time is over."""
    ended = await services.store.write(caller.tenant_id, lambda tx: lifecycle.end_old(tx, slug, caller.label))
    if not ended:
        raise NotFound(f"No old credential of {slug!r} holds beside the present one.")
    return _known(services, caller, slug)


def _credential(services: Services, caller: Caller, slug: str) -> Credential:
    return services.store.read(caller.tenant_id).get(Credential, lifecycle.credential_id(slug))


def _known(services: Services, caller: Caller, slug: str) -> dict[str, Any]:
    return _shown(services.store.read(caller.tenant_id), _credential(services, caller, slug))


def _shown(tx: Transaction, credential: Credential) -> dict[str, Any]:
    """A credential without secrets; with who replaces it, and by when if it is overdue."""
    kept = {"tenant_id", "id", "external_refs", "version", "created_at", "updated_at"}
    owner, deadline_at = answers_for(tx, credential)
    return {**credential.model_dump(mode="json", exclude=kept), "owner": owner, "deadline_at": deadline_at}


async def _tried(connection: tenants.Connection, services: Services, asked: bool) -> Trial:
    """Whether the settings fit the system, and what the system says to them.

    Raises:
        InvalidInput: they do not fit; says which one.
    """
    _require_known(connection.slug)
    adapter: object = None
    if connection.slug in registry.WAREHOUSES or connection.slug in registry.CARRIERS:
        try:
            adapter = make_adapter(connection, services.systems.transport)
        except ValidationError as error:
            raise first_problem(error, "/settings") from None
    elif connection.slug == feed_webhook.SLUG:
        feed_webhook.check_settings(connection.settings)
    else:
        _check_shop(connection.settings)
    return await try_credential(name_of(connection.slug), adapter) if asked else NOT_ASKED


def _require_known(slug: str) -> None:
    if slug not in known_systems():
        raise InvalidInput(f"There is no system {slug!r}; known are {', '.join(known_systems())}.", pointer="/slug")


def _check_shop(settings: dict[str, Any]) -> None:
    for name in ("shop", "webhook_secret"):
        if not isinstance(settings.get(name), str) or not settings[name]:
            raise InvalidInput(f"A Shopify connection needs the text `{name}`.", pointer=f"/settings/{name}")
