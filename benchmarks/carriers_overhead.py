"""What one rate call costs beside the bare exchange, for our UPS adapter and for karrio's own `Rating.fetch`.

Both ask the same look-alike the same question, one call after the other, turn by turn so that a busy machine is busy
for both. The bare exchange is the body that our adapter sends, over an open connection of the same HTTP client, without
reading the answer: what is left is building, reading, tokens, limits and, for karrio, its own HTTP.
"""

from __future__ import annotations

import asyncio
import statistics
import time
import warnings
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from loguru import logger
from yarl import URL

from benchmarks.carriers_vendors import ACCOUNT, KEY, account
from benchmarks.carriers_workload import orders
from connector_service.adapters.carrier_contract import RateRequest
from connector_service.adapters.http import Transport, open_client
from connector_service.adapters.karrio_bridge import load
from connector_service.adapters.wire import Answer, Client
from connector_service.clock import SystemClock

WARM, CALLS = 20, 300
OK = 200


class _Overheard:
    """Passes calls on, and keeps the last one so that it can be made again bare."""

    def __init__(self, inner: Client) -> None:
        self._inner = inner
        self._last: Callable[[], Awaitable[Answer]] | None = None

    async def exchange(
        self, method: str, url: URL, headers: Mapping[str, str], content: bytes | str | None, most: int
    ) -> Answer:
        """As `Wire`."""
        self._last = partial(self._inner.exchange, method, url, headers, content, most)
        return await self._last()

    async def again(self) -> None:
        """The last call once more."""
        answer = await self._last() if self._last else None
        if answer is None or answer.status != OK:
            raise RuntimeError("the bare call was not answered as the one before it")

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


def _karrio(url: str, request: RateRequest) -> Callable[[], object]:
    """Karrio's own way: a gateway kept, its transport, its token."""
    sdk, models = load("sdk"), load("core.models")
    client_id, _, client_secret = KEY.partition(":")
    gateway = sdk.gateway["ups"].create(
        {"client_id": client_id, "client_secret": client_secret, "account_number": ACCOUNT["ups"]["account_number"]}
    )
    type(gateway.settings).server_url = property(lambda self: f"{url}/ups")
    parcel = request.parcels[0]
    assert parcel.dims_mm is not None  # noqa: S101 - the workload measures every parcel
    asked = models.RateRequest(
        shipper=_place(request.ship_from.city, request.ship_from.region, request.ship_from.postal_code),
        recipient=_place("Boston", "MA", request.ship_to.postal_code),
        parcels=[
            {
                "weight": parcel.weight_g / 1_000,
                "weight_unit": "KG",
                "length": parcel.dims_mm.length_mm / 10,
                "width": parcel.dims_mm.width_mm / 10,
                "height": parcel.dims_mm.height_mm / 10,
                "dimension_unit": "CM",
            }
        ],
    )

    def fetch() -> object:
        rates, _ = sdk.Rating.fetch(asked).from_(gateway).parse()
        if not rates:
            raise RuntimeError("karrio got no rates from the look-alike")
        return rates

    return fetch


def _place(city: str, region: str, postal_code: str) -> dict[str, Any]:
    place = {"city": city, "state_code": region, "postal_code": postal_code, "country_code": "US"}
    return {**place, "address_line1": "1 Main St", "person_name": "Ana"}


@dataclass(slots=True)
class _Costs:
    """Microseconds of each call: of the clock on the wall, and of the processor, all threads of this process."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    async def of(self, work: Callable[[], Awaitable[object]]) -> None:
        """Do it once more."""
        wall, cpu = time.perf_counter(), time.process_time()
        await work()
        self.cpu.append((time.process_time() - cpu) * 1e6)
        self.wall.append((time.perf_counter() - wall) * 1e6)


async def _measure(url: str) -> dict[str, _Costs]:
    overheard = _Overheard(open_client())
    transport = Transport(overheard, SystemClock())
    asked = orders(WARM + CALLS, 5)
    adapter = account(transport, url, "ups", "bench").adapter
    fetch = _karrio(url, asked[0])

    ways: dict[str, Callable[[RateRequest], Awaitable[object]]] = {
        "ours": adapter.rates,
        "bare": lambda request: overheard.again(),
        "karrio": lambda request: asyncio.to_thread(fetch),
    }
    costs: dict[str, _Costs] = {}
    for at, request in enumerate(asked):
        if at in (0, WARM):
            costs = {name: _Costs() for name in ways}
        for name, way in ways.items():
            await costs[name].of(partial(way, request))
    await transport.aclose()
    return costs


async def overheads(url: str) -> dict[str, float]:
    """Medians in microseconds; the bare exchange is subtracted from both."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        load("sdk")
        # Karrio writes a line per call; without it its figure is lower, and that is the fairer one.
        logger.disable("karrio")
        costs = await _measure(url)
    wall = {name: statistics.median(each.wall) for name, each in costs.items()}
    cpu = {name: statistics.median(each.cpu) for name, each in costs.items()}
    return {
        "overhead_per_call_us": wall["ours"] - wall["bare"],
        "karrio_overhead_per_call_us": wall["karrio"] - wall["bare"],
        "bare_call_us": wall["bare"],
        "overhead_cpu_us": cpu["ours"] - cpu["bare"],
        "karrio_overhead_cpu_us": cpu["karrio"] - cpu["bare"],
        "bare_call_cpu_us": cpu["bare"],
    }
