from __future__ import annotations

import pytest

from connector_service.adapters.contracts import WarehouseReport
from tests.contracts.sandbox_process import Receiver, Sandbox, until
from tests.contracts.warehouse_contract import an_order
from tests.sandbox.conftest import SECRET, Partner, ended

pytestmark = pytest.mark.anyio


def reports(partner: Partner, sandbox: Sandbox, receiver: Receiver) -> list[WarehouseReport]:
    warehouse = partner.warehouse(sandbox)
    return [report for got in receiver.received for report in warehouse.read_webhook(got.headers, got.body)]


def register(sandbox: Sandbox, url: str, **params: str) -> None:
    sandbox.put("webhooks", {"northdock": {"url": url, "secret": SECRET}}, **params)


async def all_told(sandbox: Sandbox) -> None:
    async def look() -> bool:
        return sandbox.ledger()["untold"] == 0

    await until(look)


@pytest.mark.parametrize("answers", [[500, 503], [301], [500, 400, 404]])
async def test_news_is_sent_until_it_is_received(
    partner: Partner, sandbox: Sandbox, receiver: Receiver, answers: list[int]
) -> None:
    receiver.answers = list(answers)
    register(sandbox, receiver.url)
    await partner.warehouse(sandbox).release(an_order("ref"))
    await ended(partner.warehouse(sandbox), "ref")
    await all_told(sandbox)
    told = {report.status for report in reports(partner, sandbox, receiver)}
    assert told == {"picking", "picked", "packed"}
    assert len(receiver.received) > len(answers)


async def test_news_that_the_receiver_does_not_like_does_not_hold_up_the_rest(
    partner: Partner, sandbox: Sandbox, receiver: Receiver
) -> None:
    receiver.refuses = b'"State":"PICKED"'
    register(sandbox, receiver.url)
    await partner.warehouse(sandbox).release(an_order("ref"))
    await ended(partner.warehouse(sandbox), "ref")

    async def one_left() -> bool:
        return sandbox.ledger()["untold"] == 1

    await until(one_left)
    receiver.refuses = None
    await all_told(sandbox)


async def test_news_comes_in_batches(partner: Partner, sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.put("timing", {"speed": 1_000, "webhook_ms": 200})
    register(sandbox, receiver.url)
    for number in range(10):
        await partner.warehouse(sandbox).release(an_order(f"ref:{number}"))
    for number in range(10):
        await ended(partner.warehouse(sandbox), f"ref:{number}")
    await all_told(sandbox)
    assert len(reports(partner, sandbox, receiver)) == 30
    assert len(receiver.received) < 10


async def test_an_account_hears_its_own_news_only(partner: Partner, sandbox: Sandbox, receiver: Receiver) -> None:
    register(sandbox, f"{receiver.url}/anybody")
    register(sandbox, f"{receiver.url}/one", account="sandbox-one")
    for key in ("sandbox-one", "sandbox-two"):
        warehouse = partner.warehouse(sandbox, key)
        await warehouse.release(an_order(key))
        await ended(warehouse, key)
    await all_told(sandbox)
    heard = {(got.path, got.body.count(b"sandbox-one") > 0) for got in receiver.received}
    assert heard == {("/one", True), ("/anybody", False)}


async def test_accounts_do_not_see_each_others_orders(partner: Partner, sandbox: Sandbox) -> None:
    one = await partner.warehouse(sandbox, "sandbox-one").release(an_order("ref"))
    two = await partner.warehouse(sandbox, "sandbox-two").release(an_order("ref"))
    assert one != two


async def test_nobody_is_told_when_nobody_asked(partner: Partner, sandbox: Sandbox) -> None:
    await partner.warehouse(sandbox).release(an_order("ref"))
    await ended(partner.warehouse(sandbox), "ref")
    assert sandbox.ledger()["untold"] == 0
