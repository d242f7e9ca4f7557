"""The audit timeline of one order: when, who, from which status to which, by which rule, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

import orjson

from connector_service.demo.charts import seconds, words

Json = Mapping[str, Any]
_TOLD = frozenset(
    {"from_status", "to_status", "actor", "because", "rule", "owner", "deadline_at", "changes", "owner_rule"}
)
_BAD = frozenset({"exception", "quarantined", "on_hold", "cancelled", "backordered"})


@dataclass(frozen=True, slots=True)
class Timeline:
    """An order's whole story: a heading, a sentence on what to look for, and the events as JSON, oldest first."""

    title: str
    lead: str
    order_number: str
    events: Sequence[Json]


def timeline_html(timeline: Timeline) -> str:
    """The story as a list that opens and closes."""
    start = datetime.fromisoformat(timeline.events[0]["time"]) if timeline.events else None
    items = "".join(_item(event, start) for event in timeline.events)
    return (
        f'<details class="story" open><summary><span class="story-title">{escape(timeline.title)}</span> '
        f'<span class="muted">order {escape(timeline.order_number)}, {len(timeline.events)} events</span></summary>'
        f"<p>{escape(timeline.lead)}</p><ol>{items}</ol></details>"
    )


def _item(event: Json, start: datetime | None) -> str:
    kind, _, happened = event["type"].removeprefix("dockline.").rpartition(".v")[0].partition(".")
    moment = datetime.fromisoformat(event["time"])
    after = seconds((moment - start).total_seconds()) if start else ""
    data = event["data"]
    css = "minor" if kind in ("reservation", "position") else "bad" if data.get("to_status") in _BAD else "major"
    return (
        f'<li class="{css}"><time datetime="{escape(event["time"])}" title="{escape(event["time"])}">'
        f"{moment:%H:%M:%S}.{moment.microsecond // 1_000:03d}<br><small>+{after}</small></time>"
        f'<div><p class="what"><b>{words(kind)} {words(happened)}</b> {_change(data)} {_subject(kind, event)}</p>'
        f'<p class="why">{escape(str(data.get("because", "")))}</p>'
        f"<details><summary>{_who(data)}</summary><pre>{_rest(event)}</pre></details></div></li>"
    )


def _subject(kind: str, event: Json) -> str:
    """Which of its shipments or exceptions; the order itself needs no name."""
    return "" if kind == "order" else f"<small><code>{escape(event['subject'])}</code></small>"


def _change(data: Json) -> str:
    before, after = data.get("from_status"), data.get("to_status")
    if after is None:
        return ""
    if before in (None, after):
        return _chip(after)
    return f'{_chip(before)}<span class="arrow" aria-label="to"> → </span>{_chip(after)}'


def _chip(status: str) -> str:
    return f'<span class="chip{" bad" if status in _BAD else ""}">{words(status)}</span>'


def _who(data: Json) -> str:
    told = [f"by {escape(str(data.get('actor', 'unknown')))}"]
    if data.get("rule"):
        told.append(f"rule <code>{escape(str(data['rule']))}</code>")
    if data.get("owner"):
        by_rule = f" (<code>{escape(str(data['owner_rule']))}</code>)" if data.get("owner_rule") else ""
        told.append(f"owner <b>{escape(str(data['owner']))}</b>{by_rule}")
    if data.get("deadline_at"):
        told.append(f"act by {datetime.fromisoformat(data['deadline_at']):%d %b %H:%M} UTC")
    return " · ".join(told)


def _rest(event: Json) -> str:
    """Whatever else the event carries, but for the copy of the changed fields."""
    rest = {key: value for key, value in event["data"].items() if key not in _TOLD and value not in (None, "", [], {})}
    return escape(orjson.dumps({"id": event["id"], **rest}, option=orjson.OPT_INDENT_2).decode())
