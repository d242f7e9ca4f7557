"""Parcels that do not simply arrive: by the scenario of their order, or because somebody scans them so."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from connector_service.sandbox.carriers.fedex.tracking import EVENTS
from connector_service.sandbox.carriers.ups.tracking import STATUS
from connector_service.sandbox.models import ScanKind
from tests.contracts.carrier_contract import a_label_request, a_rate_request
from tests.contracts.sandbox_process import Sandbox, until
from tests.sandbox.conftest import Partner

pytestmark = pytest.mark.anyio

WAY = ["label_created", "picked_up", "in_transit"]
ASTRAY = ["delivery_failed", "address_correction", "delayed", "damaged", "lost", "return_to_sender"]
KINDS = get_args(ScanKind)


async def scans_of_a_parcel(partner: Partner, sandbox: Sandbox, last: str) -> list[str]:
    """Its scans in the sandbox's words, once the last one was made."""
    carrier = partner.carrier(sandbox, "swiftparcel")
    label = await carrier.buy_label(a_label_request((await carrier.rates(a_rate_request()))[0]))

    async def there() -> list[str] | None:
        scans: list[str] = sandbox.ledger()["labels"][0]["scans"]
        return scans if last in scans else None

    scans = await until(there)
    assert len(await carrier.track(label.tracking_number)) == len(scans)
    return scans


@pytest.mark.parametrize("scenario", ASTRAY)
async def test_the_parcel_of_an_order_goes_astray_though_others_stay_at_the_depot(
    partner: Partner, sandbox: Sandbox, scenario: str
) -> None:
    sandbox.put("scenarios", {"SO-1": scenario})
    assert await scans_of_a_parcel(partner, sandbox, scenario) == [*WAY, scenario]


@pytest.mark.parametrize("scenario", ["delivery_failed", "delayed", "address_correction", "damaged"])
async def test_a_parcel_that_was_held_up_arrives_in_the_end(partner: Partner, sandbox: Sandbox, scenario: str) -> None:
    sandbox.put("timing", {"speed": 50, "journey": "delivered"})
    sandbox.put("scenarios", {"SO-1": scenario})
    assert await scans_of_a_parcel(partner, sandbox, "delivered") == [*WAY, scenario, "delivered"]


async def test_a_parcel_is_scanned_when_told_and_then_goes_on(partner: Partner, sandbox: Sandbox) -> None:
    sandbox.put("timing", {"journey": "picked_up", "pickup_ms": 60_000})
    carrier = partner.carrier(sandbox, "terrapost")
    label = await carrier.buy_label(a_label_request((await carrier.rates(a_rate_request()))[0]))

    def scan(kind: str) -> Any:
        happening = {"tracking_number": label.tracking_number, "kind": kind}
        return sandbox.control.post("scan", json=happening).raise_for_status().json()["scans"]

    assert scan("delayed") == ["label_created", "delayed"]
    assert scan("delayed") == ["label_created", "delayed", "delayed"]
    events = await carrier.track(label.tracking_number)
    assert len({event.event_id for event in events}) == 3
    sandbox.put("timing", {"journey": "delivered", "speed": 50})
    assert scan("out_for_delivery")[-1] == "out_for_delivery"

    async def delivered() -> bool:
        return bool(sandbox.ledger()["labels"][0]["scans"][-1] == "delivered")

    await until(delivered)
    scans = sandbox.ledger()["labels"][0]["scans"]
    begun = ["label_created", "delayed", "delayed", "out_for_delivery"]
    assert scans == [*begun, "picked_up", "in_transit", "delivered"]


@pytest.mark.parametrize("end", ["delivered", "lost", "return_to_sender"])
async def test_nothing_happens_by_itself_after_the_end(partner: Partner, sandbox: Sandbox, end: str) -> None:
    sandbox.put("timing", {"journey": "delivered", "pickup_ms": 200})
    carrier = partner.carrier(sandbox, "swiftparcel")
    rate = (await carrier.rates(a_rate_request()))[0]
    ended = await carrier.buy_label(a_label_request(rate, "one"))
    sandbox.control.post("scan", json={"tracking_number": ended.tracking_number, "kind": end}).raise_for_status()
    await carrier.buy_label(a_label_request(rate, "two"))

    async def the_other_arrived() -> bool:
        return bool(sandbox.ledger()["labels"][1]["scans"][-1] == "delivered")

    await until(the_other_arrived)
    assert sandbox.ledger()["labels"][0]["scans"] == ["label_created", end]


@pytest.mark.parametrize(
    ("what", "status"),
    [({"tracking_number": "nowhere", "kind": "lost"}, 404), ({"tracking_number": "nowhere", "kind": "eaten"}, 422)],
)
def test_a_mistaken_scan_is_refused(sandbox: Sandbox, what: dict[str, str], status: int) -> None:
    assert sandbox.control.post("scan", json=what).status_code == status


def test_ups_and_fedex_have_words_for_everything_that_can_happen() -> None:
    assert set(STATUS) == set(EVENTS) == set(KINDS)
    assert len({(each.type, each.code) for each in STATUS.values()}) == len(KINDS)
    assert len({(each.type, each.exception) for each in EVENTS.values()}) == len(KINDS)
