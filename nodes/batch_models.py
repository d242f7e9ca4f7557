"""What goes into a batch, and what its answer says."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from canonical_models import CanonicalModel
from canonical_models.base import Dimensions, Grams, Identifier
from connector_service.orders.views import ExceptionView, ShipmentView
from connector_service.workers import Ending
from nodes.contract import NodeInput

MOST_ORDERS = 200
Outcome = Literal["done", "exception", "failed", "nothing"]
Kind = Literal["inventory", "check", "packing", "label"]


class BatchInput(NodeInput):
    """Which orders to prepare together, and how hard to work at it."""

    order_ids: list[Identifier] = Field(
        min_length=1,
        max_length=MOST_ORDERS,
        title="Order IDs",
        description="The orders of the batch, at most 200, as a list of IDs",
    )
    workers: int = Field(default=5, ge=1, le=10, title="Workers", description="How many tasks are done at once")
    timeout_seconds: float = Field(
        default=10, ge=0.1, le=60, title="Timeout Seconds", description="How long one task may take"
    )


class PlannedParcel(CanonicalModel):
    """A parcel of a shipment: grams and millimetres, null when nobody knows its size.

    `packed`: as the warehouse packed and measured it; else as planned, in the `box` of that name.
    """

    weight_g: Grams
    dims_mm: Dimensions | None
    box: str = ""
    packed: bool


class PreparedShipment(CanonicalModel):
    """A shipment as it is after the batch, with its parcels; none when its packing was not reached."""

    shipment: ShipmentView
    parcels: list[PlannedParcel]


class OrderOutcome(CanonicalModel):
    """What became of one order.

    `done`: every task succeeded. `exception`: it left the ordinary path, `exceptions` say why and who owns it.
    `failed`: it could not be worked on; `retryable` says whether the same batch again can help. `nothing`: it had
    nothing to do. `customer_may_hear` is one sentence, empty when there is no news.
    """

    order_id: str
    number: str
    priority: str
    outcome: Outcome
    because: str
    retryable: bool
    exceptions: list[ExceptionView]
    shipments: list[PreparedShipment]
    customer_may_hear: str


class TaskReport(CanonicalModel):
    """One task of the plan and what became of it; times in milliseconds."""

    task_id: str
    kind: Kind
    subject: str
    order_ids: list[str]
    needs: list[str]
    priority: str
    ending: Ending
    because: str
    waited_ms: int
    took_ms: int


class Counts(CanonicalModel):
    """How many orders came to what."""

    orders: int
    done: int
    exception: int
    failed: int
    nothing: int
    tasks: dict[Ending, int]


class BatchOutput(CanonicalModel):
    """The answer to a batch. `summary` says in words what succeeded and what failed, `picture` is the plan as a Mermaid
    flowchart, empty for a large plan."""

    summary: str
    counts: Counts
    orders: list[OrderOutcome]
    tasks: list[TaskReport]
    took_ms: int
    picture: str
