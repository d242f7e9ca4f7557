"""FedEx keeps the carrier contract."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from tests.contracts.carrier_contract import BaseCarrierContract

pytestmark = pytest.mark.anyio


class TestFedex(BaseCarrierContract):
    slug = "fedex"
    api_key = "sandbox-id:sandbox-secret"
    settings: ClassVar[dict[str, Any]] = {
        "account_number": "740561073",
        "account_country": "DE",
        "sites": {"*": {"line1": "Kai 1", "phone": "0431"}},
    }
    formats = ("zpl", "pdf")
    echoes_address = False
    remembers_voids = False
    dates_webhooks = False
