"""Northdock keeps the warehouse contract."""

from __future__ import annotations

import pytest

from tests.contracts.warehouse_contract import BaseWarehouseContract

pytestmark = pytest.mark.anyio


class TestNorthdock(BaseWarehouseContract):
    slug = "northdock"
