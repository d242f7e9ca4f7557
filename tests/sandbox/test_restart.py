from __future__ import annotations

import signal
from pathlib import Path

import pytest

from connector_service.errors import VendorRejected
from tests.contracts.carrier_contract import a_label_request, a_rate_request
from tests.contracts.sandbox_process import Receiver, Sandbox, sandbox_process, until
from tests.contracts.warehouse_contract import an_order
from tests.sandbox.conftest import SECRET, Partner, ended

pytestmark = pytest.mark.anyio


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
            await partner.carrier(sandbox, "terrapost").buy_label(a_label_request(rate))


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
