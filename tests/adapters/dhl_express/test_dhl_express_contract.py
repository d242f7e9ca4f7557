"""DhlExpress keeps the carrier contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pytest

from tests.adapters.native_contract import IN_DOUBT, NativeCarrierContract

pytestmark = pytest.mark.anyio


class TestDhlExpress(NativeCarrierContract):
    slug = "dhl_express"
    own_currency = "EUR"
    elsewhere: ClassVar[Mapping[str, str]] = {
        **IN_DOUBT,
        "test_a_voided_reference_is_spent": "it takes no shipment back",
        "test_a_collected_parcel_keeps_its_label": "it takes no shipment back",
        "test_what_crosses_a_border_comes_with_its_invoice": "nothing is declared within the European Union",
    }
