"""A choice of carrier on the terminal: the reason in words, then each offer with its score term by term."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from canonical_models.money import in_words
from connector_service.cli.output import moment, table

Json = Mapping[str, Any]
_MILLI = 1000


def latest_carrier_choices(events: Sequence[Json]) -> list[Json]:
    """The newest event of each shipment that holds a choice of carrier, in the order in which shipments were rated."""
    newest = {event["subject"]: event for event in events if "offers" in (event["data"].get("choice") or {})}
    return list(newest.values())


def carrier_choice_table(event: Json) -> RenderableType:
    """The choice that an event holds; scores in minor units of the order's currency."""
    choice = event["data"]["choice"]
    shown = table("offer", "price", "days", "score", "made of", "merit", "in time, claims", "why or why not")
    for offer in choice["offers"]:
        shown.add_row(*_row(offer))
    head = Text.assemble(
        (f"{moment(event['time'])} UTC  ", "dim"), choice["because"], (f"   {event['subject']}", "dim")
    )
    left_out = choice["left_out"]
    more = [Text(f"{left_out} more offer{'' if left_out == 1 else 's'} not shown.")] if left_out else []
    rules = f"{choice['rule_file']} {', '.join(choice['rule_versions'])}"
    legend = f"Scores are in minor units of the order's currency, the least is best. Rules: {rules}."
    return Group(head, Text(""), shown, *more, Text(f"\n{legend}", "dim"))


def _row(offer: Json) -> tuple[str | Text, ...]:
    name = Text(f"{offer['carrier']}\n{offer['service']}", "bold green" if offer["chosen"] else "")
    source = "" if offer["source"] == "live" else f"\n{offer['source']}"
    price = f"{in_words(offer['cost_minor'], offer['currency'])}{source}"
    terms = "\n".join(f"{term} {_minor(amount)}" for term, amount in offer["terms"].items())
    shares = f"{offer['on_time_per_mille'] / 10:g} %, {offer['claims_per_mille'] / 10:g} %"
    expected = f"{shares}\nof {offer['parcels_known']} there"
    score = _minor(offer["score"]) if offer["compared_minor"] is not None else "not comparable"
    return name, price, str(offer["transit_days"]), score, terms, str(offer["merit"]), expected, Text(_why(offer))


def _why(offer: Json) -> str:
    if offer["vetoes"]:
        return " ".join(offer["vetoes"])
    rules = f"Rules: {', '.join(offer['rules']) or 'none'}."
    return f"chosen. {rules}" if offer["chosen"] else rules


def _minor(score: int) -> str:
    return f"{(score + _MILLI // 2) // _MILLI:,}"
