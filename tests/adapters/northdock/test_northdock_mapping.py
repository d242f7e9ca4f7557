from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from canonical_models import Dimensions
from connector_service.adapters.contracts import StockCount, WarehouseLine, WarehouseReport
from connector_service.adapters.shapes import Unreadable
from connector_service.adapters.wms.northdock import mapping
from tests.contracts.mangled import mangled
from tests.contracts.recorded import recorded_answer, recorded_webhook
from tests.contracts.warehouse_contract import an_order

PACKED = recorded_answer("northdock", "packed")
COUNTS = recorded_answer("northdock", "counts")


def test_a_packed_order_has_a_weighed_and_measured_parcel() -> None:
    report = mapping.report(PACKED)
    assert (report.status, report.reference) == ("packed", "shp-1")
    (parcel,) = report.parcels
    assert parcel.weight_g == 2 * 180 + 350 + 120
    assert parcel.dims_mm == Dimensions(length_mm=100, width_mm=100, height_mm=41)
    assert parcel.sscc
    assert len(parcel.sscc) == 18


def test_an_empty_batch_is_no_lot() -> None:
    assert [line.lot for line in mapping.report(PACKED).lines] == ["L1", None]


def test_the_webhook_says_what_the_answer_says() -> None:
    assert mapping.reports(recorded_webhook("northdock", "webhook").body)[-1] == mapping.report(PACKED)


def test_batch_states_become_lot_statuses() -> None:
    assert StockCount("TEE-M", "L2", 7, "recalled") in mapping.counts(COUNTS)


@pytest.mark.parametrize(("priority", "number"), [("express", 1), ("standard", 5), ("someday", 5)])
def test_express_goes_first(priority: str, number: int) -> None:
    assert mapping.order_body(an_order(priority=priority))["Priority"] == number


def test_serial_numbers_that_were_claimed_go_along() -> None:
    lines = (WarehouseLine("1", "TEE-M", 2, None, ("S1", "S2")), WarehouseLine("2", "MUG", 1, None))
    assert [line["Serials"] for line in mapping.order_body(an_order(lines=lines))["Lines"]] == [["S1", "S2"], []]


def test_a_refusal_is_its_text_and_code() -> None:
    assert mapping.refusal(recorded_answer("northdock", "refusal")).endswith("(UNAUTHORIZED)")
    assert mapping.refusal(b"<html>\x00nginx</html>") == "<html> nginx</html>"


@given(mangled(PACKED))
def test_a_mangled_report_is_read_or_refused_and_nothing_else(body: bytes) -> None:
    with suppress(ValidationError, Unreadable):
        assert isinstance(mapping.report(body), WarehouseReport)


@given(st.one_of(mangled(COUNTS), st.binary(max_size=200)))
def test_mangled_counts_are_read_or_refused_and_nothing_else(body: bytes) -> None:
    with suppress(ValidationError, Unreadable):
        assert all(count.on_hand >= 0 for count in mapping.counts(body))
