"""The node contract: what one node is, said once.

From a `Node` come the HTTP route, the OpenAPI entry, the n8n operation and the row of the docs table.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field

from canonical_models import CanonicalModel, ExceptionCase, ExceptionCode
from connector_service.orders.views import PickupTroubleView
from connector_service.orders.work import Outside, Work

MAX_ITEMS = 1_000
"""Items that one call may carry."""


class NodeInput(CanonicalModel):
    """What every item may carry beside its own fields."""

    idempotency_key: str | None = Field(
        default=None,
        max_length=255,
        pattern=r"^[^\x00-\x1f]*$",
        title="Idempotency Key",
        description="Same key and same content: the first answer again. Empty: made from the object and its version.",
    )
    delivery_id: str | None = Field(
        default=None,
        max_length=128,
        title="Delivery ID",
        description="The delivery of the trigger that this works on, so that the connector knows it is handled.",
    )


class OrderInput(NodeInput):
    """An item that is about an order."""

    order_id: str = Field(title="Order ID", description="The order, as every Dockline item carries it")
    version: int | None = Field(
        default=None, ge=0, title="Version", description="The version you have seen; makes a repeat of this call safe"
    )


class ShipmentInput(NodeInput):
    """An item that is about a shipment."""

    shipment_id: str = Field(title="Shipment ID", description="The shipment, as Dockline's shipment items carry it")
    version: int | None = Field(
        default=None, ge=0, title="Version", description="The version you have seen; makes a repeat of this call safe"
    )


class ExceptionInput(NodeInput):
    """An item that is about an exception."""

    exception_id: str = Field(title="Exception ID", description="The exception, as Dockline's items carry it")
    version: int | None = Field(
        default=None, ge=0, title="Version", description="The version you have seen; makes a repeat of this call safe"
    )


@dataclass(frozen=True, slots=True)
class Exceptional:
    """A node's result when the object left the ordinary path: the exception (or what a pickup has in its place), and
    the object as it is now."""

    case: ExceptionCase | PickupTroubleView
    output: BaseModel


Result = BaseModel | Exceptional
Run = Callable[[Work, Any], Result]
"""One item inside one transaction."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A step made of calls to other nodes: given the runner, the caller and the items, it answers each item itself."""

    run: Callable[[Any, Any, list[Any]], Awaitable[list[dict[str, Any]]]]


@dataclass(frozen=True, slots=True)
class Together:
    """A step on one item that looks at all items of a call first.

    `plan` reads, in slices between which others work, and says of some items, by their place in the list, in which
    order they are done and how; `each` does any other, after them. What fails is said when the item is done.
    """

    each: Run
    plan: Callable[[Work, Sequence[Any]], Generator[None, None, list[tuple[int, Run]]]]


@dataclass(frozen=True, slots=True)
class Node:
    """One operation. `run` works inside a transaction; an `Outside` has effects in other systems; a `Composed` calls
    other nodes; a `Together` looks at all items first.

    `name` is `<resource>.<operation>`; `fields_from_item` are the inputs that n8n fills from the incoming item.
    `subject` names the input field that holds the object's id, from which the idempotency key is derived. An
    `exclusive` operation waits until no outside step is at work on the same order.
    """

    name: str
    title: str
    action: str
    description: str
    input: type[NodeInput]
    output: type[BaseModel]
    run: Run | Outside | Composed | Together
    raises: tuple[ExceptionCode, ...] = ()
    fields_from_item: tuple[str, ...] = ()
    subject: str | None = None
    read_only: bool = False
    exclusive: bool = False

    @property
    def resource(self) -> str:
        """The n8n resource, the part of the name before the dot."""
        return self.name.split(".")[0]

    @property
    def operation(self) -> str:
        """The n8n operation, the part of the name after the dot."""
        return self.name.split(".")[1]
