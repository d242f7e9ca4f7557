"""Facts and orders that lie in files: one JSON document each, or one a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any


def facts_in(place: Path, vocabulary: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every set of facts in a folder or file (`.json`, `.jsonl`), each with the name that a report calls it by.

    A set is an object of facts, an object with `facts` and perhaps `id`, or, for files on `order@1`, an order as
    `dockline order show --json` writes it.

    Raises:
        InvalidInput: there is no such place, or something in it is no JSON object; names file and line.
    """
    from connector_service.errors import InvalidInput

    if not place.exists():
        raise InvalidInput(f"There is no file or folder {place}.")
    files = [p for p in sorted(place.iterdir()) if p.suffix in (".json", ".jsonl")] if place.is_dir() else [place]
    if not files:
        raise InvalidInput(f"{place} holds no .json or .jsonl file with facts.")
    for path in files:
        for name, found in _documents(path):
            yield _named(name, found, vocabulary)


def _documents(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                yield f"{path.name}:{number}", _object(line, f"{path}, line {number}")
        return
    yield path.stem, _object(text, str(path))


def _object(text: str, place: str) -> dict[str, Any]:
    import orjson

    from connector_service.errors import InvalidInput

    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidInput(f"{place} is not JSON: {error}.") from None
    if not isinstance(found, dict):
        raise InvalidInput(f'{place} is no object. Write facts such as {{"status": "received"}}.')
    return found


def _named(name: str, found: dict[str, Any], vocabulary: str) -> tuple[str, dict[str, Any]]:
    """The name, and the facts themselves."""
    if isinstance(found.get("facts"), dict):
        return str(found.get("id", name)), found["facts"]
    order = found.get("order", found)
    if vocabulary == "order@1" and isinstance(order, dict) and "ship_to" in order:
        return str(order.get("id", name)), _of_order(order, name)
    return name, found


def _of_order(body: dict[str, Any], name: str) -> dict[str, Any]:
    from pydantic import ValidationError

    from canonical_models import Order
    from connector_service.errors import InvalidInput
    from connector_service.orders.ownership import order_facts

    try:
        return order_facts(Order.model_validate(body), None)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = "/".join(map(str, first["loc"]))
        raise InvalidInput(f"{name} is no canonical order: {first['msg']} at /{where}.") from None
