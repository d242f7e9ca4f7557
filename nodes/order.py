"""Order nodes: receive, validate, choose warehouse, release, hold, cancel, look up."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

from pydantic import Field, JsonValue

from canonical_models import CanonicalModel, ExceptionCode, NewOrder, Order, OrderStatus
from connector_service.adapters.commerce.shopify import order_from_webhook
from connector_service.errors import VendorError
from connector_service.orders import cancellation, quality, recall, release, tracking, validation
from connector_service.orders.choice_view import AllocatedOrderView
from connector_service.orders.intake import receive_order
from connector_service.orders.systems import Systems
from connector_service.orders.views import OrderView
from connector_service.orders.work import Outside, Work
from nodes.allocating import ALLOCATE
from nodes.contract import Node, NodeInput, OrderInput, Result
from nodes.shapes import FROM_ITEM_ORDER, Prepared, on_order, order_outside, order_result

_C = ExceptionCode


class ReceiveInput(NodeInput):
    """An order in canonical form."""

    order: NewOrder = Field(title="Order", description="The order in Dockline's canonical form")


class ReceiveShopifyInput(NodeInput):
    """An order in the shape of Shopify's order webhook."""

    payload: dict[str, JsonValue] = Field(title="Payload", description="The body of Shopify's orders/create webhook")


class HoldInput(OrderInput):
    """Which order to hold, and why."""

    reason: Literal["legal", "fraud", "customer", "inventory"] = Field(title="Reason", description="Who must let it go")
    because: str = Field(min_length=1, max_length=500, title="Because", description="Why, for the audit trail")


class BecauseInput(OrderInput):
    """An order and a reason."""

    because: str = Field(min_length=1, max_length=500, title="Because", description="Why, for the audit trail")


class SearchInput(NodeInput):
    """Which orders to find; every field narrows the search."""

    number: str = Field(default="", title="Number", description="The seller's order number")
    status: OrderStatus | None = Field(default=None, title="Status", description="Only orders in this status")
    limit: int = Field(default=50, ge=1, le=500, title="Limit", description="At most this many")


class Orders(CanonicalModel):
    """Orders found, oldest first."""

    orders: list[OrderView]


def _receive(work: Work, item: ReceiveInput) -> Result:
    return OrderView.of(receive_order(work, item.order)[0])


def _receive_shopify(work: Work, item: ReceiveShopifyInput) -> Result:
    return OrderView.of(receive_order(work, order_from_webhook(item.payload))[0])


def _hold(work: Work, item: HoldInput) -> Result:
    order = work.tx.get(Order, item.order_id)
    cancellation.hold_order(work, order, item.reason, item.because)
    return OrderView.of(order)


def _resume(work: Work, item: BecauseInput) -> Result:
    order = work.tx.get(Order, item.order_id)
    cancellation.resume_order(work, order, item.because)
    return OrderView.of(order)


def _plan_cancel(work: Work, item: BecauseInput) -> Prepared | Result:
    plan = recall.plan_cancel(work, work.tx.get(Order, item.order_id))
    return order_result(work, item.order_id, None) if plan is None else Prepared(plan)


async def _give_back(systems: Systems, prepared: Prepared) -> recall.NotVoided | None:
    return await recall.give_back(systems, prepared.plan)


def _record_cancel(work: Work, item: BecauseInput, prepared: Prepared, answer: Any | VendorError) -> Result:
    order = work.tx.get(Order, item.order_id)
    case = recall.record_cancel(work, order, prepared.plan, answer, item.because)
    return order_result(work, item.order_id, case)


def _search(work: Work, item: SearchInput) -> Result:
    narrow: dict[str, Any] = {"number": item.number} if item.number else {}
    if item.status:
        narrow["status"] = item.status.value
    found = work.tx.find_by(Order, limit=item.limit, **narrow)
    return Orders(orders=[OrderView.of(order) for order in found])


def _record_counts(work: Work, order: Order, counts: Any | VendorError) -> Any:
    return quality.check_pre_pick(work, order, counts)


