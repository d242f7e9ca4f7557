from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest

from canonical_models import Address
from connector_service.adapters.carrier_contract import LabelRequest
from connector_service.adapters.carriers.dhl_express.client import DhlExpress
from connector_service.adapters.http import Transport, open_client
from connector_service.clock import SystemClock
from connector_service.errors import VendorRejected
from tests.adapters.native_carriers import (
    AUSTIN,
    GOODS,
    KIEL,
    LYON,
    PARCEL,
    SMALL,
    a_label_request,
    a_rate_request,
    adapter,
)
from tests.contracts.sandbox_process import Sandbox

pytestmark = pytest.mark.anyio


@pytest.fixture
async def transport(sandbox: Sandbox) -> AsyncIterator[Transport]:
    sandbox.fresh()
    transport = Transport(open_client(), SystemClock())
    yield transport
    await transport.aclose()


@pytest.fixture
def carrier(sandbox: Sandbox, transport: Transport) -> DhlExpress:
    made = adapter("dhl_express", sandbox, transport)
    assert isinstance(made, DhlExpress)
    return made


async def a_request(
    carrier: DhlExpress, to: Address = LYON, service: str | None = None, **changes: Any
) -> LabelRequest:
    rates = await carrier.rates(a_rate_request(KIEL, to))
    rate = next(rate for rate in rates if service in (None, rate.service))
    return a_label_request(rate, KIEL, to, **changes)


async def test_rates_are_in_the_currency_of_the_account(carrier: DhlExpress) -> None:
    rates = await carrier.rates(a_rate_request(KIEL, LYON, currency="JPY"))
    assert [rate.service for rate in rates] == ["E", "Y", "U", "H"]
    assert {rate.currency for rate in rates} == {"EUR"}
    assert all(rate.cost_minor > 0 and rate.transit_days > 0 and not rate.transit_estimated for rate in rates)


async def test_every_gram_counts(carrier: DhlExpress, sandbox: Sandbox) -> None:
    label = await carrier.buy_label(await a_request(carrier, parcels=(PARCEL, SMALL)))
    assert label.weight_g == sandbox.ledger()["labels"][0]["weight_g"] == 1_301


async def test_a_label_may_be_a_pdf_of_all_pieces(carrier: DhlExpress) -> None:
    label = await carrier.buy_label(await a_request(carrier, parcels=(PARCEL, SMALL), format="pdf"))
    (document,) = label.documents
    pdf = base64.b64decode(document.content)
    assert (document.format, pdf[:4], pdf.count(b"/Type/Page/")) == ("pdf", b"%PDF", 2)


async def test_through_customs_an_invoice_to_the_cent_comes_with_the_label(carrier: DhlExpress) -> None:
    label = await carrier.buy_label(await a_request(carrier, AUSTIN, "P", customs=GOODS))
    assert [(each.kind, each.format) for each in label.documents] == [("label", "zpl"), ("commercial_invoice", "pdf")]
    invoice = base64.b64decode(label.documents[1].content)
    assert b"INV-7" in invoice
    assert b"2 PCS at 19.99 EUR, from PT" in invoice
    assert b"Total 47.48 EUR" in invoice


async def test_through_customs_without_goods_nothing_is_bought(carrier: DhlExpress, sandbox: Sandbox) -> None:
    with pytest.raises(VendorRejected, match="customs"):
        await carrier.buy_label(await a_request(carrier, AUSTIN, "P"))
    assert sandbox.ledger()["labels"] == []


async def test_a_location_without_a_street_is_named(
    sandbox: Sandbox, transport: Transport, carrier: DhlExpress
) -> None:
    homeless = adapter("dhl_express", sandbox, transport, sites={})
    with pytest.raises(VendorRejected, match="street of location LOC-A"):
        await homeless.buy_label(await a_request(carrier))
