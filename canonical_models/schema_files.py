"""The JSON Schemas of the canonical models: `python -m canonical_models.schema_files --write` or `--check`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import canonical_models as models

FOLDER = Path(__file__).parent / "schemas"

PUBLISHED: dict[str, type[BaseModel]] = {
    "order.v1": models.Order,
    "new_order.v1": models.NewOrder,
    "shipment.v1": models.Shipment,
    "inventory_position.v1": models.InventoryPosition,
    "reservation.v1": models.Reservation,
    "transfer.v1": models.Transfer,
    "return_authorization.v1": models.ReturnAuthorization,
    "customer_account.v1": models.CustomerAccount,
    "pickup.v1": models.Pickup,
    "credential.v1": models.Credential,
    "tracking_event.v1": models.TrackingEvent,
    "exception.v1": models.ExceptionCase,
    "decision.v1": models.Decision,
    "event.v1": models.Event,
    "location.v1": models.Location,
    "product.v1": models.Product,
}
"""Schema name to model. A breaking change gets a new name, `order.v2`, beside the old one."""

EVENT_OBJECTS = {
    "order": "order.v1",
    "shipment": "shipment.v1",
    "exception": "exception.v1",
    "position": "inventory_position.v1",
    "reservation": "reservation.v1",
    "transfer": "transfer.v1",
    "credential": "credential.v1",
    "pickup": "pickup.v1",
}
"""Objects whose events are published: the envelope, with `data.changes` holding fields of the object."""


def schemas() -> dict[str, dict[str, Any]]:
    """Every published schema by file name."""
    files = {f"{name}.json": _schema(name, model) for name, model in PUBLISHED.items()}
    return files | {f"{kind}_event.v1.json": _event_schema(kind, name) for kind, name in EVENT_OBJECTS.items()}


def _schema(name: str, model: type[BaseModel]) -> dict[str, Any]:
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"/v1/schemas/{name}.json"}
    return {**head, **model.model_json_schema()}


def _event_schema(kind: str, name: str) -> dict[str, Any]:
    schema = _schema(f"{kind}_event.v1", models.Event)
    fields = {field: {"$ref": f"/v1/schemas/{name}.json#/properties/{field}"} for field in PUBLISHED[name].model_fields}
    schema["title"] = f"{kind.capitalize()}Event"
    schema["properties"]["type"] = {"type": "string", "pattern": rf"^dockline\.{kind}\.[a-z_]+\.v1$"}
    schema["properties"]["data"] = {
        "type": "object",
        "required": ["actor", "because", "changes"],
        "properties": {
            "actor": {"type": "string", "description": "who or what acted"},
            "because": {"type": "string", "description": "why, in words"},
            "rule": {"type": ["string", "null"], "description": "the rule that decided, if one did"},
            "from_status": {"type": ["string", "null"]},
            "to_status": {"type": ["string", "null"]},
            "changes": {"type": "object", "properties": fields, "additionalProperties": False},
        },
    }
    return schema


def stale() -> list[str]:
    """Files that are missing, differ from the models, or belong to no model any more."""
    wanted = {name: _text(schema) for name, schema in schemas().items()}
    there = {path.name: path.read_text() for path in FOLDER.glob("*.json")}
    return sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))


def write() -> None:
    """Bring the files up to date."""
    FOLDER.mkdir(exist_ok=True)
    wanted = schemas()
    for path in FOLDER.glob("*.json"):
        if path.name not in wanted:
            path.unlink()
    for name, schema in wanted.items():
        (FOLDER / name).write_text(_text(schema))


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    """Write or check; 1 when the check finds stale files."""
    if arguments == ["--write"]:
        write()
        return 0
    if arguments == ["--check"]:
        found = stale()
        if found:
            names = ", ".join(found)
            sys.stderr.write(f"Stale schemas: {names}. Run python -m canonical_models.schema_files --write.\n")
        return 1 if found else 0
    sys.stderr.write("Use --write or --check.\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