on_an_order = partial(Node, input=OrderInput, output=OrderView, fields_from_item=FROM_ITEM_ORDER, subject="order_id")
"""A node that moves an order on; n8n fills in which one."""

NODES = (
    Node(
        name="order.receive",
        title="Receive",
        action="Receive an order",
        description="Take in an order in canonical form; the same order again is answered as before.",
        input=ReceiveInput,
        output=OrderView,
        run=_receive,
    ),
    Node(
        name="order.receive_shopify",
        title="Receive From Shopify",
        action="Receive an order from Shopify",
        description="Take in an order in the shape of Shopify's order webhook.",
        input=ReceiveShopifyInput,
        output=OrderView,
        run=_receive_shopify,
    ),
    on_an_order(
        name="order.validate",
        title="Validate",
        action="Validate an order",
        description="Check payment, SKUs, address and duplicates; standardise the address and record what changed.",
        run=on_order(validation.validate_order),
        raises=(_C.DUPLICATE_ORDER, _C.PAYMENT_NOT_CAPTURED, _C.SKU_UNKNOWN, _C.ADDRESS_INVALID),
    ),
    on_an_order(
        name="order.allocate",
        title="Choose Warehouse and Reserve",
        action="Choose the warehouse and reserve stock",
        description="Reserve every line at the location that costs least, split only where no location has it all. "
        "The output says why: every candidate with its score term by term, and who may not ship.",
        output=AllocatedOrderView,
        run=ALLOCATE,
        raises=(_C.INVENTORY_SHORT, _C.NO_LOCATION_FREE),
    ),
    on_an_order(
        name="order.check_pre_pick",
        title="QA: Pre-Pick",
        action="Check SKUs and lots before picking",
        description="Have the warehouse count what is reserved there, and compare SKU, quantity and lot.",
        run=order_outside(quality.plan_counts, quality.count, _record_counts),
        raises=(_C.SKU_UNKNOWN, _C.INVENTORY_MISMATCH, _C.LOT_MISMATCH, _C.WMS_UNREACHABLE, _C.WMS_REJECTED),
    ),
    on_an_order(
        name="order.release",
        title="Release to Warehouse",
        action="Release an order to the warehouse",
        description="Hand every planned shipment to its warehouse, once.",
        run=order_outside(release.plan_release, release.release, release.record_release),
        raises=(_C.WMS_UNREACHABLE, _C.WMS_REJECTED),
    ),
    on_an_order(
        name="order.hold",
        title="Hold",
        action="Hold an order",
        description="Keep an order from moving until it is resumed.",
        input=HoldInput,
        run=_hold,
    ),
    on_an_order(
        name="order.resume",
        title="Resume",
        action="Resume a held order",
        description="Let a held order move again.",
        input=BecauseInput,
        run=_resume,
    ),
    on_an_order(
        name="order.cancel",
        title="Cancel",
        action="Cancel an order",
        description="Cancel an order that no warehouse has begun, or that has its labels, which are voided first; its "
        "stock is given back.",
        input=BecauseInput,
        run=Outside(_plan_cancel, _give_back, _record_cancel),
        raises=(_C.CARRIER_UNREACHABLE, _C.LABEL_NOT_VOIDED),
    ),
    on_an_order(
        name="order.close",
        title="Close",
        action="Close a delivered order",
        description="Everything is delivered: nobody has anything left to do.",
        run=on_order(lambda work, order: tracking.close_order(work, order)),
    ),
    Node(
        name="order.get",
        title="Get",
        action="Get an order",
        description="The whole order in canonical form.",
        input=OrderInput,
        output=Order,
        run=lambda work, item: work.tx.get(Order, item.order_id),
        fields_from_item=FROM_ITEM_ORDER,
        read_only=True,
    ),
    Node(
        name="order.search",
        title="Search",
        action="Search orders",
        description="Find orders by number or status.",
        input=SearchInput,
        output=Orders,
        run=_search,
        read_only=True,
    ),
)
