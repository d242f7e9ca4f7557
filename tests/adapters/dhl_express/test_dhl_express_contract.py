"""DHL Express keeps the carrier contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from tests.adapters.native_carriers import KEY, NATIVE
from tests.contracts.carrier_contract import BaseCarrierContract

pytestmark = pytest.mark.anyio


class TestDhlExpress(BaseCarrierContract):
    slug = "dhl_express"
    api_key = KEY
    formats = ("zpl", "pdf")
    own_currency = "EUR"
    settings: ClassVar[dict[str, Any]] = NATIVE
    elsewhere: ClassVar[Mapping[str, str]] = {
        "test_what_crosses_a_border_comes_with_its_invoice": "nothing is declared within the European Union",
    }
