"""Counts a second through REST bulk, CSV and gRPC into one connector, and what the largest file costs in memory."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import grpc
import httpx
import orjson
from google.protobuf.timestamp_pb2 import Timestamp

from benchmarks.bench_stack import LOCATIONS, Stack, free_port, running_stack
from benchmarks.results import write_results
from connector_service.feeds.inventory_pb2 import Update, UpdateBatch
from connector_service.feeds.inventory_pb2_grpc import InventoryFeedStub

SKUS = 5_000
UPDATES = 20_000
"""Of one run: counts of every SKU in both locations, twice over."""
ROUNDS = 3
REST_CALL = 1_000
GRPC_BATCH = 500
Counts = list[tuple[str, str, int]]
Way = Callable[[str, Counts, datetime], int]


def _add_products(api: httpx.Client) -> None:
    products = [{"sku": f"FEED-{number}", "weight_g": 100} for number in range(SKUS)]
    api.put("/v1/products", json={"products": products}).raise_for_status()


def counts(salt: int) -> Counts:
    """A run's counts; another salt, another figure for every position."""
    return [
        (f"FEED-{at // 2 % SKUS}", LOCATIONS[at % 2][0], at // (2 * SKUS) + 10 * salt + at % 7) for at in range(UPDATES)
    ]


def rest(api: httpx.Client, run: str, sent: Counts, now: datetime) -> int:
    """Bulk calls one after the other; how many were accepted."""
    accepted = 0
    for begin in range(0, len(sent), REST_CALL):
        updates = [
            {"sku": sku, "location_id": place, "on_hand": units, "sequence": begin + at}
            for at, (sku, place, units) in enumerate(sent[begin : begin + REST_CALL])
        ]
        body = orjson.dumps({"source": run, "as_of": now.isoformat(), "updates": updates})
        accepted += api.post("/v1/inventory/updates", content=body).raise_for_status().json()["accepted"]
    return accepted


def csv_pieces(sent: Counts) -> Iterator[bytes]:
    """A file in pieces of a thousand lines."""
    yield b"sku,location,qty,sequence\n"
    for begin in range(0, len(sent), 1_000):
        part = sent[begin : begin + 1_000]
        yield "".join(f"{sku},{place},{units},{begin + at}\n" for at, (sku, place, units) in enumerate(part)).encode()


def upload(api: httpx.Client, run: str, pieces: Iterator[bytes], now: datetime) -> int:
    """One streamed file; how many lines were accepted."""
    params = {"source": run, "as_of": now.isoformat()}
    answer = api.post("/v1/inventory/csv", content=pieces, params=params).raise_for_status().json()
    return int(answer["accepted"])


def stream(port: int, key: str, run: str, sent: Counts, now: datetime) -> int:
    """One gRPC stream; how many were accepted."""
    as_of = Timestamp()
    as_of.FromDatetime(now)

    def batches() -> Iterator[UpdateBatch]:
        for begin in range(0, len(sent), GRPC_BATCH):
            part = enumerate(sent[begin : begin + GRPC_BATCH])
            updates = [
                Update(sku=sku, location_id=place, on_hand=units, sequence=begin + at)
                for at, (sku, place, units) in part
            ]
            yield UpdateBatch(source=run, as_of=as_of, updates=updates)

    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        said = InventoryFeedStub(channel).Send(batches(), metadata=(("authorization", f"Bearer {key}"),))  # type: ignore[no-untyped-call]
    return int(said.accepted)


class Figures:
    """Updates a second, and the connector's processor time for one, of many runs of several ways."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._seen: dict[str, list[float]] = {}

    def run(self, name: str, send: Way, source: str, sent: Counts) -> None:
        """One run; every update must be accepted."""
        cpu, began = self._stack.cpu_s(), time.perf_counter()
        accepted = send(source, sent, datetime.now(UTC))
        seconds, cpu = time.perf_counter() - began, self._stack.cpu_s() - cpu
        if accepted != len(sent):
            raise RuntimeError(f"{source}: {accepted} of {len(sent)} were accepted.")
        self._seen.setdefault(f"feed_{name}_per_s", []).append(len(sent) / seconds)
        self._seen.setdefault(f"feed_{name}_cpu_us", []).append(cpu / len(sent) * 1e6)

    def medians(self) -> dict[str, float]:
        """The median of every figure."""
        return {name: statistics.median(values) for name, values in self._seen.items()}


def _rates(stack: Stack, api: httpx.Client, port: int) -> dict[str, float]:
    """Medians of ROUNDS runs, the ways in turn about; `changed` runs write every position, `same` ones confirm them."""
    ways: dict[str, Way] = {
        "rest": lambda run, sent, now: rest(api, run, sent, now),
        "csv": lambda run, sent, now: upload(api, run, csv_pieces(sent), now),
        "grpc": lambda run, sent, now: stream(port, stack.api_key, run, sent, now),
    }
    figures = Figures(stack)
    for turn in range(ROUNDS):
        for at, (way, send) in enumerate(ways.items()):
            sent = counts(3 * turn + at + 1)
            figures.run(f"{way}_changed", send, f"{way}-{turn}", sent)
            figures.run(f"{way}_same", send, f"{way}-{turn}-same", sent[-2 * SKUS :])
    return figures.medians()


def _large_file(stack: Stack, api: httpx.Client, lines: int) -> dict[str, float]:
    """Stream a file in which a few positions are said again and again; the connector's memory must not follow."""
    piece = b"".join(b"FEED-%d,us-east,7,1,%s\n" % (at % 50, b"x" * 470) for at in range(1_000))

    def pieces() -> Iterator[bytes]:
        yield b"sku,location,qty,sequence,note\n"
        for _ in range(lines // 1_000):
            yield piece

    before, began = stack.memory_mb(), time.perf_counter()
    if upload(api, "large", pieces(), datetime.now(UTC)) != lines:
        raise RuntimeError("Not all lines of the large file were accepted.")
    seconds = time.perf_counter() - began
    return {
        "feed_csv_large_mb": lines // 1_000 * len(piece) / 1e6,
        "feed_csv_large_lines_per_s": lines / seconds,
        "feed_csv_large_memory_growth_mb": stack.memory_mb() - before,
    }


def main(lines: int = 2_000_000) -> None:
    """Run it and write `build/bench/feeds.json`."""
    port = free_port()
    with tempfile.TemporaryDirectory() as name, running_stack(Path(name), {"DOCKLINE_GRPC_PORT": str(port)}) as stack:
        time.sleep(2)
        results = {"feed_idle_mb_with_grpc": stack.memory_mb()}
        with httpx.Client(base_url=stack.url, headers=stack.headers, timeout=3_600) as api:
            _add_products(api)
            results |= _rates(stack, api, port)
            results["feed_loaded_mb"] = stack.memory_mb()
            results |= _large_file(stack, api, lines)
    write_results("feeds", results)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=2_000_000, help="of the large file")
    main(parser.parse_args().lines)
