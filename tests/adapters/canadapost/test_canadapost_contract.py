"""Canada Post keeps the carrier contract, for one parcel within Canada."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pytest

from tests.adapters.native_carriers import HALIFAX, OTTAWA
from tests.adapters.native_contract import ONE_PARCEL, NativeCarrierContract

pytestmark = pytest.mark.anyio


class TestCanadaPost(NativeCarrierContract):
    slug = "canadapost"
    own_currency = "CAD"
    remembers_voids = False
    ship_from = OTTAWA
    ship_to = HALIFAX
    parcels = ONE_PARCEL
    elsewhere: ClassVar[Mapping[str, str]] = {
        "test_a_price_in_another_currency_stays_in_it": "its prices name no currency: they are Canadian dollars",
        "test_what_crosses_a_border_comes_with_its_invoice": "its label is the customs form, too",
    }
