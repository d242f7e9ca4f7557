"""Move orders away from a closed location: a step like a node's, which operators begin and no flow does."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from canonical_models import ExceptionCode, Order
from canonical_models.base import Identifier
from connector_service.orders.moving_away import ask_to_stop, plan_move, record_move
from connector_service.orders.systems import Systems
from connector_service.orders.views import OrderView
from connector_service.orders.work import Outside, Work
from nodes.contract import Node, OrderInput, Result
from nodes.shapes import Prepared, order_result


class MoveInput(OrderInput):
    """Which order, away from where."""

    location_id: Identifier = Field(title="Location", description="The closed location")
    nobody_there: bool = Field(default=False, title="Nobody There", description="Do not wait for its system's answer")


def _begin(work: Work, item: MoveInput) -> Prepared | Result:
    plan = plan_move(work, work.tx.get(Order, item.order_id), item.location_id, item.nobody_there)
    return order_result(work, item.order_id, None) if plan is None else Prepared(plan)


async def _ask(systems: Systems, prepared: Prepared) -> Any:
    return await ask_to_stop(systems, prepared.plan)


def _keep(work: Work, item: MoveInput, prepared: Prepared, answers: Any) -> Result:
    case = record_move(work, work.tx.get(Order, item.order_id), item.location_id, answers)
    return order_result(work, item.order_id, case)


MOVE_AWAY = Node(
    name="order.move_away",
    title="Move Away",
    action="Move an order away from a closed location",
    description="What nobody has picked at a closed location is reserved elsewhere; what is picked stays.",
    input=MoveInput,
    output=OrderView,
    run=Outside(_begin, _ask, _keep),
    raises=(ExceptionCode.INVENTORY_SHORT, ExceptionCode.NO_LOCATION_FREE),
    subject="order_id",
)
