"""`dockline location` against a connector that runs."""

from connector_service.cli.connector import Connector
from tests.cli.conftest import Running

EAST = {"id": "us-east", "name": "East", "country": "US", "wms": "northdock"}


def test_a_location_is_closed_with_a_reason_listed_and_opened(running: Running) -> None:
    with Connector(running.home) as connector:
        connector.put("/v1/locations", {"locations": [EAST]})
    closed = running.dockline("location", "close", "us-east", "--why", "flood", "--person", "ada", "--nobody-there")
    assert closed.code == 0, closed.err
    assert "us-east is closed: flood" in closed.out
    (listed,) = running.dockline("location", "closures", "--json").json
    assert (listed["location_id"], listed["closed_by"], listed["opened_at"]) == ("us-east", "ada", None)
    opened = running.dockline("location", "open", "us-east", "--why", "dry")
    assert "us-east is open again." in opened.out
    assert "not closed" in running.dockline("location", "open", "us-east", "--why", "dry").out


def test_a_location_that_is_not_there_is_refused_with_those_there_are(running: Running) -> None:
    refused = running.dockline("location", "close", "mars", "--why", "no air")
    assert refused.code != 0
    assert "There is no location 'mars'" in " ".join(refused.err.split())


def test_a_location_s_printers_take_their_own_format_until_they_take_the_tenant_s(running: Running) -> None:
    with Connector(running.home) as connector:
        connector.put("/v1/locations", {"locations": [EAST]})
    own = running.dockline("location", "label-format", "us-east", "pdf_a4")
    assert own.out.strip() == "Labels for us-east come as pdf_a4."
    assert running.dockline("location", "label-format", "us-east", "tenant").out.strip().endswith("come as zpl.")
    refused = running.dockline("location", "label-format", "us-east", "png")
    assert refused.code != 0
    assert "label_format" in refused.err
