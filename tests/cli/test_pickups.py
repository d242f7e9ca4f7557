"""`dockline pickup` against a connector that runs: what cannot be done is said in words, what there is in a table."""

from __future__ import annotations

from connector_service.cli.connector import Connector
from tests.cli.conftest import Running

NORTH = {"id": "us-north", "name": "North", "country": "US", "wms": "northdock"}


def test_what_there_is_and_what_cannot_be(running: Running) -> None:
    with Connector(running.home) as connector:
        connector.put("/v1/locations", {"locations": [NORTH]})
    assert "No pickup is open." in running.dockline("pickup", "list").out
    assert running.dockline("pickup", "list", "--all", "--json").json == []
    for words, said in (
        (("schedule", "--carrier", "pigeon", "--location", "us-north"), "can be called: canadapost"),
        (("schedule", "--carrier", "swiftparcel", "--location", "us-north"), "sends no van on request"),
        (("schedule", "--carrier", "ups", "--location", "mars"), "There is no location 'mars'"),
        (("schedule", "--carrier", "ups", "--location", "us-north"), "waits to be collected"),
        (("schedule", "--carrier", "ups", "--location", "us-north", "--day", "2020-01-06"), "is over"),
        (("cancel", "pck_nobody"), "There is no pickup 'pck_nobody'"),
        (("change", "pck_nobody"), "There is no pickup 'pck_nobody'"),
        (("show", "pck_nobody"), "There is no pickup 'pck_nobody'"),
    ):
        ran = running.dockline("pickup", *words)
        assert ran.code == 1, words
        assert said in " ".join(ran.err.split()), words


def test_settling_takes_a_number_or_that_nothing_was_booked(running: Running) -> None:
    for words in ((), ("--confirmation", "X1", "--not-booked")):
        ran = running.dockline("pickup", "settle", "pck_nobody", *words)
        assert ran.code == 2
        assert "--not-booked" in ran.err
