"""`dockline carriers` and what the doctor says of carriers, against a connector and a sandbox that run."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from connector_service.adapters import registry
from connector_service.adapters.breaker import ENOUGH
from connector_service.cli.carriers.health import bars
from connector_service.cli.connector import Connector
from tests.cli.conftest import Running

CARRIER = "terrapost"


def set_faults(running: Running, faults: dict[str, Any]) -> None:
    url = running.home.url("sandbox")
    httpx.put(f"{url}/control/faults", json={CARRIER: faults}).raise_for_status()


def call_it(running: Running, times: int) -> None:
    """Have the connector speak to the carrier."""
    with Connector(running.home) as connector:
        for _ in range(times):
            connector.post(f"/v1/credentials/{CARRIER}/test", {})


def listed(running: Running) -> dict[str, Any]:
    found = running.dockline("carriers", "--json").json["carriers"]
    (carrier,) = [each for each in found if each["carrier"] == CARRIER]
    return dict(carrier)


@pytest.fixture
def failing(running: Running) -> Iterator[Running]:
    """The carrier answers no call; at the end it does again, and was called until its breaker closed."""
    set_faults(running, {"outage": True})
    call_it(running, ENOUGH)
    try:
        yield running
    finally:
        set_faults(running, {})
        while listed(running)["state"] != "closed":
            call_it(running, 1)


def test_carriers_are_shown_with_their_figures_and_what_they_can_do(running: Running) -> None:
    call_it(running, 1)
    carrier = listed(running)
    kind = next(name for name, calls in carrier["kinds"].items() if calls["calls"])
    ran = running.dockline("carriers", "--kind", kind)
    assert ran.code == 0, ran.err
    (line,) = [line for line in ran.out.splitlines() if line.startswith(CARRIER) and "%" in line]
    assert bars(carrier["kinds"][kind]["latency"])[:2] in line
    assert "rate, track, void, webhooks" in ran.out
    assert "0 days old" in ran.out


def test_a_carrier_that_is_left_alone_is_said_to_be_by_the_table_and_by_the_doctor(failing: Running) -> None:
    assert failing.dockline("carriers").out.count("failed too often") == 1
    assert listed(failing)["opened"] >= 1
    ran = failing.dockline("doctor", "--json")
    (finding,) = [each for each in ran.json if each["about"] == f"carrier {CARRIER}"]
    assert (ran.code, finding["well"]) == (1, False)
    assert "failed too often" in finding["said"]
    assert "dockline carriers" in finding["to_do"]


def test_the_doctor_says_when_no_breaker_is_open(running: Running) -> None:
    call_it(running, 1)
    (finding,) = [each for each in running.dockline("doctor", "--json").json if each["about"] == "carriers"]
    assert finding["well"]
    assert CARRIER in finding["said"]


def test_watching_writes_a_line_per_look_until_it_is_interrupted(running: Running) -> None:
    words = ["--home", str(running.home.folder), "carriers", "--watch", "--every", "0.1", "--json"]
    command = [str(Path(sys.executable).parent / "dockline"), *words]
    # Whoever started the tests in the background may have had interrupts ignored, which is inherited.
    heeded = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=heeded) as watching:
        assert watching.stdout is not None
        looks = [json.loads(watching.stdout.readline()) for _ in range(3)]
        watching.send_signal(signal.SIGINT)
        watching.communicate(timeout=20)
    assert watching.returncode == 0
    assert all(CARRIER in {each["carrier"] for each in look["carriers"]} for look in looks)


def test_capabilities_are_those_of_the_registry(running: Running) -> None:
    said = running.dockline("carriers", "capabilities", "--json").json
    assert {slug: {*names} for slug, names in said.items()} == {
        slug: {each.value for each in entry.capabilities} for slug, entry in registry.CARRIERS.items()
    }
    shown = running.dockline("carriers", "capabilities").out
    assert [line.split() for line in shown.splitlines() if line.startswith("rate ")] == [
        ["rate", *["yes"] * len(registry.CARRIERS)]
    ]


def test_an_unknown_kind_of_call_is_misuse(running: Running) -> None:
    assert running.dockline("carriers", "--kind", "guess").code == 2


@pytest.mark.parametrize(
    ("counts", "shown"),
    [([], ""), ([0, 0], "··"), ([1, 0, 8], "▁·█"), ([1, 1_000], "▁█"), ([4, 8, 7], "▄█▇"), ([3, 3], "██")],
)
def test_a_histogram_is_drawn_with_a_bar_for_whatever_happened_at_all(counts: list[int], shown: str) -> None:
    assert bars(counts) == shown
