"""Feeds in by webhook: signed as Standard Webhooks says, at an address that belongs to one tenant."""

from __future__ import annotations

import base64
import binascii
import hmac
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Request, Response
from pydantic import ValidationError
from standardwebhooks.webhooks import Webhook

from connector_service.app.intake import Intake, reject
from connector_service.app.inventory.feed_answers import Updates, in_json, sender_of, take
from connector_service.app.problems import read_json
from connector_service.app.services import UsedServices
from connector_service.credentials.overlap import by_any
from connector_service.errors import InvalidInput, NotFound, Unauthorized
from connector_service.store import tenants
from nodes.runner import Caller, first_problem

SLUG = "inventory"
TOLERANCE = timedelta(minutes=5)
"""How old a signature may be, and how far the sender's clock may be ahead."""
router = APIRouter(tags=["webhooks"])


def check_settings(settings: dict[str, Any]) -> None:
    """Whether an `inventory` connection can be used.

    Raises:
        InvalidInput: the secret is missing or none, or the source has no name.
    """
    secret = settings.get("webhook_secret")
    try:
        size = len(base64.b64decode(str(secret).removeprefix("whsec_"), validate=True)) if secret else 0
    except binascii.Error:
        size = 0
    if not 24 <= size <= 64:
        raise InvalidInput(
            "An inventory connection needs `webhook_secret`: whsec_ and 24 to 64 random bytes in base64.",
            pointer="/settings/webhook_secret",
        )
    if not isinstance(settings.get("source", ""), str):
        raise InvalidInput("`source` is the name of the system that tells.", pointer="/settings/source")


@router.post(f"/v1/webhooks/{SLUG}/{{hook_id}}", summary="Receive counts and movements from any system")
async def receive(
    hook_id: str,
    request: Request,
    services: UsedServices,
    webhook_id: Annotated[str, Header()] = "",
    webhook_timestamp: Annotated[str, Header()] = "",
    webhook_signature: Annotated[str, Header()] = "",
) -> Response:
    """Take the updates of a signed message over. What was refused is kept with the reason, under `rejected_id`."""
    account = tenants.connection_of_hook(services.store.reader, SLUG, hook_id)
    if account is None:
        raise NotFound("There is no such webhook address.")
    body = await request.body()
    now = services.store.clock.now()
    signed = (webhook_id, webhook_timestamp, webhook_signature, body, now)
    by_any(account.valid_settings(now), lambda settings: _verify(str(settings["webhook_secret"]), *signed))
    caller = Caller(account.tenant_id, str(account.settings.get("source") or SLUG))
    intake = Intake(account.tenant_id, caller.label, f"webhooks/{SLUG}", None)
    try:
        message = _read(body, caller.label)
    except InvalidInput as error:
        return await reject(services, intake, body, error)
    summary = await take(sender_of(services, caller, f"webhook {SLUG}"), message)
    answer = in_json(summary)
    if summary.refused:
        first = answer["refusals"][0]
        words = f"{summary.refused} of {len(message.updates)} updates were refused; the first: {first['detail']}"
        kept = await reject(services, intake, body, InvalidInput(words, pointer=first["pointer"]))
        answer["rejected_id"] = orjson.loads(bytes(kept.body))["rejected_id"]
    return Response(orjson.dumps(answer), media_type="application/json")


def _read(body: bytes, source: str) -> Updates:
    said = read_json(body)
    try:
        message = Updates.model_validate(said)
    except ValidationError as error:
        raise first_problem(error) from None
    return message if message.source is not None else message.model_copy(update={"source": source})


def _verify(secret: str, message_id: str, timestamp: str, signatures: str, body: bytes, now: datetime) -> None:
    """Whether the tenant's system signed this, and lately.

    Raises:
        Unauthorized: no, or a header is missing.
    """
    try:
        sent_at = datetime.fromtimestamp(int(timestamp), UTC)
        text = body.decode()
    except (ValueError, OverflowError, OSError):
        raise Unauthorized("webhook-timestamp must be whole seconds since 1970, and the body UTF-8.") from None
    if abs(sent_at - now) > TOLERANCE:
        raise Unauthorized("webhook-timestamp is more than 5 minutes off: sign again when sending again.")
    expected = Webhook(secret).sign(message_id, sent_at, text).encode()
    given = [signature.encode() for signature in signatures.split()]
    if not message_id or not any(hmac.compare_digest(expected, each) for each in given):
        raise Unauthorized("webhook-signature fits neither the message nor the connection's webhook_secret.")
