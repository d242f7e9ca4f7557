"""Take in an order from outside: once per key, and with its reason kept when it is refused."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

import orjson
from fastapi import Response

from canonical_models import NewOrder
from connector_service.app.problems import problem, problem_response
from connector_service.app.services import Services
from connector_service.errors import DocklineError, InvalidInput
from connector_service.orders.intake import receive_order
from connector_service.orders.views import OrderView
from connector_service.orders.work import Work, new_id
from connector_service.store import Transaction, idempotency, rejected


@dataclass(frozen=True, slots=True)
class Intake:
    """Whose message it is, who brings it, by which channel, and the key under which it counts once.

    `replays` is the rejected message that this one corrects: it is kept already, so a refusal is not kept again.
    """

    tenant_id: str
    actor: str
    channel: str
    key: str | None
    replays: str | None = None

    @property
    def path(self) -> str:
        """Where the message came in."""
        return f"/v1/rejected/{self.replays}/replay" if self.replays else f"/v1/{self.channel}"


async def take_in(services: Services, intake: Intake, body: bytes, read: Callable[[bytes], NewOrder]) -> Response:
    """Receive the order in a message: 201, or 200 with `replayed` when it was received before.

    A message that cannot be read is kept with its problem document, whose `rejected_id` names it for correction and
    replay.
    """
    try:
        # A key that was used before answers first: also for a message that could not be read now.
        view, replayed = await services.store.write(
            intake.tenant_id, lambda tx: _receive(tx, services, intake, body, read)
        )
    except DocklineError as error:
        if error.retryable:
            raise
        return await reject(services, intake, body, error)
    answer = orjson.dumps({**view, "replayed": replayed})
    return Response(answer, status_code=200 if replayed else 201, media_type="application/json")


def _receive(
    tx: Transaction, services: Services, intake: Intake, body: bytes, read: Callable[[bytes], NewOrder]
) -> tuple[dict[str, object], bool]:
    fingerprint = hashlib.sha256(body).hexdigest()
    key = f"{intake.channel}:{intake.key}" if intake.key else None
    earlier = idempotency.recall(tx.connection, tx.tenant_id, key, fingerprint) if key else None
    if earlier is not None:
        return earlier, True
    order, known = receive_order(Work(tx, services.rules.of(tx.tenant_id), intake.actor), read(body))
    view = OrderView.of(order).model_dump(mode="json")
    if key:
        idempotency.remember(tx.connection, tx.tenant_id, key, fingerprint, view, tx.now)
    return view, known


async def reject(services: Services, intake: Intake, body: bytes, error: DocklineError) -> Response:
    """Answer with the problem; a message that could not be read is kept for correction."""
    now = services.store.clock.now()
    if intake.replays is not None or not isinstance(error, InvalidInput):
        return problem_response(error, intake.path)
    message_id = new_id("rej", now, secrets.token_bytes)
    document = {**problem(error, intake.path), "rejected_id": message_id}
    kept = rejected.RejectedMessage(message_id, now.isoformat(), intake.channel, body, document, None)
    await services.store.write(intake.tenant_id, lambda tx: rejected.keep(tx.connection, tx.tenant_id, kept))
    return Response(orjson.dumps(document), status_code=error.status, media_type="application/problem+json")
