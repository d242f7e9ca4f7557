"""The regional carrier keeps the part of the carrier contract that does not need a vendor's process.

Not applicable to a carrier without an API: credentials, vendor faults, lost answers, scenarios of the sandbox. What the
contract says of labels, voiding and tracking is checked in `test_regional.py` over a real store.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connector_service.adapters import registry
from connector_service.adapters.carrier_contract import PROTOCOLS
from connector_service.adapters.contracts import Connection
from connector_service.adapters.http import Transport, open_client
from connector_service.carriers.stored import StoredLabels, StoredTables
from connector_service.clock import Clock, FakeClock
from connector_service.store import Store
from tests.contracts.adapter_contract import AdapterContract
from tests.contracts.recorded import RECORDED_SECRET

pytestmark = pytest.mark.anyio


class TestRegional(AdapterContract):
    slug = "regional"

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def make(self, connection: Connection, transport: Transport) -> Any:
        return registry.carrier(self.slug, connection, transport.tenant("tenant"))

    def recorded_adapter(self, clock: Clock) -> Any:
        store = Store(self.folder / "desk.sqlite", clock)
        desk = StoredLabels(store, StoredTables(store))
        settings = registry.CARRIERS[self.slug].settings.model_validate({"webhook_secret": RECORDED_SECRET})
        return self.make(settings, Transport(open_client(), clock, desk=desk))

    def test_it_offers_exactly_what_it_declares(self) -> None:

        adapter = self.recorded_adapter(FakeClock())
        declared = registry.CARRIERS[self.slug].capabilities
        for capability, protocol in PROTOCOLS.items():
            assert isinstance(adapter, protocol) == (capability in declared), capability
