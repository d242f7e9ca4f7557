from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from connector_service.demo.invariants import INVARIANTS, Evidence, check, check_each
from connector_service.demo.mishaps import SHIPPED, Expected

HELD = Expected("exception", "wms_rejected", "on_hold", "refused by the warehouse")
REFUSED = Expected("refused", None, None, "malformed")
LATER = "2026-11-10T12:00:00Z"


def event(subject: str, sequence: int) -> dict[str, Any]:
    return {
        "id": f"{subject}:{sequence}",
        "type": "dockline.order.saved.v1",
        "subject": subject,
        "sequence": sequence,
        "time": "2026-11-09T15:00:00Z",
        "data": {"actor": "flow", "because": "It was time."},
    }


def sound() -> Evidence:
    """Order 1 shipped 2 of 10 TEA; order 2 waits in an exception with 3 TEA reserved; 3 was refused."""
    label = {"tracking_number": "SW1"}
    return copy.deepcopy(
        Evidence(
            expected={"1": SHIPPED, "2": HELD, "3": REFUSED},
            acknowledged=["1", "1", "2"],
            rejected=["3"],
            initial_stock={"TEA": 10},
            orders=[
                {"id": "ord_1", "number": "1", "version": 2, "status": "shipped", "owner": "a", "deadline_at": LATER},
                {"id": "ord_2", "number": "2", "version": 1, "status": "on_hold", "owner": "b", "deadline_at": LATER},
            ],
            shipments=[
                {"id": "shp_1", "version": 1, "label": label, "shipped_at": LATER, "lines": [line("TEA", 2)]},
                {"id": "shp_2", "version": 1, "label": None, "shipped_at": None, "lines": [line("TEA", 3)]},
            ],
            exceptions=[
                {
                    "id": "exc_1",
                    "version": 1,
                    "order_id": "ord_2",
                    "code": "wms_rejected",
                    "state": "open",
                    "owner": "operations",
                    "deadline_at": LATER,
                }
            ],
            positions=[{"id": "x/TEA/", "version": 3, "sku": "TEA", "on_hand": 8, "reserved": 3, "unavailable": 1}],
            reservations=[
                {"id": "rsv_1", "version": 1, "position_id": "x/TEA/", "state": "consumed", "quantity": 2},
                {"id": "rsv_2", "version": 1, "position_id": "x/TEA/", "state": "allocated", "quantity": 3},
            ],
            events=[
                *(event("ord_1", n) for n in (1, 2)),
                *(event("x/TEA/", n) for n in (1, 2, 3)),
                *(event(subject, 1) for subject in ("ord_2", "shp_1", "shp_2", "exc_1", "rsv_1", "rsv_2")),
            ],
            ledger={
                "labels": [
                    {"reference": "shp_1-1", "tracking_number": "SW0", "voided": True},
                    {"reference": "shp_1-2", "tracking_number": "SW1", "voided": False},
                ]
            },
        )
    )


def line(sku: str, quantity: int) -> dict[str, Any]:
    return {"sku": sku, "quantity": quantity}


def test_a_sound_run_violates_nothing() -> None:
    assert check(sound()) == []
    assert [result.invariant for result in check_each(sound())] == list(INVARIANTS)


def lose_order(e: Evidence) -> Evidence:
    return replace(e, orders=e.orders[:1], exceptions=[], events=[x for x in e.events if x["subject"] != "exc_1"])


def double_order(e: Evidence) -> Evidence:
    return replace(e, orders=[*e.orders, {**e.orders[0], "id": "ord_9"}])


def unasked_order(e: Evidence) -> Evidence:
    return replace(e, acknowledged=["1"])


def other_status(e: Evidence) -> Evidence:
    e.orders[0]["status"] = "packed"
    return e


def other_code(e: Evidence) -> Evidence:
    e.exceptions[0]["code"] = "label_invalid"
    return e


def unexpected_exception(e: Evidence) -> Evidence:
    return replace(e, exceptions=[*e.exceptions, {**e.exceptions[0], "order_id": "ord_1"}])


