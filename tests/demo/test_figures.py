from __future__ import annotations

from typing import Any

import pytest

from connector_service.demo import figures
from connector_service.demo.figures import Stage, Step


def events(order_id: str, *steps: tuple[str, float]) -> list[dict[str, Any]]:
    """An order's events: the status after each, and its second within the minute."""
    return [
        {
            "type": f"dockline.order.{status}.v1",
            "subject": order_id,
            "sequence": sequence,
            "time": f"2026-11-09T15:00:{second:06.3f}Z",
            "data": {"to_status": status},
        }
        for sequence, (status, second) in enumerate(steps, start=1)
    ]


def test_the_funnel_counts_every_order_up_to_where_it_came() -> None:
    run = [
        *events("a", ("received", 0), ("validated", 1), ("allocated", 2), ("packed", 3), ("shipped", 4)),
        *events("b", ("received", 0), ("quarantined", 1)),
        *events("c", ("received", 0), ("validated", 1), ("partially_allocated", 2), ("on_hold", 3)),
    ]
    assert figures.funnel(run)[:4] == [
        Stage("received", 3, 1),
        Stage("validated", 2, 0),
        Stage("allocated", 2, 1),
        Stage("released", 1, 0),
    ]
    assert figures.funnel(run)[-1] == Stage("shipped", 1, 0)


def test_an_order_that_came_back_onto_the_path_is_not_off_it() -> None:
    run = events("a", ("received", 0), ("on_hold", 1), ("validated", 2))
    assert [stage.diverted for stage in figures.funnel(run)] == [0] * 7


def test_a_step_lasts_until_the_status_changes_whatever_happens_in_between() -> None:
    run = events("a", ("received", 0), ("received", 2), ("validated", 5), ("allocated", 6))
    assert figures.step_times(run) == [Step("received", 1, 5.0, 5.0), Step("validated", 1, 1.0, 1.0)]


def test_events_of_other_objects_and_in_any_order_make_no_difference() -> None:
    run = events("a", ("received", 0), ("validated", 5))
    other = {**run[0], "type": "dockline.shipment.planned.v1"}
    assert figures.step_times([other, *reversed(run)]) == figures.step_times(run)


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [([7], 50, 7), ([1, 2, 3, 4], 50, 2), (range(1, 101), 95, 95), (range(1, 11), 95, 10), ([3, 1, 2], 100, 3)],
)
def test_a_percentile_is_the_nearest_rank(values: list[float], percent: int, expected: float) -> None:
    assert figures.percentile(values, percent) == expected


def test_exceptions_are_counted_by_code_and_owner_while_they_are_open() -> None:
    cases = [
        {"code": "label_invalid", "owner": "carrier-desk", "state": "open"},
        {"code": "sku_unknown", "owner": "senior", "state": "claimed"},
        {"code": "sku_unknown", "owner": "client-success", "state": "open"},
        {"code": "sku_unknown", "owner": "client-success", "state": "requeued"},
    ]
    counts = figures.open_exceptions(cases)
    assert list(counts.items()) == [
        ("sku_unknown", {"client-success": 1, "senior": 1}),
        ("label_invalid", {"carrier-desk": 1}),
    ]


def test_countries_are_ranked_by_orders_with_what_became_of_them() -> None:
    def order(country: str, status: str, exceptions: list[str]) -> dict[str, Any]:
        return {
            "ship_to": {"country": country},
            "status": status,
            "exception_ids": exceptions,
            "currency": "EUR",
            "totals": {"total_minor": 1_000},
        }

    rows = figures.by_country([order("GB", "on_hold", ["e"]), order("DE", "shipped", []), order("DE", "packed", [])])
    assert [(row.country, row.orders, row.shipped, row.in_trouble, row.total_minor) for row in rows] == [
        ("DE", 2, 1, 0, 2_000),
        ("GB", 1, 0, 1, 1_000),
    ]
