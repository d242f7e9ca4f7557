"""Rate shopping: one carrier hanging or dripping, many orders a second, and what the cache saves.

Carriers are the sandbox's look-alikes in processes of their own, over HTTP on this machine, and share its processors
with what is measured. `answers_kept` counts, of four live carriers, those whose offers came from the carrier (now or
within the cache's 15 minutes) no later than 250 ms after the order was due; the fifth hangs throughout, and its breaker
does its work. `told_in_time` counts orders that were told within 250 ms what there is, with stand-ins. `_all_new` is
the same with questions that never repeat: four calls for each order. Orders come when they come (an open loop), and
time counts from when an order was due. The loop and the pace of the garbage collector are the connector's own.

Wall time follows what else the machine does. What does not are the keys with `cpu`: processor time of this process, or
of the look-alikes'.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import uvloop

from benchmarks.carriers_overhead import overheads
from benchmarks.carriers_vendors import DRIPS, HANGS, Vendors, account, live, sandbox, tell
from benchmarks.carriers_workload import calls_saved, orders
from benchmarks.results import percentile, write_results
from connector_service.adapters.carrier_contract import RateRequest
from connector_service.adapters.http import Transport, open_client
from connector_service.carriers.billing import Billing
from connector_service.carriers.outcome import Shopped
from connector_service.carriers.shopping import CarrierAccount, RateShop
from connector_service.clock import SystemClock

T = TypeVar("T")
Results = dict[str, float]
TENANT = "bench"
ROUNDS = 200
AT_A_TIME = 2
SECONDS = 8
PROMISED = 0.25
"""Seconds in which a round has its answers, or they are lost."""
ORDERS = 10_000
ORDERS_WHILE_FAILING = 300
FAILS_HALF = {"terrapost": {"error_rate": 0.5}}
PACE = (100_000, 50, 100)
"""As in `connector_service.__main__`."""
BY_ZIP3 = Billing(postal_characters={"US": 3})


def all_new(asked: Sequence[RateRequest]) -> list[RateRequest]:
    """The same requests, each to a ZIP code of its own, so that no two are alike."""
    return [
        replace(request, ship_to=request.ship_to.model_copy(update={"postal_code": f"{10_001 + at * 20:05}"}))
        for at, request in enumerate(asked)
    ]


async def warm(shop: RateShop, accounts: Sequence[CarrierAccount], request: RateRequest) -> None:
    """Get tokens, connections and mappers before anything is measured."""
    for each in accounts:
        await each.adapter.rates(request)
    for at in range(20):
        await shop.shop(TENANT, accounts, all_new([request] * (at + 1))[-1])


async def one_bad(url: str, bad_url: str, how: str) -> Results:
    """Rounds over three live carriers and a bad one; its breaker never opens, as each round is a new tenant's."""
    transport = Transport(open_client(), SystemClock())
    three = live(transport, url, TENANT)[:3]
    shop, asked = RateShop(SystemClock()), all_new(orders(ROUNDS, 3))
    await warm(shop, three, asked[0])
    found: list[Shopped] = []
    times: list[float] = []

    async def some(begin: int) -> None:
        for at in range(begin, ROUNDS, AT_A_TIME):
            bad = account(transport, bad_url, "swiftparcel", f"{TENANT}-{at}", how)
            began = time.perf_counter()
            found.append(await shop.shop(f"{TENANT}-{at}", [*three, bad], asked[at]))
            times.append((time.perf_counter() - began) * 1_000)

    await asyncio.gather(*(some(begin) for begin in range(AT_A_TIME)))
    await transport.aclose()
    kept = sum(answer.outcome == "live" for shopped in found for answer in shopped.answers)
    marked = sum(answer.outcome == "timed_out" for shopped in found for answer in shopped.answers)
    results = {f"shop_4_one_{how}_p{share}_ms": percentile(times, share) for share in (50, 95, 99)}
    return results | {f"shop_4_one_{how}_kept_of_3": kept / ROUNDS, f"shop_4_one_{how}_marked": marked / ROUNDS}


