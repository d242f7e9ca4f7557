"""Terrapost keeps the carrier contract."""

from __future__ import annotations

import pytest

from tests.contracts.carrier_contract import BaseCarrierContract

pytestmark = pytest.mark.anyio


class TestTerrapost(BaseCarrierContract):
    slug = "terrapost"
    api_key = "sandbox-id:sandbox-secret"
