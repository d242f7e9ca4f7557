"""A lane that a carrier serves, and what is asked for on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from canonical_models import Address, Label, Location, Parcel
from connector_service.adapters import registry
from connector_service.adapters.carrier_contract import (
    CarrierAdapter,
    Customs,
    LabelFormat,
    LabelRequest,
    Rate,
    RateRequest,
)
from connector_service.adapters.contracts import Capability, Connection
from connector_service.adapters.http import Transport
from tests.contracts.adapter_contract import BUYER, AdapterContract
from tests.contracts.carrier_requests import CUSTOMS, PARCELS, WAREHOUSE, a_label_request, a_rate_request
from tests.contracts.purchases import Buyer, open_buyer
from tests.contracts.sandbox_process import Sandbox

REFERENCE = "shp/1:a b&c"


class CarrierLane(AdapterContract):
    settings: ClassVar[dict[str, Any]] = {}
    """What this carrier's connection wants to know besides, such as its account number."""
    formats: ClassVar[tuple[LabelFormat, ...]] = ()
    """The formats its labels come in as documents; none for a carrier whose label is a text."""
    own_currency: ClassVar[str | None] = None
    """Set for a carrier that prices in its account's currency whatever is asked for."""
    echoes_address: ClassVar[bool] = True
    """False: the answer to a purchase does not say what was printed."""
    ship_from: ClassVar[Location] = WAREHOUSE
    ship_to: ClassVar[Address] = BUYER
    parcels: ClassVar[tuple[Parcel, ...]] = PARCELS
    """A lane that the carrier serves, and 1,300 g on it."""
    customs: ClassVar[Customs] = CUSTOMS
    elsewhere: ClassVar[Mapping[str, str]] = {}
    """Tests of what this carrier cannot do, and why."""

    @pytest.fixture(autouse=True)
    def _asks_nothing_impossible(self, request: pytest.FixtureRequest) -> None:
        name = request.node.name.partition("[")[0]
        if name in self.elsewhere:
            pytest.skip(f"{self.slug}: {self.elsewhere[name]}")

    @property
    def capabilities(self) -> frozenset[Capability]:
        return registry.CARRIERS[self.slug].capabilities

    @property
    def sends_webhooks(self) -> bool:
        return Capability.WEBHOOKS in self.capabilities

    @property
    def can_be_asked_again(self) -> bool:
        return bool(self.capabilities & {Capability.DEDUPES_BY_REFERENCE, Capability.LOOKUP_BY_REFERENCE})

    def needs(self, capability: Capability) -> None:
        if capability not in self.capabilities:
            pytest.skip(f"{self.slug} does not offer {capability.value}")

    def settled(self, fields: dict[str, Any]) -> Connection:
        return registry.CARRIERS[self.slug].settings.model_validate({"rate_timeout": 10, **self.settings, **fields})

    def make(self, connection: Connection, transport: Transport) -> CarrierAdapter:
        return registry.carrier(self.slug, connection, transport.tenant("tenant"))

    @pytest.fixture
    def carrier(self, sandbox: Sandbox, transport: Transport) -> CarrierAdapter:
        return self.make(self.connection(sandbox), transport)

    @pytest.fixture
    def buyer(self, tmp_path: Path, transport: Transport) -> Iterator[Buyer]:
        with open_buyer(tmp_path, transport, self.slug) as buyer:
            yield buyer

    def rate_request(self, **changes: Any) -> RateRequest:
        lane = {"ship_from": self.ship_from, "ship_to": self.ship_to, "parcels": self.parcels}
        return a_rate_request(**{**lane, **changes})

    def label_request(self, rate: Rate, reference: str = REFERENCE, **changes: Any) -> LabelRequest:
        lane = {"ship_from": self.ship_from, "ship_to": self.ship_to, "parcels": self.parcels}
        return a_label_request(rate, reference, **{**lane, **changes})

    async def wanted(self, carrier: CarrierAdapter, reference: str = REFERENCE, **changes: Any) -> LabelRequest:
        return self.label_request((await carrier.rates(self.rate_request()))[0], reference, **changes)

    async def buy(self, carrier: CarrierAdapter, reference: str = REFERENCE) -> Label:
        return await carrier.buy_label(await self.wanted(carrier, reference))

    def live(self, sandbox: Sandbox) -> list[str]:
        return [each["tracking_number"] for each in sandbox.ledger()["labels"] if not each["voided"]]