def accept_refused(e: Evidence) -> Evidence:
    return replace(e, orders=[*e.orders, {**e.orders[0], "id": "ord_3", "number": "3"}])


def forget_rejected(e: Evidence) -> Evidence:
    return replace(e, rejected=[])


def no_owner(e: Evidence) -> Evidence:
    e.orders[1]["owner"] = " "
    return e


def no_deadline(e: Evidence) -> Evidence:
    e.exceptions[0]["deadline_at"] = None
    return e


def lose_stock(e: Evidence) -> Evidence:
    e.positions[0]["on_hand"] = 7
    return e


def unknown_stock(e: Evidence) -> Evidence:
    return replace(e, initial_stock={})


def oversell(e: Evidence) -> Evidence:
    e.positions[0]["unavailable"] = 6
    return e


def forget_reservation(e: Evidence) -> Evidence:
    e.reservations[1]["state"] = "released"
    return e


def reserve_nothing_there(e: Evidence) -> Evidence:
    e.reservations[1]["position_id"] = "y/TEA/"
    return e


def second_label(e: Evidence) -> Evidence:
    e.ledger["labels"][0]["voided"] = False
    return e


def unknown_label(e: Evidence) -> Evidence:
    e.shipments[0]["label"] = None
    return e


def voided_label(e: Evidence) -> Evidence:
    e.ledger["labels"][1]["voided"] = True
    return e


def shared_label(e: Evidence) -> Evidence:
    e.shipments[1]["label"] = {"tracking_number": "SW1"}
    return e


def lose_event(e: Evidence) -> Evidence:
    return replace(e, events=e.events[1:])


def double_event(e: Evidence) -> Evidence:
    return replace(e, events=[*e.events, e.events[0]])


def lose_last_event(e: Evidence) -> Evidence:
    return replace(e, events=[x for x in e.events if x["id"] != "ord_1:2"])


def silent_event(e: Evidence) -> Evidence:
    e.events[0]["data"]["because"] = ""
    return e


def eventless_object(e: Evidence) -> Evidence:
    return replace(e, events=[x for x in e.events if x["subject"] != "shp_2"])


@pytest.mark.parametrize(
    ("breaks", "invariant"),
    [
        (lose_order, "no_order_lost"),
        (double_order, "no_order_lost"),
        (unasked_order, "no_order_lost"),
        (other_status, "outcome_reached"),
        (other_code, "outcome_reached"),
        (unexpected_exception, "outcome_reached"),
        (accept_refused, "outcome_reached"),
        (forget_rejected, "outcome_reached"),
        (no_owner, "one_owner_one_deadline"),
        (no_deadline, "one_owner_one_deadline"),
        (lose_stock, "stock_conserved"),
        (unknown_stock, "stock_conserved"),
        (oversell, "stock_not_negative"),
        (forget_reservation, "reservations_add_up"),
        (reserve_nothing_there, "reservations_add_up"),
        (second_label, "one_label"),
        (unknown_label, "one_label"),
        (voided_label, "one_label"),
        (shared_label, "one_label"),
        (lose_event, "events_gapless"),
        (double_event, "events_gapless"),
        (lose_last_event, "events_gapless"),
        (eventless_object, "events_gapless"),
        (silent_event, "events_explained"),
    ],
)
def test_a_broken_run_violates_the_invariant_that_it_breaks(
    breaks: Callable[[Evidence], Evidence], invariant: str
) -> None:
    violations = check(breaks(sound()))
    assert invariant in {violation.invariant for violation in violations}
    assert all(violation.subject and violation.detail for violation in violations)


def test_a_closed_order_needs_no_deadline() -> None:
    evidence = sound()
    evidence.orders[0].update(status="closed", deadline_at=None)
    assert check(evidence) == []


def test_an_order_that_went_on_after_shipping_reached_its_outcome() -> None:
    evidence = sound()
    evidence.orders[0]["status"] = "delivered"
    assert check(evidence) == []
