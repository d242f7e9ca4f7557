"""UPS keeps the carrier contract."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from tests.contracts.carrier_contract import BaseCarrierContract

pytestmark = pytest.mark.anyio


class TestUps(BaseCarrierContract):
    slug = "ups"
    api_key = "sandbox-id:sandbox-secret"
    settings: ClassVar[dict[str, Any]] = {
        "account_number": "A1B2C3",
        "account_country": "DE",
        "sites": {"*": {"line1": "Kai 1", "phone": "0431"}},
    }
    formats = ("zpl", "pdf")
    own_currency = "EUR"
    echoes_address = False
    signs_webhooks = False
    dates_webhooks = False
