"""An installation that was only set up, and one that runs: connector and sandbox as real processes, without n8n."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connector_service.cli.connector import Connector
from connector_service.local.home import Home
from connector_service.local.stack import Stack, Wanted
from connector_service.local.tenant_setup import set_up_tenant
from tests.cli.commands import Dockline, dockline_in


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A database with the tenant `demo`; nothing runs."""
    made = Home(tmp_path / ".dockline")
    set_up_tenant(made, datetime.now(UTC))
    return made


@pytest.fixture
def dockline(home: Home) -> Dockline:
    return dockline_in(home.folder)


@dataclass(frozen=True)
class Running:
    """An installation that runs, and its command."""

    home: Home
    dockline: Dockline

    def send_order(self, number: str, **changes: object) -> dict[str, object]:
        """An order as it comes in; the answer."""
        order = {
            "number": number,
            "currency": "USD",
            "payment_state": "captured",
            "ship_to": {"name": "Ava Reed", "line1": "1 Main St", "city": "Boston", "region": "MA"},
            "lines": [{"line_id": "1", "sku": "MUG-STONE-350", "quantity_ordered": 2}],
            "totals": {"total_minor": 3200},
        }
        order["ship_to"] |= {"postal_code": "02108", "country": "US"}  # type: ignore[operator]
        with Connector(self.home) as connector:
            return connector.post("/v1/orders", {**order, **changes})

    def call(self, node: str, item: dict[str, object]) -> dict[str, object]:
        """One node on one item; its only result."""
        with Connector(self.home) as connector:
            result: dict[str, object] = connector.post(f"/v1/nodes/{node}", {"items": [item]})["results"][0]
            return result


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = Home(tmp_path_factory.mktemp("running") / ".dockline")
    stack = Stack(home, lambda line: None)
    try:
        stack.up(Wanted(n8n=False))
        yield Running(home, dockline_in(home.folder))
    finally:
        stack.down()
