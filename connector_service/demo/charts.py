"""Bars as inline SVG: only the bars are drawn, words stay text, so that they wrap, scale and can be read aloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from connector_service.demo.figures import Stage, Step

_GAP = 0.4  # between stacked segments, in hundredths of the width


@dataclass(frozen=True, slots=True)
class Segment:
    """Part of a bar: its share of the width (0 to 1), its colour class, and what it stands for."""

    share: float
    colour: str
    meaning: str


def bar(segments: Sequence[Segment], meaning: str) -> str:
    """A bar that fills its column; segments follow each other from the left."""
    shapes, at = [], 0.0
    for segment in segments:
        width = segment.share * 100
        drawn = max(width - _GAP, 0.3)
        shapes.append(
            f'<rect class="{segment.colour}" x="{at:.2f}" y="0" width="{drawn:.2f}" height="10">'
            f"<title>{escape(segment.meaning)}</title></rect>"
        )
        at += width
    return (
        f'<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{escape(meaning)}">'
        f'<rect class="track" width="100" height="10"/>{"".join(shapes)}</svg>'
    )


def overlay(inner: float, outer: float, meaning: str) -> str:
    """A bar up to `inner`, and behind it a paler one up to `outer` (shares of the width)."""
    return (
        f'<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{escape(meaning)}">'
        '<rect class="track" width="100" height="10"/>'
        f'<rect class="pale" width="{max(outer * 100, 0.6):.2f}" height="10"/>'
        f'<rect class="main" width="{max(inner * 100, 0.6):.2f}" height="10"/></svg>'
    )


def row(label: str, drawing: str, value: str) -> str:
    """One line of a chart; label and value are HTML."""
    return f'<li><span class="label">{label}</span>{drawing}<span class="value">{value}</span></li>'


def chart(rows: Sequence[str]) -> str:
    """A chart of rows."""
    return f'<ul class="chart">{"".join(rows)}</ul>'


def funnel_chart(stages: Sequence[Stage]) -> str:
    """How far orders came; those that left the path at a status are the end of its bar."""
    most = max((stage.reached for stage in stages), default=0) or 1
    return chart([_stage_row(stage, most) for stage in stages])


def _stage_row(stage: Stage, most: int) -> str:
    went_on = stage.reached - stage.diverted
    parts = [Segment(went_on / most, "main", f"{went_on} went on")]
    value = f"{stage.reached}"
    if stage.diverted:
        parts.append(Segment(stage.diverted / most, "warn", f"{stage.diverted} left the path"))
        value += f' <small class="warn-text">{stage.diverted} off the path</small>'
    meaning = f"{stage.reached} orders reached {stage.status}, {stage.diverted} left the path there"
    return row(words(stage.status), bar(parts, meaning), value)


def exceptions_chart(counts: Mapping[str, Mapping[str, int]], colours: Mapping[str, str]) -> str:
    """Open exceptions per code, stacked by owner."""
    most = max((sum(owners.values()) for owners in counts.values()), default=0) or 1
    rows = []
    for code, owners in counts.items():
        parts = [Segment(n / most, colours[owner], f"{n} owned by {owner}") for owner, n in owners.items()]
        meaning = f"{code}: " + ", ".join(part.meaning for part in parts)
        total = f"{sum(owners.values())} <small>{escape(', '.join(owners))}</small>"
        rows.append(row(f"<code>{escape(code)}</code>", bar(parts, meaning), total))
    return chart(rows)


def steps_chart(steps: Sequence[Step]) -> str:
    """Time spent in each status: half of the orders were faster than the dark bar, 95 of 100 than the pale one."""
    longest = max((step.p95_s for step in steps), default=0.0) or 1.0
    rows = []
    for step in steps:
        meaning = f"{step.status}: median {seconds(step.p50_s)}, 95 of 100 within {seconds(step.p95_s)}"
        drawing = overlay(step.p50_s / longest, step.p95_s / longest, meaning)
        rows.append(row(words(step.status), drawing, f"{seconds(step.p50_s)} <small>{seconds(step.p95_s)}</small>"))
    return chart(rows)


def legend(entries: Mapping[str, str]) -> str:
    """What each colour class stands for."""
    items = (f'<li><i class="{colour}"></i>{escape(name)}</li>' for name, colour in entries.items())
    return f'<ul class="legend">{"".join(items)}</ul>'


def seconds(value: float) -> str:
    """Seconds as a person says them."""
    if value < 1:
        return f"{value * 1_000:.0f} ms"
    return f"{value:.1f} s" if value < 90 else f"{value / 60:.1f} min"


def words(name: str) -> str:
    """`partially_shipped` as words, safe in HTML."""
    return escape(name.replace("_", " "))
