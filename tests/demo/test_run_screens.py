from __future__ import annotations

import io
from collections import Counter
from typing import Any

from rich.console import Console

from connector_service.demo.facts import Glance
from connector_service.demo.invariants import Evidence, Result, Violation
from connector_service.demo.mishaps import SHIPPED, Expected
from connector_service.demo.progress import LiveProgress, in_order, words
from connector_service.demo.stories import stories
from connector_service.demo.summary import SHOWN_VIOLATIONS, exceptions_table, print_summary

SEEN = Glance(Counter(shipped=3, on_hold=1, received=2), Counter(pick_failed=1), {}, 9)


def screen(terminal: bool = False) -> Console:
    return Console(file=io.StringIO(), width=160, force_terminal=terminal, color_system=None)


def text(shown: Console) -> str:
    assert isinstance(shown.file, io.StringIO)
    return shown.file.getvalue()


def test_statuses_are_told_along_the_path_and_others_last() -> None:
    assert in_order(SEEN.statuses) == [("received", 2), ("shipped", 3), ("on_hold", 1)]
    assert words(6, 10, 3, SEEN) == (
        "6 webhooks answered, 3 of 10 orders settled: 2 received, 3 shipped, 1 on_hold; 1 exceptions"
    )


def test_a_pipe_gets_a_plain_line_when_something_changed_and_not_too_often() -> None:
    shown = screen()
    with LiveProgress(shown, 10) as progress:
        progress.show(1, 0, SEEN, 0.0)
        progress.show(2, 0, SEEN, 1.0)
        progress.show(2, 0, SEEN, 4.0)
        progress.show(2, 0, SEEN, 8.0)
    assert [line[:6] for line in text(shown).splitlines()] == ["   0 s", "   4 s"]


def test_somebody_who_watches_gets_a_picture() -> None:
    shown = screen(terminal=True)
    with LiveProgress(shown, 10) as progress:
        progress.show(6, 3, SEEN, 2.0)
    assert "3 of 10 orders settled" in text(shown)
    assert "1 pick_failed" in text(shown)


def case(code: str, deadline: str | None, state: str = "open") -> dict[str, Any]:
    return {"code": code, "owner": "warehouse", "order_id": "o", "state": state, "deadline_at": deadline}


def test_open_exceptions_are_grouped_with_their_earliest_deadline() -> None:
    cases = [
        case("pick_failed", "2026-11-10T09:00:00Z"),
        case("pick_failed", "2026-11-09T18:30:00Z"),
        case("pick_failed", "2026-11-01T00:00:00Z", state="requeued"),
        case("lot_mismatch", None),
    ]
    shown = screen()
    shown.print(exceptions_table(cases, [{"id": "o", "status": "on_hold"}]))
    rows = [line.split() for line in text(shown).splitlines()[1:]]
    assert rows == [
        ["lot_mismatch", "warehouse", "on", "hold", "1", "none"],
        ["pick_failed", "warehouse", "on", "hold", "2", "Mon", "09", "Nov", "18:30"],
    ]


def evidence(**expected: Expected) -> Evidence:
    """Orders of these numbers, each received and then as far as its name is long."""
    orders = [{"id": f"id-{n}", "number": n, "status": "shipped", "exception_ids": []} for n in expected]
    events = [
        {"subject": order["id"], "type": "dockline.order.received.v1", "time": "2026-11-09T15:00:00Z", "data": {}}
        for order in orders
        for _ in order["number"]
    ]
    return Evidence(expected, list(expected), [], {}, orders, [], [], [], [], events)


def test_violations_are_told_with_their_subject_and_a_long_list_is_cut() -> None:
    many = tuple(Violation("x", f"order-{index}", "is lost") for index in range(SHOWN_VIOLATIONS + 3))
    shown = screen()
    print_summary(shown, evidence(a=SHIPPED), [], [Result("x", "No order lost", many), Result("y", "Fine", ())], 2.0)
    assert "FAIL  No order lost" in text(shown)
    assert "order-0 is lost" in text(shown)
    assert "and 3 more" in text(shown)
    assert "pass  Fine" in text(shown)


def test_the_report_tells_the_longest_order_of_each_kind() -> None:
    detour = Expected("shipped", None, "shipped", "another way")
    quarantined = Expected("quarantined", "sku_unknown", "quarantined", "")
    held = Expected("exception", "pick_failed", "on_hold", "")
    told = stories(evidence(a=SHIPPED, b=detour, bbb=detour, c=quarantined, dd=held))
    assert [timeline.order_number for timeline in told] == ["bbb", "c", "dd"]
    assert [len(timeline.events) for timeline in told] == [3, 1, 2]


def test_ordinary_orders_take_the_place_of_kinds_that_are_missing() -> None:
    told = stories(evidence(a=SHIPPED, bb=SHIPPED))
    assert [timeline.order_number for timeline in told] == ["bb", "a"]
