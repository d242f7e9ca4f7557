"""The reference tables in docs/, made from the code: `python -m nodes.docs_tables --write` or `--check`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from canonical_models import (
    EXCEPTION_CATALOG,
    ORDER_MOVED_BY,
    ORDER_TRANSITIONS,
    PICKUP_TRANSITIONS,
    PICKUP_TROUBLES,
    CatalogEntry,
)
from connector_service.events import EVENT_TYPES
from nodes.contract import Node
from nodes.docs_carriers import carriers_page
from nodes.docs_rules import rules_page
from nodes.registry import ALL_NODES

FOLDER = Path(__file__).parents[1] / "docs"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _node_row(node: Node) -> tuple[str, ...]:
    own = [name for name in node.input.model_fields if name not in ("idempotency_key", "delivery_id")]
    raises = ", ".join(f"`{code.value}`" for code in node.raises) if len(node.raises) < 10 else "any code"
    return f"`{node.name}`", node.description, ", ".join(f"`{name}`" for name in own), raises or "none"


def nodes_page() -> str:
    """The page of all nodes."""
    rows = [_node_row(node) for node in ALL_NODES]
    table = _table(("node", "what it does", "inputs", "exceptions"), rows)
    events = _table(("event", "meaning"), [(f"`{name}`", words) for name, words in EVENT_TYPES.items()])
    return f"""# Nodes and events

Every node is `POST /v1/nodes/<name>` with `{{"items": [...]}}`, and an operation of the n8n node *Dockline* (resource
and operation are the two halves of its name). All take `idempotency_key` and `delivery_id` too.

{table}

## Events for *Dockline Trigger*

{events}
"""


def _exception_row(entry: CatalogEntry) -> tuple[str, ...]:
    fields = "; ".join(f"`{field.name}` ({field.type}): {field.description}" for field in entry.fields)
    steps = ", ".join(f"`{step}`" for step in entry.audit_steps)
    stops = entry.diverts_to or ("not concerned" if entry.subject == "credential" else "goes on with what it can")
    return f"`{entry.code.value}`", entry.meaning, entry.default_owner, stops, fields, steps or "none", entry.acceptance


def exceptions_page() -> str:
    """The page of the exception catalog and the status table."""
    head = ("code", "meaning", "owner", "the order is", "required fields", "audit steps", "accepted when")
    table = _table(head, [_exception_row(entry) for entry in EXCEPTION_CATALOG.values()])
    moves = [
        (f"`{status.value}`", ORDER_MOVED_BY[status], ", ".join(sorted(f"`{to.value}`" for to in targets)) or "final")
        for status, targets in ORDER_TRANSITIONS.items()
    ]
    troubles = [(f"`{code.value}`", entry.meaning, entry.remedy) for code, entry in PICKUP_TROUBLES.items()]
    pickups = [
        (f"`{status.value}`", ", ".join(sorted(f"`{to.value}`" for to in targets)) or "final")
        for status, targets in PICKUP_TRANSITIONS.items()
    ]
    return f"""# Exceptions and order status

{table}

## Order status

{_table(("status", "who moves it on", "may become"), moves)}

## Pickups

A pickup is no order: what goes wrong with one is on the pickup itself, with its owner and deadline by the rules
(`pickups`), and on the output *Exception* of its nodes.

{_table(("code", "meaning", "what its owner does"), troubles)}

{_table(("status", "may become"), pickups)}
"""


def pages() -> dict[str, str]:
    """Every generated page by file name."""
    return {
        "nodes.md": nodes_page(),
        "exceptions.md": exceptions_page(),
        "rule-files.md": rules_page(_table),
        "carrier-reference.md": carriers_page(_table),
    }


def stale() -> list[str]:
    """Pages that are not what the code says."""
    found = []
    for name, text in pages().items():
        path = FOLDER / name
        if not path.exists() or path.read_text() != text:
            found.append(name)
    return found


def main(arguments: list[str]) -> int:
    """Write or check; 1 when the check finds stale pages."""
    if arguments == ["--write"]:
        for name, text in pages().items():
            (FOLDER / name).write_text(text)
        return 0
    if arguments == ["--check"]:
        found = stale()
        if found:
            sys.stderr.write(f"Stale in docs/: {', '.join(found)}. Run python -m nodes.docs_tables --write.\n")
        return 1 if found else 0
    sys.stderr.write("Use --write or --check.\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
