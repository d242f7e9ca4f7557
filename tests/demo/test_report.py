from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from connector_service.demo.charts import seconds
from connector_service.demo.invariants import Result, Violation
from connector_service.demo.report import ReportData, report_html, write_report
from connector_service.demo.timeline import Timeline

VOID = {"meta", "br", "rect"}
EVIL = "<script>alert('x')</script>"


def event(kind: str, happened: str, sequence: int, **data: Any) -> dict[str, Any]:
    return {
        "id": f"{kind}_1:{sequence}",
        "type": f"dockline.{kind}.{happened}.v1",
        "subject": f"{kind}_1",
        "sequence": sequence,
        "time": f"2026-11-09T15:00:0{sequence}Z",
        "data": {"actor": "flow Order intake", "because": "It was time.", "rule": None, **data},
    }


def report(**changes: Any) -> ReportData:
    order = {
        "id": "order_1",
        "status": "quarantined",
        "exception_ids": ["exc_1"],
        "ship_to": {"country": "GB"},
        "currency": "GBP",
        "totals": {"total_minor": 123_456},
    }
    story = [
        event("order", "received", 1, from_status=None, to_status="received", owner="client-success"),
        event(
            "order",
            "quarantined",
            2,
            from_status="received",
            to_status="quarantined",
            because=EVIL,
            rule="exception-routing@1.0.0 EXR-035",
            owner="warehouse",
            owner_rule="ownership@1.0.0 OWN-035",
            deadline_at="2026-11-09T17:30:00+00:00",
            code="sku_unknown",
        ),
    ]
    values: dict[str, Any] = {
        "finished_at": datetime(2026, 11, 9, 15, 1, tzinfo=UTC),
        "took_s": 41.3,
        "seed": 2026,
        "sent": 1,
        "replayed": 0,
        "refused": 0,
        "orders": [order],
        "exceptions": [{"code": "sku_unknown", "owner": EVIL, "state": "open"}],
        "events": story,
        "results": [Result("one_label", "No shipment has two live labels", ())],
        "timelines": [Timeline("Quarantined", "A SKU nobody sells.", "10042", story)],
    }
    return ReportData(**{**values, **changes})


class Reader(HTMLParser):
    """Follows the nesting, and gathers text and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID or (tag == "rect" and not (self.get_starttag_text() or "").endswith("/>")):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def test_the_page_is_nested_soundly_and_loads_nothing() -> None:
    html = report_html(report())
    reader = read(html)
    assert reader.open == []
    assert not {tag for tag, _, _ in reader.attributes} & {"link", "img", "script", "iframe"}
    assert not [name for _, name, _ in reader.attributes if name in ("src", "href")]
    assert "url(" not in html
    assert "@import" not in html


def test_words_from_outside_are_shown_and_never_run() -> None:
    html = report_html(report())
    assert "<script" not in html
    assert EVIL in read(html).text


def test_every_picture_says_in_words_what_it_shows() -> None:
    drawings = [name for tag, name, value in read(report_html(report())).attributes if tag == "svg" and value]
    assert drawings.count("aria-label") == drawings.count("role") > 0


def test_the_timeline_says_when_who_from_where_to_where_by_which_rule_and_why() -> None:
    text = read(report_html(report())).text
    for said in (
        "15:00:02.000",
        "+1.0 s",
        "order quarantined",
        "received → quarantined",
        "by flow Order intake",
        "rule exception-routing@1.0.0 EXR-035",
        "owner warehouse (ownership@1.0.0 OWN-035)",
        "act by 09 Nov 17:30 UTC",
        "It was time.",
        '"code": "sku_unknown"',
    ):
        assert said in text


def test_a_clean_run_says_so_and_a_violation_is_named() -> None:
    assert "Every check passed" in report_html(report())
    found = tuple(Violation("one_label", f"shp_{n}", "2 live labels") for n in range(14))
    text = read(report_html(report(results=[Result("one_label", "No two labels", found)]))).text
    assert "14 violations found" in text
    assert "shp_0 2 live labels" in text
    assert "and 2 more" in text


def test_the_figures_stand_in_words_beside_the_pictures() -> None:
    text = read(report_html(report())).text
    assert "1,234 GBP" in text
    assert "United Kingdom" in text
    assert "1 off the path" in text


def test_a_run_without_a_single_order_is_a_page_too() -> None:
    empty = report(orders=[], exceptions=[], events=[], results=[], timelines=[Timeline("None", "", "", [])])
    assert read(report_html(empty)).open == []
    assert "No exception is open." in report_html(empty)


def test_the_file_is_the_page_in_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "demo-report.html"
    write_report(path, report())
    assert path.read_text(encoding="utf-8") == report_html(report())


@pytest.mark.parametrize(("value", "said"), [(0.0042, "4 ms"), (1.25, "1.2 s"), (89, "89.0 s"), (150, "2.5 min")])
def test_seconds_are_said_as_a_person_says_them(value: float, said: str) -> None:
    assert seconds(value) == said
