"""What carriers tell by webhook: answered as soon as it is kept for good, and never so that it comes for ever."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence

import orjson
from fastapi import Response

from canonical_models import TrackingEvent
from connector_service.app.problems import problem
from connector_service.app.services import Services
from connector_service.errors import DocklineError, InvalidInput
from connector_service.orders.tracking import apply_tracking
from connector_service.orders.work import Work
from connector_service.store import Transaction, rejected, tracking


async def take_news(
    services: Services, tenant_id: str, slug: str, body: bytes, news: Sequence[TrackingEvent]
) -> Response:
    """Take over a carrier's scans, each in a transaction of its own: 200 once all of it is kept.

    A scan that is known costs no transaction; one whose number no label has yet waits for it. The message of a scan
    that cannot be true is kept with the rejected, and answered all the same: sent again it would be as wrong.
    """
    fresh = [scan for scan in news if not tracking.is_known(services.store.reader, tenant_id, scan)]
    outcomes = await asyncio.gather(*(_take(services, tenant_id, slug, scan) for scan in fresh), return_exceptions=True)
    refused = [each for each in outcomes if isinstance(each, InvalidInput)]
    for outcome in outcomes:
        if isinstance(outcome, BaseException) and not isinstance(outcome, InvalidInput):
            raise outcome  # nothing is lost: the carrier tells it again
    if refused:
        await keep_rejected(services, tenant_id, slug, body, refused[0])
    applied = sum(outcome is True for outcome in outcomes)
    answer = {"applied": applied, "known": len(news) - len(fresh), "waiting": sum(each is False for each in outcomes)}
    return Response(orjson.dumps({**answer, "rejected": len(refused)}), media_type="application/json")


async def _take(services: Services, tenant_id: str, slug: str, scan: TrackingEvent) -> bool:
    def job(tx: Transaction) -> bool:
        return apply_tracking(Work(tx, services.rules.of(tx.tenant_id), f"webhook {slug}"), scan) is not None

    return await services.store.write(tenant_id, job)


async def unreadable(services: Services, tenant_id: str, slug: str, body: bytes, error: InvalidInput) -> Response:
    """Keep a message that is signed but cannot be read, and say so with 202: the carrier cannot mend it by sending it
    again, and many switch a webhook off that answers with errors."""
    document = await keep_rejected(services, tenant_id, slug, body, error)
    return Response(orjson.dumps(document), status_code=202, media_type="application/problem+json")


async def keep_rejected(
    services: Services, tenant_id: str, slug: str, body: bytes, error: DocklineError
) -> dict[str, object]:
    """Keep a carrier's message with the reason for which it was not taken over, once however often it comes; the reason
    as a problem document."""
    now = services.store.clock.now()
    message_id = "rej_" + hashlib.sha256(slug.encode() + b" " + body).hexdigest()[:26]
    document = {**problem(error, f"/v1/webhooks/{slug}"), "rejected_id": message_id}
    kept = rejected.RejectedMessage(message_id, now.isoformat(), f"webhooks/{slug}", body, document, None)
    await services.store.write(tenant_id, lambda tx: rejected.keep_once(tx.connection, tx.tenant_id, kept))
    return document
