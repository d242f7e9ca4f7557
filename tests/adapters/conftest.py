"""One sandbox process for all adapter tests; each test starts it afresh through its control API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contracts.sandbox_process import Sandbox, sandbox_process


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with sandbox_process() as running:
        yield running
