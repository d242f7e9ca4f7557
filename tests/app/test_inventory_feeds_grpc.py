"""The gRPC feed of a connector that has a port for it, with the keys that HTTP takes; none without a port."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from canonical_models import InventoryPosition
from connector_service.app import create_app
from connector_service.app.services import Services
from connector_service.clock import FakeClock
from connector_service.feeds.inventory_pb2 import Update, UpdateBatch
from connector_service.feeds.inventory_pb2_grpc import InventoryFeedStub
from connector_service.orders.work import Work
from connector_service.rules_engine import RuleBook
from connector_service.settings import Settings
from connector_service.store import tenants
from tests.feeds.senders import free_port
from tests.house import RULES, furnish

pytestmark = pytest.mark.anyio


async def test_a_stream_goes_into_the_stock_of_the_tenant_whose_key_it_has(
    tmp_path: Path, shipped_rules: RuleBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RuleBook, "load", lambda *_: shipped_rules)
    clock, port = FakeClock(), free_port()
    app = create_app(Settings(database=tmp_path / "app.sqlite", rules=RULES, grpc_port=port), clock)
    async with app.router.lifespan_context(app):
        services: Services = app.state.services
        store = services.store
        keys = {}
        for tenant_id in ("acme", "other"):
            tenants.add_tenant(store.reader, tenant_id, tenant_id, clock.now())
            keys[tenant_id] = tenants.add_api_key(store.reader, tenant_id, "feed", clock.now())
            await store.write(tenant_id, lambda tx: furnish(Work(tx, shipped_rules.of(tx.tenant_id), "tests")))
        as_of = Timestamp()
        as_of.FromDatetime(clock.now())
        update = Update(sku="TEE", location_id="east", on_hand=77)
        batch = UpdateBatch(source="wms", as_of=as_of, updates=[update])
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            send: Any = InventoryFeedStub(channel).Send
            said = await send(iter([batch]), metadata=(("authorization", f"Bearer {keys['acme']}"),))
            with pytest.raises(grpc.aio.AioRpcError):
                await send(iter([batch]), metadata=(("authorization", "Bearer dk_unknown"),))
        assert (said.accepted, said.changed) == (1, 1)
        found = {each: store.read(each).get(InventoryPosition, "east/TEE/").on_hand for each in keys}
        assert found == {"acme": 77, "other": 20}
        (event,) = store.read("acme").stream("east/TEE/")[-1:]
        assert (event.data["actor"], event.data["source"]) == ("feed via gRPC", "wms")


def test_grpc_costs_nothing_where_no_port_is_set() -> None:
    words = "import sys, connector_service.app; sys.exit('grpc' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", words], check=False).returncode == 0
