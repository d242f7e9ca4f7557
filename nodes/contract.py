"""The node contract: what one node is, said once.

From a `Node` come the HTTP route, the OpenAPI entry, the n8n operation and the row of the docs table.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, Field

from canonical_models import CanonicalModel, ExceptionCase, ExceptionCode
from connector_service.orders.work import Outside, Work

MAX_ITEMS = 1_000
"""Items that one call may carry."""

Resource = Literal["order", "shipment", "inventory", "exception", "notification", "rule"]

class NodeInput(CanonicalModel):
    """What every item may carry beside its own fields."""

    idempotency_key: str | None = Field(
        default=None,
        max_length=255,
        title="Idempotency Key",
        description="Same key and same content: the first answer again. Empty: made from the object and its version.",
    )

Run = Callable[[Work, Any], BaseModel | ExceptionCase]
"""One item inside one transaction; what it returns is the item's output, or the exception it ended in."""

@dataclass(frozen=True, slots=True)
class Node:
    """One operation. `run` works inside a transaction; an `Outside` has effects in other systems.

    `name` is `<resource>.<operation>`; `fields_from_item` are the inputs that n8n fills from the incoming item.
    `subject` names the input field that holds the object's id, from which the idempotency key is derived.
    """

    name: str
    title: str
    action: str
    description: str
    input: type[NodeInput]
    output: type[BaseModel]
    run: Run | Outside
    raises: tuple[ExceptionCode, ...] = ()
    fields_from_item: tuple[str, ...] = field(default=())
    subject: str | None = "order_id"
    read_only: bool = False

    @property
    def resource(self) -> str:
        """The n8n resource, the part of the name before the dot."""
        return self.name.split(".")[0]

    @property
    def operation(self) -> str:
        """The n8n operation, the part of the name after the dot."""
        return self.name.split(".")[1]
