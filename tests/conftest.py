"""Fixtures shared by all tests of the connector: the shipped rules, a clock that a test moves, a sandbox, a house."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from connector_service.clock import FakeClock
from connector_service.rules_engine import RuleBook
from tests.contracts.sandbox_process import Sandbox, sandbox_process
from tests.house import RULES, House, open_house


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def shipped_rules() -> RuleBook:
    return RuleBook.load(RULES)


@pytest.fixture(scope="session")
def vendors() -> Iterator[Sandbox]:
    """One sandbox process for the session; `full_house` starts it afresh for each test."""
    with sandbox_process() as running:
        yield running


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def house(tmp_path: Path, shipped_rules: RuleBook, clock: FakeClock) -> AsyncIterator[House]:
    """A tenant with catalog and stock whose warehouses and carriers are not asked."""
    async with open_house(tmp_path / "house.sqlite", shipped_rules, clock) as opened:
        yield opened


@pytest.fixture
async def full_house(
    tmp_path: Path, shipped_rules: RuleBook, clock: FakeClock, vendors: Sandbox
) -> AsyncIterator[House]:
    """A tenant whose warehouses and carriers are a running sandbox."""
    async with open_house(tmp_path / "house.sqlite", shipped_rules, clock, vendors) as opened:
        yield opened
