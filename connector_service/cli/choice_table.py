"""A warehouse choice on the terminal: the reason in words, then each candidate with its score term by term."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from connector_service.cli.output import moment, table

Json = Mapping[str, Any]
_MILLI = 1000


def latest_choice(events: Sequence[Json]) -> Json | None:
    """The newest event of an order that holds a warehouse choice; None when none was made yet."""
    return next((event for event in reversed(events) if "candidates" in (event["data"].get("choice") or {})), None)


def choice_table(event: Json) -> RenderableType:
    """The choice that an event holds; scores in minor units of the order's currency."""
    choice = event["data"]["choice"]
    shown = table("location", "fills", "score", "made of", "merit", "ships, arrives", "why or why not")
    for candidate in choice["candidates"]:
        shown.add_row(*_row(candidate))
    head = Text.assemble((f"{moment(event['time'])} UTC  ", "dim"), choice["because"])
    left_out = choice["left_out"]
    more = [Text(f"{left_out} more candidate{'' if left_out == 1 else 's'} not shown.")] if left_out else []
    return Group(head, Text(""), shown, *more, Text(f"\n{_legend(choice)}", "dim"))


def _legend(choice: Json) -> str:
    """What the numbers are, how sure the answer is, and by which rules."""
    sure = "proven to be the best" if choice["proven"] else "the best that was found in time"
    gap = choice["gap_per_mille"]
    if not choice["proven"] and gap is not None:
        sure += f", at most {gap / 10:g}% above the best"
    rules = f"{choice['rule_file']} {', '.join(choice['rule_versions'])}"
    return f"Scores are in minor units of the order's currency, the least is best; this plan is {sure}. Rules: {rules}."


def _row(candidate: Json) -> tuple[str | Text, ...]:
    alone = candidate["alone"]
    name = Text(candidate["location_id"], "bold green" if candidate["chosen"] else "")
    why = " ".join(candidate["vetoes"]) or f"{candidate['way']} Rules: {', '.join(candidate['rules']) or 'none'}."
    words = f"chosen. {why}" if candidate["chosen"] else why
    if alone is None:
        return name, "0", "", "", str(candidate["merit"]), _days(candidate), Text(words)
    units = f"{alone['filled']} of {alone['filled'] + alone['unfilled']}"
    terms = "\n".join(f"{term} {_minor(amount)}" for term, amount in alone["terms"].items())
    return name, units, _minor(alone["score"]), terms, str(candidate["merit"]), _days(candidate), Text(words)


def _days(candidate: Json) -> str:
    """Older choices say only how many days it travels."""
    if "ships_on" not in candidate:
        days = candidate["transit_days"]
        return f"{days} day{'' if days == 1 else 's'}"
    return f"{candidate['ships_on']}\n{candidate['arrives_on']}"


def _minor(score: int) -> str:
    return f"{(score + _MILLI // 2) // _MILLI:,}"