async def under_load(vendors: Vendors, hanging_url: str, asked: Sequence[RateRequest], per_second: float) -> Results:
    """Orders coming at a steady pace whatever becomes of those before, over four live carriers and one that hangs.

    Time counts from when an order was due: one that is held up by those before it has lost its answers too.
    """
    transport = Transport(open_client(), SystemClock())
    four = live(transport, vendors.url, TENANT)
    shop = RateShop(SystemClock())
    await warm(shop, four, asked[0])
    accounts = [*four, account(transport, hanging_url, "swiftparcel", f"{TENANT}-hanging", "hanging")]
    loop = asyncio.get_running_loop()
    called, cpu, vendors_cpu = _calls(shop, four), time.process_time(), vendors.cpu_s()
    began = loop.time() + 0.5

    async def one(due: float, request: RateRequest) -> tuple[float, int]:
        await asyncio.sleep(due - loop.time())
        shopped = await shop.shop(TENANT, accounts, request)
        kept = sum(answer.source is not None and answer.trouble is None for answer in shopped.answers)
        took = loop.time() - due
        return took, kept if took <= PROMISED else 0

    found = await asyncio.gather(*(one(began + at / per_second, request) for at, request in enumerate(asked)))
    took = loop.time() - began
    called = max(1, _calls(shop, four) - called)
    cpu, vendors_cpu = time.process_time() - cpu, vendors.cpu_s() - vendors_cpu
    await transport.aclose()
    return {
        "answers_kept_of_4": sum(kept for _, kept in found) / len(found),
        "told_in_time_share": sum(took <= PROMISED for took, _ in found) / len(found),
        "shop_p99_ms": percentile([took for took, _ in found], 99) * 1_000,
        "done_per_second": len(found) / took,
        "calls_per_order": called / len(found),
        "cpu_per_call_us": cpu / called * 1e6,
        "look_alikes_cpu_per_call_us": vendors_cpu / called * 1e6,
    }


def _calls(shop: RateShop, accounts: Sequence[CarrierAccount]) -> int:
    return sum(shop.uses.of(TENANT, each.carrier).called for each in accounts)


async def failing_half(url: str, asked: Sequence[RateRequest], per_second: float) -> Results:
    """One of four live carriers fails half of its calls: what the others lose by it, and how it fares itself.

    A rate that fails is asked again within its 200 ms, up to three times; the breaker opens at half of the last 20.
    """
    transport = Transport(open_client(), SystemClock())
    four, shop = live(transport, url, TENANT), RateShop(SystemClock())
    await warm(shop, four[:3], asked[0])
    loop = asyncio.get_running_loop()
    began, outcomes = loop.time() + 0.5, Counter[tuple[str, str]]()

    async def one(due: float, request: RateRequest) -> float:
        await asyncio.sleep(due - loop.time())
        shopped = await shop.shop(TENANT, four, request)
        took = loop.time() - due
        for answer in shopped.answers if took <= PROMISED else ():
            outcomes[answer.carrier, answer.outcome] += 1
        return took

    took = await asyncio.gather(*(one(began + at / per_second, request) for at, request in enumerate(asked)))
    await transport.aclose()
    healthy = sum(outcomes[each.carrier, "live"] for each in four[:3])
    return {
        "failing_half_kept_of_3_healthy": healthy / len(asked),
        "failing_half_kept_of_1_failing": outcomes["terrapost", "live"] / len(asked),
        "failing_half_not_called_share": outcomes["terrapost", "breaker_open"] / len(asked),
        "failing_half_p99_ms": percentile(took, 99) * 1_000,
    }


async def loads(vendors: Vendors, hanging_url: str) -> Results:
    """At 139 and 400 orders a second, with a shop's repetition and without."""
    results: Results = {}
    for per_second in (139, 400):
        asked = orders(per_second * SECONDS, per_second)
        for name, some in (("", asked), ("_all_new", all_new(asked))):
            found = await under_load(vendors, hanging_url, some, per_second)
            results |= {f"{key}_at_{per_second}{name}": value for key, value in found.items()}
    return results


def flash_sale(count: int, seed: int) -> list[RateRequest]:
    """Everybody buys the same article."""
    asked = orders(count, seed)
    return [replace(request, parcels=asked[0].parcels) for request in asked]


async def savings() -> Results:
    """Calls that need not be made for 10,000 orders: an ordinary hour of a busy shop, and a flash sale."""
    usual, sale = orders(ORDERS, 1), flash_sale(ORDERS, 1)
    return {
        "calls_saved_share": await calls_saved(usual, 139),
        "calls_saved_share_by_zip3": await calls_saved(usual, 139, BY_ZIP3),
        "calls_saved_share_flash_sale": await calls_saved(sale, 139),
    }


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run as the connector runs."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def main() -> None:
    """Measure, print a table and write `build/bench/carriers.json`."""
    results = run(savings())
    gc.set_threshold(*PACE)
    with sandbox() as vendors, sandbox(HANGS) as hanging, sandbox(DRIPS) as dripping:
        results |= run(one_bad(vendors.url, hanging.url, "hanging"))
        results |= run(one_bad(vendors.url, dripping.url, "dripping"))
        results |= run(loads(vendors, hanging.url))
        results |= run(overheads(vendors.url))
        tell(vendors.url, FAILS_HALF)
        results |= run(failing_half(vendors.url, all_new(orders(ORDERS_WHILE_FAILING, 7)), 50))
    write_results("carriers", results)


if __name__ == "__main__":
    main()
