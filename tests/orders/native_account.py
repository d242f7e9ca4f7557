"""A house whose tenant has an account at one of the carriers with a look-alike of their own API, and at no other."""

from __future__ import annotations

from typing import Any

from canonical_models import Shipment
from connector_service.store import tenants
from tests.adapters.native_carriers import KEY, SITE
from tests.house import CONNECTIONS, TENANT, House, new_order

OURS = ("swiftparcel", "terrapost")


async def only_carrier(house: House, slug: str, **more: Any) -> None:
    """Give the tenant an account at this carrier, and take those at all others away."""
    assert house.sandbox is not None
    settings: dict[str, Any] = {
        "base_url": f"{house.sandbox.url}/{slug}",
        "api_key": CONNECTIONS.get(slug, KEY),
        "webhook_secret": "hush",
        "rate_timeout": 10,
        **more,
    }
    if slug not in OURS:
        settings |= {"account_number": "123456789", "sites": {"*": SITE}}

    def change(connection: Any) -> None:
        connection.execute(
            "DELETE FROM connections WHERE tenant_id = ? AND slug IN ('swiftparcel', 'terrapost')", (TENANT,)
        )
        tenants.put_connection(connection, TENANT, slug, settings)

    await house.store.administer(change)


async def rated(house: House, slug: str, **more: Any) -> Shipment:
    """A packed shipment with this carrier's offers."""
    await only_carrier(house, slug, **more)
    ship_to = new_order()["ship_to"] | {"phone": "2125550100", "name": "Ana Bell"}
    shipment = await house.packed(ship_to=ship_to)
    answer = await house.through(shipment.id, "check_post_pick", "check_packing", "rate")
    assert answer["status"] == "done", answer
    return house.shipment(shipment.id)


def live_labels(house: House) -> list[dict[str, Any]]:
    """What the look-alikes have sold and not taken back."""
    assert house.sandbox is not None
    return [label for label in house.sandbox.ledger()["labels"] if not label["voided"]]
