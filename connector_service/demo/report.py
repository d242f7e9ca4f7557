"""The pilot's report: one HTML file that needs nothing else, written from plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from connector_service.demo import figures
from connector_service.demo.charts import Segment, bar, exceptions_chart, funnel_chart, legend, seconds, steps_chart
from connector_service.demo.figures import CountryRow
from connector_service.demo.invariants import Result
from connector_service.demo.places import MARKETS
from connector_service.demo.style import STYLE
from connector_service.demo.timeline import Timeline, timeline_html

Json = Mapping[str, Any]
_SHOWN_VIOLATIONS = 12


@dataclass(frozen=True, slots=True)
class ReportData:
    """What the report is made of; objects and events are the JSON of the canonical models.

    `sent` counts orders sent (a webhook sent twice once), `replayed` those answered as replays, `refused` those kept as
    rejected. `events` needs at least the orders' own events. `took_s` is from the first webhook to the last outcome.
    """

    finished_at: datetime
    took_s: float
    seed: int
    sent: int
    replayed: int
    refused: int
    orders: Sequence[Json]
    exceptions: Sequence[Json]
    events: Sequence[Json]
    results: Sequence[Result]
    timelines: Sequence[Timeline]


def write_report(path: Path, data: ReportData) -> None:
    """Write the report as one self-contained HTML file (UTF-8).

    Raises:
        OSError: the file cannot be written.
    """
    path.write_text(report_html(data), encoding="utf-8")


def report_html(data: ReportData) -> str:
    """The whole page."""
    parts = (
        _head(data),
        _funnel(data),
        _exceptions(data),
        _steps(data),
        _countries(data),
        _checks(data),
        _stories(data),
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Dockline pilot: {data.sent} orders</title><style>{STYLE}</style></head>"
        f"<body><main>{''.join(parts)}{_foot(data)}</main></body></html>\n"
    )


def _head(data: ReportData) -> str:
    violations = sum(len(result.violations) for result in data.results)
    good = violations == 0
    verdict = "Every check passed" if good else f"{violations} violation{'s' if violations > 1 else ''} found"
    in_trouble = sum(bool(order["exception_ids"]) for order in data.orders)
    tiles = {
        "orders sent": data.sent,
        "shipped whole": sum(order["status"] in ("shipped", "delivered", "closed") for order in data.orders),
        "in exception": in_trouble,
        "of these in quarantine": sum(order["status"] == "quarantined" for order in data.orders),
        "sent twice, kept once": data.replayed,
        "refused, kept to correct": data.refused,
    }
    items = "".join(f"<li><b>{number}</b>{name}</li>" for name, number in tiles.items())
    return (
        f'<header><span class="verdict {"good" if good else "bad"}">{verdict}</span>'
        f"<h1>{data.sent} orders, from webhook to outcome</h1>"
        f'<p class="muted">In {seconds(data.took_s)} through the flows, '
        f"finished {data.finished_at:%d %B %Y at %H:%M} UTC.</p></header>"
        f'<ul class="tiles">{items}</ul>'
    )


def _section(title: str, lead: str, body: str) -> str:
    return f"<section><h2>{title}</h2><p class='muted'>{lead}</p>{body}</section>"


def _funnel(data: ReportData) -> str:
    body = legend({"went on": "main", "left the path here": "warn"}) + funnel_chart(figures.funnel(data.events))
    return _section("How far the orders came", "Orders that reached each status, and where some left the path.", body)


def _exceptions(data: ReportData) -> str:
    counts = figures.open_exceptions(data.exceptions)
    if not counts:
        return _section("Exceptions by code and owner", "No exception is open.", "")
    owners = sorted({owner for by_owner in counts.values() for owner in by_owner})
    colours = {owner: f"c{min(index, 6) + 1}" for index, owner in enumerate(owners)}
    lead = "Each open exception has one owner, one deadline, and the fields that must be filled in before it goes on."
    return _section("Exceptions by code and owner", lead, legend(colours) + exceptions_chart(counts, colours))


def _steps(data: ReportData) -> str:
    body = legend({"half of the orders": "main", "95 of 100": "pale"}) + steps_chart(figures.step_times(data.events))
    return _section("Time in each status", "How long orders waited before they moved on.", body)


def _countries(data: ReportData) -> str:
    rows = figures.by_country(data.orders)
    most = max((row.orders for row in rows), default=0) or 1
    head = "".join(
        f'<th scope="col">{name}</th>' for name in ("Country", "Orders", "", "Shipped", "Exception", "Value")
    )
    body = "".join(_country_row(row, most) for row in rows)
    table = f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    return _section("Where they went", "Real cities and postal codes, one currency per country.", table)


def _country_row(row: CountryRow, most: int) -> str:
    market = MARKETS.get(row.country)
    name = market.country_name if market else row.country
    elsewhere = row.orders - row.shipped - row.in_trouble
    parts = [
        Segment(row.shipped / most, "main", f"{row.shipped} shipped"),
        Segment(row.in_trouble / most, "warn", f"{row.in_trouble} in exception"),
        Segment(elsewhere / most, "pale", f"{elsewhere} on the way"),
    ]
    drawing = bar([part for part in parts if part.share > 0], f"{name}: {row.orders} orders")
    value = f"{row.total_minor // 100:,} {row.currency}"  # every demo currency has two decimal places
    return (
        f'<tr><th scope="row">{escape(name)}</th><td>{row.orders}</td><td class="wide">{drawing}</td>'
        f"<td>{row.shipped}</td><td>{row.in_trouble}</td><td>{escape(value)}</td></tr>"
    )


def _checks(data: ReportData) -> str:
    items = "".join(f"<li>{_check(result)}</li>" for result in data.results)
    return _section(
        "What was checked",
        "On the connector's own record, and on what the warehouse and the carriers say happened.",
        f'<ul class="checks">{items}</ul>',
    )


def _check(result: Result) -> str:
    if not result.violations:
        return f'<span class="mark good">✓ pass</span><span>{escape(result.title)}</span>'
    shown = "".join(
        f"<li><code>{escape(found.subject)}</code> {escape(found.detail)}</li>"
        for found in result.violations[:_SHOWN_VIOLATIONS]
    )
    more = len(result.violations) - _SHOWN_VIOLATIONS
    rest = f"<li>and {more} more</li>" if more > 0 else ""
    return f'<span class="mark bad">✗ fail</span><div>{escape(result.title)}<ul>{shown}{rest}</ul></div>'


def _stories(data: ReportData) -> str:
    body = "".join(timeline_html(timeline) for timeline in data.timelines)
    return _section(
        "What happened to them, step by step",
        "Who did what, by which rule, and why; a line with a triangle opens to the rest of the record.",
        body,
    )


def _foot(data: ReportData) -> str:
    return f"<footer>Seed {data.seed}: the same seed sends the same orders again.</footer>"
