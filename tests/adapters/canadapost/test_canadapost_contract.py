"""Canada Post keeps the carrier contract, for one parcel within Canada."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from tests.adapters.native_carriers import HALIFAX, KEY, NATIVE, ONE_PARCEL, OTTAWA
from tests.contracts.carrier_contract import BaseCarrierContract

pytestmark = pytest.mark.anyio


class TestCanadaPost(BaseCarrierContract):
    slug = "canadapost"
    api_key = KEY
    formats = ("zpl", "pdf")
    own_currency = "CAD"
    settings: ClassVar[dict[str, Any]] = NATIVE
    ship_from = OTTAWA
    ship_to = HALIFAX
    parcels = ONE_PARCEL
    elsewhere: ClassVar[Mapping[str, str]] = {
        "test_a_price_in_another_currency_stays_in_it": "its prices name no currency: they are Canadian dollars",
        "test_what_crosses_a_border_comes_with_its_invoice": "its label is the customs form, too",
    }
