"""Every carrier's own code for an address it doubts is one canonical kind."""

from __future__ import annotations

import pytest

from canonical_models import TrackingType
from connector_service.adapters.carriers.canadapost import codes as canadapost
from connector_service.adapters.carriers.dhl_express import codes as dhl_express
from connector_service.adapters.carriers.fedex import codes as fedex
from connector_service.adapters.carriers.ups import codes as ups
from connector_service.adapters.carriers.usps import codes as usps


@pytest.mark.parametrize(
    "said",
    [
        ups.meaning("X", "IA"),
        fedex.meaning("SE", "03"),
        dhl_express.CHECKPOINTS["BA"],
        usps.EVENTS["05"],
        canadapost.meaning("0173"),
    ],
    ids=["ups", "fedex", "dhl_express", "usps", "canadapost"],
)
def test_an_address_that_the_carrier_corrects_is_told_as_such(said: TrackingType | None) -> None:
    assert said is TrackingType.ADDRESS_CORRECTION
