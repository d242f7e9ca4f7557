"""What only Terrapost needs: its token, and one label of two that were sold."""

from __future__ import annotations

from datetime import timedelta

import httpx
import orjson
import pytest

from connector_service.adapters import registry
from connector_service.adapters.carrier_contract import CarrierAdapter, Rate, finds_labels
from connector_service.adapters.contracts import Connection
from connector_service.adapters.http import Transport
from connector_service.clock import FakeClock
from connector_service.errors import VendorRejected, VendorUnreachable
from tests.adapters.mocked import Mocked
from tests.contracts.carrier_contract import a_label_request, a_rate_request
from tests.contracts.recorded import recorded_answer

pytestmark = pytest.mark.anyio

RATE = Rate("terrapost", "economy", 1, "EUR", 5, "Q-1")
RATES = recorded_answer("terrapost", "rates")
SHIPMENT = orjson.loads(recorded_answer("terrapost", "label"))


class Terrapost:
    """Gives out tokens `T1`, `T2`, ...; sells at once, or after the buyer stopped waiting when `late`."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.tokens = 0
        self.refused: set[str] = set()
        self.late = False
        self.sold_late: list[dict[str, object]] = []
        self.shipments: list[dict[str, object]] = []
        self.adapter = self._adapter()

    def _adapter(self) -> CarrierAdapter:
        transport = Transport(Mocked(self.answer), self.clock)
        connection = Connection.model_validate(
            {"base_url": "http://terrapost.example", "api_key": "id:secret", "webhook_secret": "s"}
        )
        return registry.carrier("terrapost", connection, transport.tenant("tenant"))

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/oauth/token":
            self.tokens += 1
            return httpx.Response(200, json={"access_token": f"T{self.tokens}", "expires_in": 3_600})
        if request.headers["authorization"].removeprefix("Bearer ") in self.refused:
            return httpx.Response(401, json={"title": "Unauthorized", "detail": "The token was withdrawn."})
        if path == "/api/price-enquiries":
            return httpx.Response(200, content=RATES)
        if path.endswith("/void"):
            return self._void(path.split("/")[-2])
        if request.method == "GET":
            return httpx.Response(200, json={"shipments": self.shipments})
        return self._sell()

    def _sell(self) -> httpx.Response:
        number = len(self.shipments) + len(self.sold_late) + 1
        created = (self.clock.now() + timedelta(seconds=number)).isoformat()
        shipment = {**SHIPMENT, "shipment_id": f"S{number}", "customer_reference": "ref", "created": created}
        if self.late:
            self.sold_late.append(shipment)
            raise httpx.ReadTimeout("no answer yet")
        # The purchase that nobody waited for is done while this one is.
        self.shipments += [*self.sold_late, shipment]
        self.sold_late = []
        return httpx.Response(201, json=shipment)

    def _void(self, shipment_id: str) -> httpx.Response:
        (shipment,) = (each for each in self.shipments if each["shipment_id"] == shipment_id)
        shipment["state"] = "voided"
        return httpx.Response(200, json=shipment)


async def test_one_token_serves_until_shortly_before_its_end() -> None:
    vendor = Terrapost()
    for _ in range(3):
        await vendor.adapter.rates(a_rate_request())
    assert vendor.tokens == 1
    vendor.clock.advance(timedelta(seconds=3_600 - 30))
    await vendor.adapter.rates(a_rate_request())
    assert vendor.tokens == 2


async def test_a_withdrawn_token_is_replaced() -> None:
    vendor = Terrapost()
    await vendor.adapter.rates(a_rate_request())
    vendor.refused.add("T1")
    assert await vendor.adapter.rates(a_rate_request())
    assert vendor.tokens == 2


async def test_a_tenant_who_is_shut_out_asks_for_one_new_token_only() -> None:
    vendor = Terrapost()
    vendor.refused |= {f"T{number}" for number in range(1, 10)}
    with pytest.raises(VendorRejected, match="withdrawn"):
        await vendor.adapter.rates(a_rate_request())
    assert vendor.tokens == 2


async def test_a_purchase_is_never_sent_twice_in_one_call() -> None:
    vendor = Terrapost()
    vendor.late = True
    with pytest.raises(VendorUnreachable):
        await vendor.adapter.buy_label(a_label_request(RATE, "ref"))
    assert len(vendor.sold_late) == 1


async def test_of_two_labels_under_one_reference_the_older_stays() -> None:
    vendor = Terrapost()
    vendor.late = True
    with pytest.raises(VendorUnreachable):
        await vendor.adapter.buy_label(a_label_request(RATE, "ref"))
    vendor.late = False
    await vendor.adapter.buy_label(a_label_request(RATE, "ref"))
    label = await finds_labels("terrapost", vendor.adapter).find_label("ref")
    assert label is not None
    assert label.label_id == "S1"
    assert {each["shipment_id"]: each["state"] for each in vendor.shipments} == {"S1": "active", "S2": "voided"}
