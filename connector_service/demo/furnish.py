"""Fill a tenant and the sandbox's shelves with the demo's products, locations, stock and exchange rates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from connector_service.demo.catalog import locations, products, shelves
from connector_service.demo.places import MARKETS
from connector_service.local.home import Home
from connector_service.local.stack import Addresses, put, send

PHYSICAL = ("sku", "weight_g", "barcode", "length_mm", "width_mm", "height_mm")


def furnish(http: httpx.Client, connector_url: str, sandbox_url: str) -> None:
    """Load products, locations, stock and exchange rates; `http` bears the tenant's API key.

    Raises:
        InstallationProblem: the connector or the sandbox refuses, or does not answer.
    """
    goods = [product.model_dump(mode="json") for product in products()]
    counts: list[Mapping[str, Any]] = [
        {"sku": s.sku, "location_id": s.location_id, "lot": s.lot, "expires_on": s.expires_on, "on_hand": s.on_hand}
        for s in shelves()
    ]
    put(http, f"{connector_url}/v1/products", {"products": goods})
    put(http, f"{connector_url}/v1/locations", {"locations": [each.model_dump(mode="json") for each in locations()]})
    put(http, f"{connector_url}/v1/inventory", {"positions": counts})
    put(http, f"{connector_url}/v1/tenant/carriers", {"exchange_rates": exchange_rates()})
    stock = [{name: count[name] for name in ("sku", "location_id", "lot", "on_hand")} for count in counts]
    shelf_goods = [{name: product[name] for name in PHYSICAL} for product in goods]
    put(http, f"{sandbox_url}/control/catalog", {"products": shelf_goods, "stock": stock})


def exchange_rates() -> list[dict[str, str]]:
    """What a US dollar is in the currency of each market abroad, so that carriage costs can be compared."""
    abroad = sorted({(each.currency, each.rate_percent) for each in MARKETS.values() if each.currency != "USD"})
    return [
        {"from_currency": "USD", "to_currency": currency, "rate": f"{percent / 100:.2f}"}
        for currency, percent in abroad
    ]


def furnish_if_empty(home: Home, addresses: Addresses) -> bool:
    """Furnish a tenant that has no stock at all; whether it was so."""
    if addresses.sandbox is None:
        return False
    headers = {"authorization": f"Bearer {home.access().api_key}"}
    with httpx.Client(trust_env=False, timeout=60, headers=headers) as http:
        if send(http, "GET", f"{addresses.connector}/v1/inventory")["positions"]:
            return False
        furnish(http, addresses.connector, addresses.sandbox)
    return True
