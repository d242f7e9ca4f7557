"""The carrier flows in a real n8n, with UPS and FedEx beside two others: labels alone, news of parcels, end of day."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.end_to_end.installation import Installation, Json, installed, until
from tests.end_to_end.journey import Journey, send_order

pytestmark = pytest.mark.end_to_end

NATIVE = ("ups", "fedex")
DOCK = {"line1": "1 Dock Road", "contact": "Nora North", "phone": "5035550100"}
ALL_CARRIERS = (*NATIVE, "swiftparcel", "terrapost")
CARRIER_FLOW = "docklineCarrier"
HEAVIER = [{"line_id": "1", "sku": "MUG-STONE-350", "quantity_ordered": 7}]
HEAVIEST = [{**HEAVIER[0], "quantity_ordered": 11}]
"""Other parcels than those of other orders, so that no carrier's answer about them is kept."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("installation")) as made:
        for slug in NATIVE:
            connect(made, slug)
        yield made


@pytest.fixture
def only_labels(site: Installation) -> Iterator[Installation]:
    """A partner who buys labels himself: nothing else takes up what is packed."""
    site.n8n.unpublish("docklineWarehouse")
    yield site
    site.n8n.publish("docklineWarehouse")


@pytest.fixture(autouse=True)
def healed(site: Installation) -> Iterator[None]:
    yield
    site.control("faults", {slug: {} for slug in ALL_CARRIERS})


def connect(site: Installation, slug: str) -> None:
    """An account at a carrier's look-alike, which sends its scans to the connector."""
    settings = {
        "base_url": f"{site.home.url('sandbox')}/{slug}",
        "api_key": "sandbox-id:sandbox-secret",
        "webhook_secret": site.home.access().vendor_secret,
        "account_number": "123456789",
        "sites": {"*": DOCK},
        "rate_timeout": 5,
    }
    made = site.ask("PUT", f"/v1/connections/{slug}", json={"settings": settings})
    assert made["verdict"] == "works", made
    hook = {"url": f"{site.home.url('connector')}{made['webhook_path']}", "secret": settings["webhook_secret"]}
    site.control("webhooks", {slug: hook})


def packed(order: Journey) -> str:
    """Wait until the order's parcel is packed; its shipment."""

    def look() -> str | None:
        shipments = [each for each in order.seen["shipments"] if each["status"] == "packed"]
        return shipments[0]["id"] if shipments else None

    return until(f"order {order.number} packed", look)


def wanted(site: Installation, shipment_id: str) -> tuple[int, Json]:
    """What the flow *Rate and label* answers."""
    answer = site.http.post(f"{site.n8n_url}/webhook/dockline-label", json={"shipment_id": shipment_id}, timeout=60)
    return answer.status_code, answer.json()


def went_through(site: Installation, flow: str, node: str) -> list[Json]:
    """The items that came by a node of a flow, over all its runs."""
    found: list[Json] = []
    for run in site.n8n.executions(flow, "success"):
        passed: dict[str, Any] = site.n8n.execution(run["id"])["data"]["resultData"]["runData"]
        for turn in passed.get(node, []):
            found += [item["json"] for output in turn["data"]["main"] for item in output or []]
    return found


def test_one_call_gives_a_label_with_its_documents_and_twice_is_one_label(only_labels: Installation) -> None:
    order = send_order(only_labels, "LABEL-ONLY-1")
    shipment_id = packed(order)
    status, label = wanted(only_labels, shipment_id)
    assert (status, label["status"], label["shipment_id"]) == (200, "done", shipment_id)
    assert label["documents"][0]["content"]
    assert wanted(only_labels, shipment_id)[1]["tracking_number"] == label["tracking_number"]
    assert [sold["tracking_number"] for sold in only_labels.labels("LABEL-ONLY-1")] == [label["tracking_number"]]
    assert order.seen["shipments"][0]["status"] == "labelled"


