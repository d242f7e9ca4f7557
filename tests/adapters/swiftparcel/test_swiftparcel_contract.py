"""Swiftparcel keeps the carrier contract."""

from __future__ import annotations

import pytest

from tests.contracts.carrier_contract import BaseCarrierContract

pytestmark = pytest.mark.anyio


class TestSwiftparcel(BaseCarrierContract):
    slug = "swiftparcel"
