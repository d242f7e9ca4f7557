"""Messages from shops, warehouses and carriers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Request, Response

from canonical_models import NewOrder
from connector_service.adapters import registry
from connector_service.adapters.commerce.shopify import order_from_webhook, verify
from connector_service.app.carriers.news import take_news, unreadable
from connector_service.app.intake import Intake, reject, take_in
from connector_service.app.problems import read_json
from connector_service.app.services import Services, UsedServices
from connector_service.credentials.overlap import by_any
from connector_service.errors import InvalidInput, NotFound, Unauthorized
from connector_service.orders.systems import make_adapter
from connector_service.orders.warehouse_reports import apply_report
from connector_service.orders.work import Work
from connector_service.store import tenants

router = APIRouter(tags=["webhooks"])


def read_shopify(body: bytes) -> NewOrder:
    """An order from the body of Shopify's order webhook.

    Raises:
        InvalidInput: the body is no JSON, or no such order; says where.
    """
    said = read_json(body)
    if not isinstance(said, dict):
        raise InvalidInput("Shopify's order webhook is a JSON object; this is none.", pointer="")
    return order_from_webhook(said)


@router.post("/v1/webhooks/shopify", summary="Receive Shopify's order webhook")
async def shopify(
    request: Request,
    services: UsedServices,
    x_shopify_shop_domain: Annotated[str, Header()] = "",
    x_shopify_hmac_sha256: Annotated[str, Header()] = "",
    x_shopify_webhook_id: Annotated[str | None, Header(max_length=255)] = None,
) -> Response:
    """Take in an order from a shop; the shop's domain names the tenant, its secret proves it."""
    account = tenants.connection_of_shop(services.store.reader, "shopify", x_shopify_shop_domain)
    if account is None:
        raise Unauthorized(
            f"No tenant is connected to the shop {x_shopify_shop_domain!r}; add the connection `shopify`."
        )
    body = await request.body()
    valid = account.valid_settings(services.store.clock.now())
    by_any(valid, lambda settings: verify(str(settings["webhook_secret"]), body, x_shopify_hmac_sha256))
    intake = Intake(account.tenant_id, f"shopify {x_shopify_shop_domain}", "webhooks/shopify", x_shopify_webhook_id)
    return await take_in(services, intake, body, read_shopify)


@router.post("/v1/webhooks/{slug}/{hook_id}", summary="Receive a warehouse's or carrier's message")
async def vendor(slug: str, hook_id: str, request: Request, services: UsedServices) -> Response:
    """Take over what a warehouse or carrier reports; the address belongs to one tenant, the signature proves it.

    A message that is signed but cannot be read is kept with the reason; a carrier's is answered with 202 all the same.
    """
    account = tenants.connection_of_hook(services.store.reader, slug, hook_id)
    if account is None or slug not in {*registry.WAREHOUSES, *registry.CARRIERS}:
        raise NotFound("There is no such webhook address.")
    adapter = make_adapter(account, services.systems.transport)
    body = await request.body()
    try:
        news = adapter.read_webhook(request.headers, body)
    except InvalidInput as error:
        if slug in registry.CARRIERS:
            return await unreadable(services, account.tenant_id, slug, body, error)
        return await reject(services, Intake(account.tenant_id, slug, f"webhooks/{slug}", None), body, error)
    if slug in registry.CARRIERS:
        return await take_news(services, account.tenant_id, slug, body, news)
    applied = await _apply_all(services, account, news, apply_report)
    return Response(orjson.dumps({"applied": applied}), media_type="application/json")


async def _apply_all(
    services: Services, account: tenants.Connection, news: Iterable[Any], apply: Callable[[Work, Any], Any]
) -> int:
    actor = f"webhook {account.slug}"

    async def one(item: Any) -> bool:
        found = await services.store.write(
            account.tenant_id, lambda tx: apply(Work(tx, services.rules.of(tx.tenant_id), actor), item) is not None
        )
        return found

    return sum(await asyncio.gather(*(one(item) for item in news)))
