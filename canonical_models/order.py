"""Order: what the customer bought."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import Literal

from pydantic import Field, field_validator

from canonical_models.base import (
    Address,
    CanonicalModel,
    CanonicalObject,
    Currency,
    ExternalRef,
    Grams,
    Identifier,
    Minor,
    Quantity,
    Sku,
    Text,
    UtcDatetime,
)


class OrderStatus(StrEnum):
    """Where an order is in its life."""

    RECEIVED = "received"
    VALIDATED = "validated"
    PARTIALLY_ALLOCATED = "partially_allocated"
    ALLOCATED = "allocated"
    BACKORDERED = "backordered"
    RELEASED = "released"
    PICKED = "picked"
    PACKED = "packed"
    PARTIALLY_SHIPPED = "partially_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CLOSED = "closed"
    QUARANTINED = "quarantined"
    ON_HOLD = "on_hold"
    CANCELLED = "cancelled"
    RETURNED = "returned"


_S = OrderStatus
_DIVERSIONS = {_S.QUARANTINED, _S.ON_HOLD, _S.CANCELLED}
_REROUTED = {_S.VALIDATED, _S.ALLOCATED, _S.PARTIALLY_ALLOCATED}
_IN_HOUSE = {
    _S.RECEIVED,
    _S.VALIDATED,
    _S.PARTIALLY_ALLOCATED,
    _S.ALLOCATED,
    _S.BACKORDERED,
    _S.RELEASED,
    _S.PICKED,
    _S.PACKED,
    _S.PARTIALLY_SHIPPED,
}

ORDER_TRANSITIONS: dict[OrderStatus, frozenset[OrderStatus]] = {
    _S.RECEIVED: frozenset({_S.VALIDATED} | _DIVERSIONS),
    _S.VALIDATED: frozenset({_S.ALLOCATED, _S.PARTIALLY_ALLOCATED, _S.BACKORDERED} | _DIVERSIONS),
    _S.PARTIALLY_ALLOCATED: frozenset({_S.ALLOCATED, _S.RELEASED, _S.PARTIALLY_SHIPPED, _S.VALIDATED} | _DIVERSIONS),
    _S.BACKORDERED: frozenset({_S.ALLOCATED, _S.PARTIALLY_ALLOCATED, _S.VALIDATED} | _DIVERSIONS),
    _S.ALLOCATED: frozenset({_S.RELEASED, _S.PICKED, _S.PACKED, _S.VALIDATED, _S.PARTIALLY_ALLOCATED} | _DIVERSIONS),
    _S.RELEASED: frozenset({_S.PICKED, _S.PACKED, _S.PARTIALLY_SHIPPED} | _REROUTED | _DIVERSIONS),
    _S.PICKED: frozenset({_S.PACKED, _S.PARTIALLY_SHIPPED, _S.RELEASED} | _REROUTED | _DIVERSIONS),
    _S.PACKED: frozenset({_S.SHIPPED, _S.PARTIALLY_SHIPPED, _S.RELEASED, _S.PICKED} | _REROUTED | _DIVERSIONS),
    _S.PARTIALLY_SHIPPED: frozenset({_S.SHIPPED, _S.DELIVERED, _S.QUARANTINED, _S.ON_HOLD, _S.RETURNED}),
    _S.SHIPPED: frozenset({_S.DELIVERED, _S.RETURNED, _S.QUARANTINED}),
    _S.DELIVERED: frozenset({_S.CLOSED, _S.RETURNED}),
    _S.CLOSED: frozenset({_S.RETURNED}),
    _S.QUARANTINED: frozenset(_IN_HOUSE | {_S.ON_HOLD, _S.CANCELLED, _S.SHIPPED, _S.DELIVERED}),
    _S.ON_HOLD: frozenset(_IN_HOUSE | {_S.QUARANTINED, _S.CANCELLED, _S.SHIPPED, _S.DELIVERED}),
    _S.CANCELLED: frozenset(),
    _S.RETURNED: frozenset({_S.CLOSED}),
}
"""The only status changes an order may make; everything else is refused."""

FINAL_ORDER_STATUSES = frozenset({_S.CLOSED, _S.CANCELLED})
"""Nobody has to act any more: such an order has an owner of record but no deadline."""

ORDER_MOVED_BY: dict[OrderStatus, Literal["flow", "warehouse", "carrier", "person", "nobody"]] = {
    _S.RECEIVED: "flow",
    _S.VALIDATED: "flow",
    _S.PARTIALLY_ALLOCATED: "flow",
    _S.ALLOCATED: "flow",
    _S.BACKORDERED: "person",
    _S.RELEASED: "warehouse",
    _S.PICKED: "warehouse",
    _S.PACKED: "flow",
    _S.PARTIALLY_SHIPPED: "person",
    _S.SHIPPED: "carrier",
    _S.DELIVERED: "flow",
    _S.CLOSED: "nobody",
    _S.QUARANTINED: "person",
    _S.ON_HOLD: "person",
    _S.CANCELLED: "nobody",
    _S.RETURNED: "person",
}
"""Who makes the next move. An order that waits for a flow while no flow works on it is delivered again."""


class Priority(StrEnum):
    """Express orders are delivered to flows and allocated before standard ones."""

    EXPRESS = "express"
    STANDARD = "standard"


class PaymentState(StrEnum):
    """What the selling system says of the money."""

    PENDING = "pending"
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    VOIDED = "voided"


class NewOrderLine(CanonicalModel):
    """One SKU of an order as the seller states it; `unit_price_minor` in minor units of the order's currency."""

    line_id: Identifier
    sku: Sku
    title: str = Field(default="", max_length=500)
    quantity_ordered: int = Field(ge=1, le=1_000_000_000)
    unit_price_minor: Minor = 0
    unit_weight_g: Grams = Field(default=0, description="grams; 0 when the shop does not say")
    lot: str | None = Field(default=None, max_length=64, description="the lot the customer must get, if any")
    serial_required: bool = False
    parent_line_id: Identifier | None = Field(default=None, description="the bundle line this one belongs to")


