"""The flow *End of day* in a real n8n: vans are called, days are closed, and what fails keeps nobody else back."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.end_to_end.installation import Installation, Json, installed, until
from tests.end_to_end.journey import send_order
from tests.end_to_end.test_carrier_flows import connect

pytestmark = pytest.mark.end_to_end

FLOW = "docklineEndOfDay"
BY_ITSELF, CALLED = "swiftparcel", "ups"
"""A carrier that comes every day, and one whose van is called."""
OTHERS = {BY_ITSELF: ("terrapost", CALLED), CALLED: ("terrapost", BY_ITSELF)}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("installation")) as made:
        connect(made, CALLED)
        # No driver comes before he is called for.
        made.control("timing", {"speed": 5, "webhook_ms": 5, "journey": "label_created"})
        yield made


@pytest.fixture(autouse=True)
def healed(site: Installation) -> Iterator[None]:
    yield
    site.control("faults", {slug: {} for slug in ("terrapost", BY_ITSELF, CALLED)})


def at_the_dock(site: Installation, number: str, carrier: str, units: int) -> Json:
    """An order's shipment with a label of this carrier; no other has as many units, so that no rate is remembered."""
    # Its circuit breaker may still be open from when another one was wanted.
    until(f"{carrier} answering", lambda: site.ask("POST", f"/v1/credentials/{carrier}/test")["verdict"] == "works")
    site.control("faults", {slug: {"outage": True} for slug in OTHERS[carrier]})
    lines = [{"line_id": "1", "sku": "MUG-STONE-350", "quantity_ordered": units}]
    order = send_order(site, number, lines=lines)
    order.ships()
    site.control("faults", {slug: {} for slug in OTHERS[carrier]})
    (shipment,) = order.seen["shipments"]
    assert shipment["label"]["carrier"] == carrier
    return dict(shipment)


def run(site: Installation, trigger: str = "By hand") -> Json:
    """One run of the flow to its end: by node, the items of every output, and how it ended under `status`."""
    execution_id = site.n8n.run_workflow(FLOW, trigger)

    def ended() -> Json | None:
        found = site.n8n.execution(execution_id)
        return found if found["status"] in ("success", "error") else None

    ran = until("the run ended", ended)
    passed: dict[str, Any] = ran["data"]["resultData"]["runData"]
    items = {
        name: [
            [item["json"] for turn in turns for item in _output(turn, at)]
            for at in range(max(len((turn.get("data") or {"main": []})["main"]) for turn in turns))
        ]
        for name, turns in passed.items()
    }
    return {"status": ran["status"], "began": ran["startedAt"], "items": items}


def _output(turn: Json, at: int) -> list[Json]:
    outputs = (turn.get("data") or {"main": []})["main"]
    return (outputs[at] or []) if at < len(outputs) else []


def handed_over(ran: Json) -> set[str]:
    return {each["carrier"] for each in ran["items"].get("Handed over", [[]])[0]}


def vans(site: Installation) -> list[Json]:
    found: list[Json] = site.sandbox.get("ledger").json()["pickups"]
    return [each for each in found if not each["cancelled"]]


def test_a_day_is_closed_for_every_carrier_and_a_van_called_where_one_is_needed(site: Installation) -> None:
    called, comes = at_the_dock(site, "EOD-1", CALLED, 3), at_the_dock(site, "EOD-2", BY_ITSELF, 4)
    by_the_clock = run(site, "Every hour")
    over, still_open = by_the_clock["items"]["Is its day over?"]
    began = datetime.fromisoformat(by_the_clock["began"].replace("Z", "+00:00"))
    for item in (*over, *still_open):
        assert (item in over) == (began.astimezone(ZoneInfo(item["timezone"])).hour >= 16), item
    ran = run(site)
    assert (by_the_clock["status"], ran["status"]) == ("success", "success")
    assert handed_over(by_the_clock) | handed_over(ran) == {CALLED, BY_ITSELF}
    (pickup,) = site.node("pickup.search", carrier=CALLED)["output"]["pickups"]
    assert (pickup["status"], pickup["shipment_ids"]) == ("confirmed", [called["id"]])
    assert [van["number"] for van in vans(site)] == [pickup["confirmation"]]
    assert comes["id"] not in pickup["shipment_ids"]
    assert site.node("manifest.waiting")["output"]["waiting"] == []


def test_run_twice_it_calls_no_second_van(site: Installation) -> None:
    before = vans(site)
    assert run(site)["status"] == "success"
    assert vans(site) == before


def test_a_van_that_may_have_been_called_is_somebodys_and_the_day_is_closed_all_the_same(site: Installation) -> None:
    (first,) = site.node("pickup.search", carrier=CALLED, open_only=True)["output"]["pickups"]
    site.node("pickup.cancel", pickup_id=first["pickup_id"])
    at_the_dock(site, "EOD-3", CALLED, 5)
    site.control("faults", {CALLED: {"only": ["schedule_pickup"], "empty": True}})
    ran = run(site)
    (owned,) = ran["items"]["Its owner works on it"][0]
    assert (owned["exception"]["code"], owned["exception"]["owner"]) == ("pickup_unknown", "carrier-desk")
    assert owned["exception"]["deadline_at"]
    assert (ran["status"], handed_over(ran)) == ("success", {CALLED})
    assert len(vans(site)) == 1


def test_a_technical_failure_is_told_after_all_else_is_done_and_mended_by_the_next_run(site: Installation) -> None:
    (doubtful,) = site.node("pickup.search", carrier=CALLED, open_only=True)["output"]["pickups"]
    site.node("pickup.settle", pickup_id=doubtful["pickup_id"], confirmation=vans(site)[0]["number"])
    site.node("pickup.cancel", pickup_id=doubtful["pickup_id"])
    shipment = at_the_dock(site, "EOD-4", CALLED, 6)
    at_the_dock(site, "EOD-5", BY_ITSELF, 8)
    place = f"/v1/locations/{shipment['location_id']}"
    site.ask("POST", f"{place}/close", json={"person": "ada", "because": "flood"})
    ran = run(site)
    assert (ran["status"], handed_over(ran)) == ("error", {BY_ITSELF})
    (failed,) = ran["items"]["Whatever failed"][0]
    assert "flood" in failed["error"]
    assert vans(site) == []
    site.ask("POST", f"{place}/open", json={"person": "ada", "because": "dry"})
    mended = run(site)
    assert (mended["status"], handed_over(mended), len(vans(site))) == ("success", {CALLED}, 1)
