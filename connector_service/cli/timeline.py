"""An order on the terminal: its head, what its exceptions need, and its audit trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from canonical_models import EXCEPTION_CATALOG, ExceptionCode
from connector_service.cli.output import how_soon

Json = Mapping[str, Any]
_OPEN = ("open", "claimed", "resolved")
_BAD = frozenset({"quarantined", "on_hold", "cancelled", "backordered", "exception"})
_MINOR = ("reservation", "position")


def order_head(found: Json, now: datetime) -> RenderableType:
    """Number, status, owner and deadline; then the shipments, and each open exception with what it needs."""
    order = found["order"]
    grid = _grid()
    grid.add_row("order", Text(f"{order['number']} from {order['source']}   {order['id']}", "bold"))
    grid.add_row("status", _status(order["status"]))
    grid.add_row("owner", f"{order['owner']} (queue {order['queue']})")
    grid.add_row("act by", how_soon(order["deadline_at"], now))
    ship_to = order["ship_to"]
    address = [ship_to[name] for name in ("name", "line1", "postal_code", "city", "region", "country")]
    grid.add_row("ship to", ", ".join(part for part in address if part))
    grid.add_row("lines", ", ".join(f"{line['quantity_ordered']} x {line['sku']}" for line in order["lines"]))
    for shipment in found["shipments"]:
        grid.add_row("shipment", _shipment(shipment))
        for paper in shipment.get("documents", ()):
            grid.add_row("document", f"{paper['kind']} as {paper['format']}: GET /v1/documents/{paper['hash']}")
    cases = [case for case in found["exceptions"] if case["state"] in _OPEN]
    return Group(grid, *(_exception(case, now) for case in cases))


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    return grid


def _shipment(shipment: Json) -> Text:
    label = shipment["label"]
    carried = f", {label['carrier']} {label['service']} {label['tracking_number']}" if label else ""
    told = Text.assemble(_status(shipment["status"]), f" at {shipment['location_id']}{carried}")
    return told.append(f"   {shipment['id']}", "dim")


def _exception(case: Json, now: datetime) -> RenderableType:
    entry = EXCEPTION_CATALOG[ExceptionCode(case["code"])]
    grid = _grid()
    grid.add_row("exception", Text.assemble((case["code"], "bold red"), f" ({case['state']}): {case['message']}"))
    grid.add_row("owner", f"{case['owner']} (queue {case['queue']}), {how_soon(case['deadline_at'], now)}")
    meanings = {each.name: each.description for each in entry.fields}
    for name in case["required_fields"]:
        filled = f"filled: {case['fields'][name]}" if name in case["fields"] else meanings.get(name, "")
        grid.add_row("needs field", f"{name}: {filled}")
    for step in case["audit_steps"]:
        done = case["audit_done"].get(step)
        grid.add_row("needs step", f"{step}: {f'done by {done}' if done else 'not done yet'}")
    grid.add_row("accepted if", entry.acceptance)
    grid.add_row("id", case["id"])
    return Group(Text(""), grid)


def timeline(events: Sequence[Json]) -> RenderableType:
    """Every event, oldest first: the time with how long it took, and what happened with its reason."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    before: datetime | None = None
    for event in events:
        at = datetime.fromisoformat(event["time"]).astimezone(UTC)
        after = f"+{(at - before).total_seconds():.1f} s" if before else f"{at:%Y-%m-%d}"
        grid.add_row(f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}\n{after:>12}", _event(event))
        before = at
    return Group(Text(""), grid)


def _event(event: Json) -> Text:
    data = event["data"]
    kind, _, happened = event["type"].removeprefix("dockline.").rpartition(".v")[0].partition(".")
    minor = kind in _MINOR
    told = Text(f"{kind} {happened}".replace("_", " "), "dim" if minor else "bold")
    told.append_text(_change(data))
    told.append(f"   {event['subject']}" if kind != "order" else "", "dim")
    told.append(f"\n{data.get('because', '')}", "dim" if minor else "")
    told.append(f"\n{_who(data)}", "dim")
    return told


def _change(data: Json) -> Text:
    before, after = data.get("from_status"), data.get("to_status")
    if after is None:
        return Text("")
    if before in (None, after):
        return Text.assemble("  ", _status(after))
    return Text.assemble("  ", _status(before), " → ", _status(after))


def _status(status: str) -> Text:
    return Text(status.replace("_", " "), "red" if status in _BAD else "green")


def _who(data: Json) -> str:
    told = [f"by {data.get('actor', 'unknown')}"]
    if data.get("rule"):
        told.append(f"rule {data['rule']}")
    if data.get("owner"):
        told.append(f"owner {data['owner']}" + (f" ({data['owner_rule']})" if data.get("owner_rule") else ""))
    if data.get("deadline_at"):
        told.append(f"act by {datetime.fromisoformat(data['deadline_at']):%Y-%m-%d %H:%M} UTC")
    return ", ".join(told)
