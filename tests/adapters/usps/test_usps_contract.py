"""The Postal Service keeps the carrier contract, for one parcel within the United States."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from tests.adapters.native_carriers import AUSTIN, KEY, NATIVE, ONE_PARCEL, PORTLAND
from tests.contracts.carrier_contract import BaseCarrierContract

pytestmark = pytest.mark.anyio


class TestUsps(BaseCarrierContract):
    slug = "usps"
    api_key = KEY
    formats = ("zpl", "pdf")
    own_currency = "USD"
    settings: ClassVar[dict[str, Any]] = {**NATIVE, "crid": "12345678", "mid": "900000001"}
    ship_from = PORTLAND
    ship_to = AUSTIN
    parcels = ONE_PARCEL
    elsewhere: ClassVar[Mapping[str, str]] = {
        "test_a_reference_as_long_as_ours_are_is_kept_whole": "it takes 30 characters: the last of them",
        "test_a_price_in_another_currency_stays_in_it": "its prices name no currency: they are dollars",
        "test_what_crosses_a_border_comes_with_its_invoice": "its parcels cross none",
    }