def test_a_carrier_that_is_down_costs_only_its_own_offers(only_labels: Installation) -> None:
    only_labels.control("faults", {"ups": {"outage": True}, "swiftparcel": {"outage": True}})
    order = send_order(only_labels, "LABEL-ONLY-2", lines=HEAVIER)
    status, label = wanted(only_labels, packed(order))
    assert (status, label["status"]) == (200, "done")
    assert label["carrier"] in ("fedex", "terrapost")
    rated = next(event for event in order.events if event["type"] == "dockline.shipment.rated.v1")
    assert {each["carrier"] for each in rated["data"]["carriers"] if each["trouble"]} == {"ups", "swiftparcel"}


def test_a_label_that_fails_its_check_is_given_back_and_the_caller_told_who_owns_it(only_labels: Installation) -> None:
    only_labels.control("faults", {slug: {"outage": True} for slug in NATIVE})
    order = send_order(only_labels, "LABEL-ONLY-4", "label_bad_checksum")
    status, said = wanted(only_labels, packed(order))
    assert (status, said["status"], said["exception"]) == (202, "exception", "label_invalid")
    assert said["owner"]
    assert [label["voided"] for label in only_labels.labels("LABEL-ONLY-4")] == [True]


def test_no_carrier_at_all_is_an_exception_with_an_owner(only_labels: Installation) -> None:
    order = send_order(only_labels, "LABEL-ONLY-5", lines=HEAVIEST)
    shipment_id = packed(order)
    only_labels.control("faults", {slug: {"outage": True} for slug in ALL_CARRIERS})
    status, said = wanted(only_labels, shipment_id)
    assert (status, said["exception"], said["shipment_id"]) == (202, "carrier_unreachable", shipment_id)
    assert said["owner"]


def test_a_shipment_that_nobody_knows_is_refused_in_words(only_labels: Installation) -> None:
    status, said = wanted(only_labels, "shp_nobody")
    assert (status, said["status"]) == (422, "failed")
    assert "shp_nobody" in said["detail"]


def scanned(site: Installation, order: Journey, kind: str) -> None:
    """Have the carrier scan the order's parcel."""
    number = order.seen["shipments"][0]["label"]["tracking_number"]
    site.sandbox.post("scan", json={"tracking_number": number, "kind": kind}).raise_for_status()


def test_a_scan_starts_a_flow_that_knows_what_was_scanned(site: Installation) -> None:
    order = send_order(site, "SCANNED-1")
    order.ships()
    scanned(site, order, "out_for_delivery")

    def told() -> list[Json]:
        items = went_through(site, CARRIER_FLOW, "Tell the customer it comes today")
        return [item for item in items if item["order_id"] == order.order_id]

    (item,) = until("the customer told", told)
    assert (item["scan"]["type"], item["event_type"]) == ("out_for_delivery", "dockline.shipment.tracked.v1")
    assert item["tracking_number"] == item["scan"]["tracking_number"]


def test_a_lost_parcel_goes_to_who_claims_it_and_its_customer_is_told_once(site: Installation) -> None:
    order = send_order(site, "LOST-1")
    order.ships()
    scanned(site, order, "lost")

    def claimed() -> list[Json]:
        items = went_through(site, CARRIER_FLOW, "Claim it from the carrier")
        return [item for item in items if item["order_id"] == order.order_id]

    (item,) = until("the parcel claimed", claimed)
    assert (item["code"], bool(item["owner"])) == ("parcel_lost", True)
    sent = until("the message sent", lambda: went_through(site, CARRIER_FLOW, "Send it (your e-mail node)"))
    assert [(each["template"], each["to"]) for each in sent] == [("lost", "ada.LOST-1@example.com")]
    told = [event for event in order.events if event["type"] == "dockline.order.customer_notified.v1"]
    assert [event["data"]["template"] for event in told].count("lost") == 1


def test_a_delivered_order_is_closed_whoever_delivered_it(site: Installation) -> None:
    order = send_order(site, "DELIVERED-1")
    order.ships()
    scanned(site, order, "delivered")
    order.reaches("closed")
