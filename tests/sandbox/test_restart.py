from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from connector_service.adapters.carrier_contract import finds_labels
from connector_service.errors import VendorRejected
from tests.contracts.carrier_contract import a_label_request, a_rate_request
from tests.contracts.sandbox_process import Receiver, Sandbox, sandbox_process, until
from tests.contracts.warehouse_contract import an_order
from tests.sandbox.conftest import SECRET, Partner, ended

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


def stop(sandbox: Sandbox, how: signal.Signals) -> None:
    sandbox.process.send_signal(how)
    sandbox.process.wait(20)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_labels_and_orders_outlive_the_process(tmp_path: Path, partner: Partner, how: signal.Signals) -> None:
    options = ("--state", str(tmp_path / "state"))
    with sandbox_process(*options) as sandbox:
        sandbox.fresh()
        sandbox.put("timing", {"journey": "label_created", "accepted_ms": 60_000})
        reference = await partner.warehouse(sandbox).release(an_order("ref"))
        labels = []
        for slug in ("swiftparcel", "terrapost"):
            carrier = partner.carrier(sandbox, slug)
            rate = (await carrier.rates(a_rate_request()))[0]
            labels.append(await carrier.buy_label(a_label_request(rate)))
        await carrier.void_label(labels[1])
        before = sandbox.ledger()
        stop(sandbox, how)
    with sandbox_process(*options) as sandbox:
        after = sandbox.ledger()
        assert (after["releases"], after["labels"]) == (before["releases"], before["labels"])
        assert await partner.warehouse(sandbox).release(an_order("ref")) == reference
        assert await partner.carrier(sandbox, "swiftparcel").buy_label(a_label_request(rate)) == labels[0]
        with pytest.raises(VendorRejected, match="voided"):
            await finds_labels("terrapost", partner.carrier(sandbox, "terrapost")).find_label(labels[1].reference)


UPS_SHIPMENT = {
    "Shipper": {"Name": "North", "Address": {"AddressLine": ["1 Dock Road"], "CountryCode": "US"}},
    "ShipTo": {"Name": "Ana", "Address": {"AddressLine": ["12 Elm Street"], "CountryCode": "US"}},
    "Service": {"Code": "03"},
    "Package": [{"PackageWeight": {"UnitOfMeasurement": {"Code": "LBS"}, "Weight": "2"}}] * 2,
    "ReferenceNumber": {"Value": "REF-1"},
}


@contextmanager
def ups(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """A client with a token of its own: tokens end with the process."""
    with httpx.Client(base_url=f"{sandbox.url}/ups", timeout=20) as client:
        grant = {"grant_type": "client_credentials"}
        token = client.post("/security/v1/oauth/token", auth=("sandbox-id", "sandbox-secret"), data=grant).json()
        client.headers["authorization"] = f"Bearer {token['access_token']}"
        yield client


async def test_a_killed_ups_still_has_its_labels_pieces_and_pickups(tmp_path: Path) -> None:
    options = ("--state", str(tmp_path / "state"))
    ship = {"Shipment": UPS_SHIPMENT, "LabelSpecification": {"LabelImageFormat": {"Code": "ZPL"}}}
    times = {"PickupDate": "29991231", "ReadyTime": "0900", "CloseTime": "1700"}
    pickup = {"PickupDateInfo": times, "PickupAddress": {"CountryCode": "US"}, "PickupPiece": [{"Quantity": "1"}]}
    by = {"ReferenceValues": {"ReferenceNumber": {"Value": "REF-1"}}}
    with sandbox_process(*options) as sandbox:
        sandbox.fresh()
        sandbox.put("timing", {"journey": "in_transit", "pickup_ms": 300})
        with ups(sandbox) as client:
            answer = client.post("/api/shipments/v2409/ship", json={"ShipmentRequest": ship})
            bought = answer.json()["ShipmentResponse"]["ShipmentResults"]
            client.post("/api/pickupcreation/v2409/pickup", json={"PickupCreationRequest": pickup}).raise_for_status()
        before = sandbox.ledger()
        stop(sandbox, signal.SIGKILL)
    with sandbox_process(*options) as sandbox, ups(sandbox) as client:
        after = sandbox.ledger()
        assert after["pickups"] == before["pickups"] != []
        found = client.post("/api/labels/v1/recovery", json={"LabelRecoveryRequest": by}).json()
        again = found["LabelRecoveryResponse"]["LabelResults"]
        assert [each["LabelImage"]["GraphicImage"] for each in again] == [
            each["ShippingLabel"]["GraphicImage"] for each in bought["PackageResults"]
        ]

        async def under_way() -> bool:
            return bool(sandbox.ledger()["labels"][0]["scans"] == ["label_created", "picked_up", "in_transit"])

        await until(under_way)


async def test_work_goes_on_and_news_is_told_after_a_kill(tmp_path: Path, partner: Partner, receiver: Receiver) -> None:
    options = ("--state", str(tmp_path / "state"))
    with sandbox_process(*options) as sandbox:
        sandbox.fresh()
        sandbox.put("webhooks", {"northdock": {"url": receiver.url, "secret": SECRET}})
        sandbox.put("timing", {"accepted_ms": 0, "picking_ms": 60_000, "webhook_ms": 60_000})
        await partner.warehouse(sandbox).release(an_order("ref"))

        async def picking() -> bool:
            return (await partner.warehouse(sandbox).status("ref")).status == "picking"

        await until(picking)
        sandbox.put("timing", {"speed": 50, "webhook_ms": 1})
        stop(sandbox, signal.SIGKILL)
    assert not receiver.received
    with sandbox_process(*options) as sandbox:
        warehouse = partner.warehouse(sandbox)
        assert (await ended(warehouse, "ref")).status == "packed"

        async def told() -> bool:
            return sandbox.ledger()["untold"] == 0

        await until(told)
        news = [each for got in receiver.received for each in warehouse.read_webhook(got.headers, got.body)]
        assert [each.status for each in news] == ["picking", "picked", "packed"]


async def test_a_line_that_a_kill_cut_short_is_left_out(tmp_path: Path, partner: Partner) -> None:
    state = tmp_path / "state"
    with sandbox_process("--state", str(state)) as sandbox:
        sandbox.fresh()
        await partner.warehouse(sandbox).release(an_order("ref"))
        stop(sandbox, signal.SIGKILL)
    with state.open("ab") as file:
        file.write(b'["work",{"account":"sand')
    with sandbox_process("--state", str(state)) as sandbox:
        assert [each["reference"] for each in sandbox.ledger()["releases"]] == ["ref"]


async def test_a_reset_is_remembered_too(tmp_path: Path, partner: Partner) -> None:
    options = ("--state", str(tmp_path / "state"))
    with sandbox_process(*options) as sandbox:
        sandbox.fresh()
        await partner.warehouse(sandbox).release(an_order("ref"))
        sandbox.post("reset")
        stop(sandbox, signal.SIGKILL)
    with sandbox_process(*options) as sandbox:
        assert sandbox.ledger()["releases"] == []
