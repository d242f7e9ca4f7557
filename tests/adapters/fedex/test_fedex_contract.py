"""FedEx keeps the carrier contract."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from connector_service.adapters.carrier_contract import CarrierAdapter, TracksMany
from connector_service.errors import VendorUnreachable
from tests.contracts.carrier_contract import BaseCarrierContract
from tests.contracts.sandbox_process import Sandbox

pytestmark = pytest.mark.anyio


class TestFedex(BaseCarrierContract):
    slug = "fedex"
    api_key = "sandbox-id:sandbox-secret"
    settings: ClassVar[dict[str, Any]] = {
        "account_number": "740561073",
        "account_country": "DE",
        "sites": {"*": {"line1": "Kai 1", "phone": "0431"}},
    }
    formats = ("zpl", "pdf")
    echoes_address = False
    dates_webhooks = False

    async def test_many_parcels_are_asked_about_in_one_call(self, carrier: CarrierAdapter, sandbox: Sandbox) -> None:
        bought = [await self.buy(carrier, f"shp-{number}") for number in range(3)]
        numbers = [label.tracking_number for label in bought]
        assert isinstance(carrier, TracksMany)
        sandbox.put("faults", {self.slug: {"outage": True}})
        with pytest.raises(VendorUnreachable):
            await carrier.track_many(numbers)
        sandbox.put("faults", {self.slug: {}})
        told = await carrier.track_many([*numbers, "794600000000"])
        assert list(told) == [*numbers, "794600000000"]
        assert told["794600000000"] == ()
        for number in numbers:
            assert told[number] == (await carrier.track(number))[: len(told[number])]
            assert {scan.tracking_number for scan in told[number]} == {number}
