from __future__ import annotations

import pytest

from connector_service.adapters.carrier_contract import Rate
from connector_service.errors import VendorUnreachable
from tests.contracts.carrier_contract import a_label_request, a_rate_request
from tests.contracts.sandbox_process import Sandbox, until
from tests.sandbox.conftest import Partner

pytestmark = pytest.mark.anyio

CARRIERS = ("swiftparcel", "terrapost")


async def offers(partner: Partner, sandbox: Sandbox) -> list[Rate]:
    return [rate for slug in CARRIERS for rate in await partner.carrier(sandbox, slug).rates(a_rate_request())]


async def test_the_express_carrier_is_faster_and_dearer(partner: Partner, sandbox: Sandbox) -> None:
    rates = await offers(partner, sandbox)
    swift = [rate for rate in rates if rate.carrier == "swiftparcel"]
    terra = [rate for rate in rates if rate.carrier == "terrapost"]
    assert max(rate.transit_days for rate in swift) < min(rate.transit_days for rate in terra)
    assert min(rate.cost_minor for rate in swift) > max(rate.cost_minor for rate in terra)


@pytest.mark.parametrize("slug", CARRIERS)
async def test_slow_transit_is_quoted_as_usual_and_makes_the_label_late(
    partner: Partner, sandbox: Sandbox, slug: str
) -> None:
    usual = await offers(partner, sandbox)
    sandbox.put("scenarios", {"SO-1": "slow_transit"})
    assert [rate.transit_days for rate in await offers(partner, sandbox)] == [rate.transit_days for rate in usual]
    carrier = partner.carrier(sandbox, slug)
    rate = (await carrier.rates(a_rate_request()))[0]
    assert (await carrier.buy_label(a_label_request(rate))).transit_days > max(each.transit_days for each in usual)


async def test_carrier_down_is_for_one_order_and_both_carriers(partner: Partner, sandbox: Sandbox) -> None:
    sandbox.put("scenarios", {"SO-1": "carrier_down"})
    for slug in CARRIERS:
        carrier = partner.carrier(sandbox, slug)
        with pytest.raises(VendorUnreachable):
            await carrier.rates(a_rate_request())
        assert await carrier.rates(a_rate_request(order_number="SO-2"))


@pytest.mark.parametrize("slug", CARRIERS)
@pytest.mark.parametrize("scenario", ["label_bad_checksum", "label_wrong_address"])
async def test_a_parcel_with_a_flawed_label_is_not_collected_so_the_label_may_be_voided(
    partner: Partner, sandbox: Sandbox, slug: str, scenario: str
) -> None:
    sandbox.put("scenarios", {"SO-1": scenario, "SO-2": None})
    carrier = partner.carrier(sandbox, slug)
    flawed = await carrier.buy_label(a_label_request((await carrier.rates(a_rate_request()))[0]))
    sandbox.put("scenarios", {"SO-1": None})
    sound = await carrier.buy_label(a_label_request((await carrier.rates(a_rate_request()))[0], "another"))

    async def collected() -> bool:
        return len(await carrier.track(sound.tracking_number)) == 2

    await until(collected)
    assert len(await carrier.track(flawed.tracking_number)) == 1
    await carrier.void_label(flawed)


async def test_parcels_are_collected_and_go_no_further_unless_told(partner: Partner, sandbox: Sandbox) -> None:
    carrier = partner.carrier(sandbox, "swiftparcel")
    rate = (await carrier.rates(a_rate_request()))[0]
    first = await carrier.buy_label(a_label_request(rate, "first"))

    async def collected() -> bool:
        return len(await carrier.track(first.tracking_number)) == 2

    await until(collected)
    sandbox.put("timing", {"journey": "delivered", "speed": 50})
    second = await carrier.buy_label(a_label_request(rate, "second"))

    async def delivered() -> bool:
        return len(await carrier.track(second.tracking_number)) == 4

    await until(delivered)
    assert len(await carrier.track(first.tracking_number)) == 2


async def test_the_ledger_counts_labels_and_calls_from_the_vendors_own_view(partner: Partner, sandbox: Sandbox) -> None:
    for slug in CARRIERS:
        carrier = partner.carrier(sandbox, slug)
        rate = (await carrier.rates(a_rate_request()))[0]
        for _ in range(2):
            await carrier.buy_label(a_label_request(rate, "ref"))
    ledger = sandbox.ledger()
    assert [(label["vendor"], label["reference"]) for label in ledger["labels"]] == [
        ("swiftparcel", "ref"),
        ("terrapost", "ref"),
        ("terrapost", "ref"),
    ]
    assert ledger["calls"]["swiftparcel"] == {"rates": 1, "buy_label": 2}
    assert ledger["calls"]["terrapost"] == {"token": 1, "rates": 1, "buy_label": 2}