class Substitution(CanonicalModel):
    """What the customer ordered instead of the SKU that is sent now, and why."""

    ordered_sku: Sku
    because: Text


class OrderLine(NewOrderLine):
    """An order line with what has become of its quantity, in the SKU's unit."""

    substitution: Substitution | None = None

    quantity_allocated: Quantity = 0
    quantity_fulfilled: Quantity = 0
    quantity_cancelled: Quantity = 0
    quantity_returned: Quantity = 0

    @property
    def quantity_open(self) -> int:
        """What is still to be allocated."""
        return self.quantity_ordered - self.quantity_allocated - self.quantity_cancelled


class OrderTotals(CanonicalModel):
    """Money of the order in minor units of its currency; total = subtotal - discount + shipping + tax."""

    subtotal_minor: Minor = 0
    discount_minor: Minor = 0
    shipping_minor: Minor = 0
    tax_minor: Minor = 0
    total_minor: Minor = 0


class SellerFields(CanonicalModel):
    """What the selling system says of an order."""

    number: Identifier
    source: Identifier = Field(default="api", description="the system that sold it, an adapter's slug or `api`")
    channel: Identifier = "web"
    currency: Currency
    payment_state: PaymentState = PaymentState.PENDING
    customer_id: Identifier | None = None
    customer_tier: Literal["standard", "gold", "platinum"] = "standard"
    ship_to: Address
    bill_to: Address | None = None
    totals: OrderTotals
    risk_score: int = Field(default=0, ge=0, le=100)
    requested_ship_at: UtcDatetime | None = None
    requested_delivery_at: UtcDatetime | None = None
    service_level: Identifier = "standard"
    priority: Priority = Priority.STANDARD
    note: Text = ""
    external_refs: list[ExternalRef] = Field(default_factory=list, max_length=50)


class NewOrder(SellerFields):
    """An order as a caller sends it."""

    lines: list[NewOrderLine] = Field(min_length=1, max_length=1_000)

    @field_validator("lines")
    @classmethod
    def _line_ids_are_unique(cls, lines: list[NewOrderLine]) -> list[NewOrderLine]:
        ids = Counter(line.line_id for line in lines)
        twice = [line_id for line_id, times in ids.items() if times > 1]
        if twice:
            raise ValueError(f"every line needs its own line_id; {twice[0]!r} is used {ids[twice[0]]} times")
        return lines


class Order(SellerFields, CanonicalObject):
    """What the customer bought, who owns it now, and by when somebody must act."""

    lines: list[OrderLine] = Field(min_length=1, max_length=1_000)
    status: OrderStatus = OrderStatus.RECEIVED
    status_since: UtcDatetime
    received_hash: str = Field(default="", description="hash of what the seller sent, to tell a repeat from a change")
    owner: Identifier = "client-success"
    queue: Identifier = "none"
    reassigned_to: Identifier | None = Field(
        default=None, description="who took over from the owner the rules name; ends with the next change of status"
    )
    deadline_at: UtcDatetime | None = None
    escalation_level: int = Field(default=0, ge=0)
    hold: Literal["legal", "fraud", "customer", "inventory"] | None = None
    waiting_for: Literal["customer", "warehouse", "carrier", "supplier"] | None = None
    exception_ids: list[Identifier] = Field(default_factory=list, description="the open ones, oldest first")
    shipment_ids: list[Identifier] = Field(default_factory=list, description="the live ones")
