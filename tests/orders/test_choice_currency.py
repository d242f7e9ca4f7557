"""What carriage costs is compared with handling in the order's currency, by the tenant's rates of exchange."""

from __future__ import annotations

from typing import Any

import pytest

from connector_service.carriers.settings import CarrierSettings
from connector_service.store import carrier_settings
from tests.house import House

pytestmark = pytest.mark.anyio


async def settle(house: House, **exchange: Any) -> None:
    said = CarrierSettings.model_validate({"exchange_rates": [{"from_currency": "USD", **exchange}]})
    body = said.model_dump_json()
    await house.change(lambda work: carrier_settings.put(work.tx.connection, work.tenant_id, body))


async def choice(house: House, number: str, currency: str) -> Any:
    order_id = await house.allocated(number, currency=currency)
    (event,) = [each for each in house.store.read("acme").timeline(order_id) if each.type.endswith("allocated.v1")]
    return event.data["choice"]


async def landed(house: House, number: str, currency: str) -> int:
    return int((await choice(house, number, currency))["chosen"]["terms"].get("landed_cost", 0))


@pytest.mark.parametrize(("currency", "rate", "scale"), [("EUR", "0.5", 0.5), ("JPY", "150", 1.5), ("KWD", "0.3", 3.0)])
async def test_carriage_is_exchanged_into_the_orders_currency(
    house: House, currency: str, rate: str, scale: float
) -> None:
    dollars = await landed(house, "N1", "USD")
    await settle(house, to_currency=currency, rate=rate, as_of="2026-11-20")
    assert await landed(house, "N2", currency) == pytest.approx(dollars * scale, rel=0.01)
    (east, _) = (await choice(house, "N3", currency))["candidates"]
    assert east["way"].endswith("Carriage is exchanged from USD.")


async def test_without_a_rate_of_exchange_carriage_is_not_compared_and_the_reason_says_so(house: House) -> None:
    said = await choice(house, "N1", "EUR")
    assert "There is no rate of exchange from USD to EUR: carriage is not compared." in said["because"]
    assert said["chosen"]["terms"].get("landed_cost", 0) == 0


async def test_an_order_in_the_tables_currency_needs_no_rate(house: House) -> None:
    assert "exchange" not in (await choice(house, "N1", "USD"))["because"]
    assert await landed(house, "N2", "USD") > 0
