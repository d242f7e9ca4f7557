"""The carrier contract for carriers that send no webhooks, each on a lane that it serves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from canonical_models import Address, Location, Parcel
from connector_service.adapters.carrier_contract import Customs
from connector_service.adapters.contracts import Capability
from tests.adapters.native_carriers import KEY, SITE
from tests.contracts import carrier_contract, carrier_requests
from tests.contracts.carrier_contract import BaseCarrierContract
from tests.contracts.carrier_requests import CUSTOMS, PARCELS

IN_DOUBT = {
    "test_a_purchase_whose_answer_was_lost_is_one_label": "a purchase in doubt is refused until a person has looked",
    "test_a_purchase_is_sent_once_and_a_lost_answer_costs_no_second_label": "and another process does not know of it",
}
"""For carriers that neither know a repeated purchase nor can be asked; their own tests show that none is repeated."""
ONE_PARCEL = (PARCELS[0].model_copy(update={"weight_g": 1_300}),)


class NativeCarrierContract(BaseCarrierContract):
    """Subclass with the lane, and with `elsewhere`: what the contract asks that this carrier cannot do, and why."""

    api_key = KEY
    formats = ("zpl", "pdf")
    settings: ClassVar[dict[str, Any]] = {"account_number": "123456789", "sites": {"*": SITE}}
    ship_from: ClassVar[Location] = carrier_contract.WAREHOUSE
    ship_to: ClassVar[Address] = carrier_contract.BUYER
    parcels: ClassVar[tuple[Parcel, ...]] = PARCELS
    customs: ClassVar[Customs] = CUSTOMS
    elsewhere: ClassVar[Mapping[str, str]] = {}

    @pytest.fixture(autouse=True)
    def lane(self, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
        name = request.node.name.partition("[")[0]
        if (
            "webhook" in name or name == "test_header_names_may_come_in_any_case"
        ) and Capability.WEBHOOKS not in self.capabilities:
            pytest.skip(f"{self.slug} sends no webhooks")
        if name in self.elsewhere:
            pytest.skip(f"{self.slug}: {self.elsewhere[name]}")
        lane = {"WAREHOUSE": self.ship_from, "BUYER": self.ship_to, "PARCELS": self.parcels, "CUSTOMS": self.customs}
        for module in (carrier_contract, carrier_requests):  # requests are made in one, compared in the other
            for constant, value in lane.items():
                monkeypatch.setattr(module, constant, value)
