"""What goes wrong, through the shipped flows in a real n8n: routed to its owner, resolved, and on its way again."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import pytest

from connector_service.clock import FakeClock
from connector_service.credentials import lifecycle
from connector_service.credentials.trying import NOT_ASKED
from connector_service.demo.catalog import products
from connector_service.store import Store
from tests.end_to_end.installation import Installation, Json, installed, until
from tests.end_to_end.journey import order_body, send_order

pytestmark = pytest.mark.end_to_end

BARCODES = {product.sku: product.barcode for product in products()}
MISHAPS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "wrong_barcode": ("barcode_mismatch", "quarantined", {"barcode_rescanned": BARCODES["MUG-STONE-350"]}),
    "overweight": ("weight_mismatch", "quarantined", {"measured_weight_g": 945}),
    "count_short": ("inventory_mismatch", "on_hold", {"counted_on_hand": 4_000}),
    "pick_short_always": ("pick_failed", "on_hold", {"short_lines": "wait"}),
    "carrier_reject": ("carrier_rejected", "on_hold", {"remedy": "a smaller carton"}),
    "carrier_down": ("carrier_unreachable", "on_hold", {"checked_with_carrier": "their hotline"}),
    "label_wrong_address": ("label_invalid", "quarantined", {"remedy": "bought again"}),
    "slow_transit": ("transit_too_slow", "on_hold", {"accept_delay": True}),
    "wms_down": ("wms_unreachable", "on_hold", {"checked_with_warehouse": "the shift lead"}),
    "wms_reject": ("wms_rejected", "on_hold", {"remedy": "their account is open again"}),
}
"""Scenario of the sandbox: the exception it ends in, the order's status, and what its owner answers."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("installation")) as made:
        yield made


def run_waiting_for(site: Installation, case: Json) -> Json:
    """The execution that an exception's resume URL belongs to, without its data."""
    identity = case["resume_url"].partition("?")[0].rstrip("/").rpartition("/")[2]
    return site.n8n.execution(identity)


def test_an_address_is_corrected_and_the_waiting_run_takes_the_order_up_again(site: Installation) -> None:
    nowhere = {**order_body("X")["ship_to"], "postal_code": "00000"}
    order = send_order(site, "ADDRESS-1", ship_to=nowhere)
    case = order.falls_into("address_invalid")
    assert order.status == "quarantined"
    until("a run waiting", lambda: run_waiting_for(site, case)["status"] == "waiting")
    order.resolve(case, address=order_body("X")["ship_to"])
    order.ships()
    until("the waiting run ended well", lambda: run_waiting_for(site, case)["status"] == "success")


def test_nobody_resumes_a_run_without_its_signed_address(site: Installation) -> None:
    order = send_order(site, "UNPAID-1", payment_state="pending")
    case = order.falls_into("payment_not_captured")
    until("a run waiting", lambda: run_waiting_for(site, case)["status"] == "waiting")
    unsigned = site.http.post(case["resume_url"].partition("?")[0], json={})
    assert unsigned.status_code == 401
    order.resolve(case, payment_reference="capture-77")
    order.ships()


def test_a_failed_pick_ships_from_another_warehouse(site: Installation) -> None:
    order = send_order(site, "SHORT-1", "pick_short_once")
    seen = order.ships()
    failed, shipped = sorted(seen["shipments"], key=lambda shipment: shipment["created_at"])
    assert (failed["status"], shipped["attempt"]) == ("cancelled", 2)
    assert failed["location_id"] != shipped["location_id"]
    assert seen["exceptions"] == []


def test_a_label_that_fails_its_check_is_given_back_and_bought_anew(site: Installation) -> None:
    order = send_order(site, "LABEL-1", "label_bad_checksum")
    case = order.falls_into("label_invalid")
    until("the label voided", lambda: [label["voided"] for label in site.labels("LABEL-1")] == [True])
    site.control("scenarios", {"LABEL-1": None})
    until("the shipment without its label", lambda: order.seen["shipments"][0]["label"] is None)
    order.resolve(case, remedy="bought again")
    order.ships()
    assert [label["voided"] for label in site.labels("LABEL-1")] == [True, False]


@pytest.mark.parametrize("scenario", MISHAPS)
def test_what_goes_wrong_waits_for_its_owner_and_ships_once_resolved(site: Installation, scenario: str) -> None:
    code, status, answer = MISHAPS[scenario]
    number = f"WRONG-{scenario}"
    order = send_order(site, number, scenario)
    case = order.falls_into(code)
    assert order.reaches(status)["order"]["owner"]
    assert case["owner"]
    assert case["deadline_at"]
    site.control("scenarios", {number: None})
    order.resolve(case, **answer)
    order.ships()
    assert len([label for label in site.labels(number) if not label["voided"]]) == 1


def test_the_work_of_an_owner_who_is_out_goes_to_another_and_the_escalation_flow_tells_them(site: Installation) -> None:
    order = send_order(site, "OUT-1", payment_state="pending")
    case = order.falls_into("payment_not_captured")
    since = (datetime.now(UTC) - timedelta(days=10)).isoformat()
    site.ask("PUT", f"/v1/absences/{case['owner']}", json={"out_from": since})
    site.stop("connector")  # it looks for absent owners when it starts, and then every minute
    site.up()

    def told() -> bool:
        runs = site.n8n.executions("docklineEscalation", "success")
        return any("Tell the new owner" in str(site.n8n.execution(run["id"])) for run in runs)

    until("the new owner told", told)
    assert order.falls_into("payment_not_captured")["owner"] != case["owner"]
    site.ask("DELETE", f"/v1/absences/{case['owner']}")


def secret(letter: str) -> Json:
    """A secret that messages about stock may be signed with."""
    return {"webhook_secret": "whsec_" + b64encode(letter.encode() * 32).decode(), "source": "legacy"}


def test_an_overdue_credential_comes_to_its_owner_by_the_flow_and_a_new_one_ends_the_run(site: Installation) -> None:
    site.stop("connector")
    entered = Store(site.home.database, FakeClock(datetime.now(UTC) - timedelta(days=100)))
    anyio.run(entered.write, "demo", lambda tx: lifecycle.enter(tx, "inventory", secret("a"), NOT_ASKED, "ada"))
    entered.close()
    site.up()

    def waited_for() -> Json | None:
        found = site.ask("GET", "/v1/exceptions", params={"state": "open", "owner": "client-success"})["exceptions"]
        return next((case for case in found if case["code"] == "credential_overdue" and case["resume_url"]), None)

    case = until("the credential's exception, waited for", waited_for)
    until("a run waiting", lambda: run_waiting_for(site, case)["status"] == "waiting")
    site.ask("POST", "/v1/credentials/inventory/rotate?test=false", json={"settings": secret("b")})
    until("the waiting run ended well", lambda: run_waiting_for(site, case)["status"] == "success")
