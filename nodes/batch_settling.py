"""What hung or was not reached becomes the exception that the step itself would have raised, had it waited longer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from connector_service.errors import VendorError
from connector_service.orders.systems import Systems
from connector_service.workers import Ended, Ending
from nodes.batch_steps import Crew, asking, no_answer
from nodes.shapes import Prepared


async def settle(crew: Crew, ended: Mapping[str, Ended[Any]]) -> None:
    """Raise the exceptions of locations that failed or hung, and of labels that hung.

    A step that came through after all, because its cancellation was too late, raises none.
    """
    locations: dict[str, VendorError] = {}
    orders: dict[str, None] = {}
    shipments: list[str] = []
    for each in ended.values():
        if each.task.kind == "inventory" and (trouble := _trouble(crew, each)) is not None:
            locations[each.task.subject] = trouble
            orders |= dict.fromkeys(each.task.order_ids)
        if each.task.kind == "label" and each.ending == Ending.TIMED_OUT:
            shipments.append(each.task.subject)
    if orders:
        await _settle_counts(crew, list(orders), locations)
    if shipments:
        await _settle_labels(crew, shipments)


def _trouble(crew: Crew, ended: Ended[Any]) -> VendorError | None:
    if ended.ending == Ending.TIMED_OUT:
        return no_answer(crew.analysis.wms_of[ended.task.subject], crew.limits.timeout)
    return ended.error if isinstance(ended.error, VendorError) else None


async def _settle_counts(crew: Crew, orders: list[str], locations: Mapping[str, VendorError]) -> None:
    async def say_so(systems: Systems, prepared: Prepared) -> NoReturn:
        troubles = [locations[where] for where in prepared.plan.skus if where in locations]
        # An order that has moved to other locations meanwhile was not counted there either.
        raise troubles[0] if troubles else next(iter(locations.values()))

    node = asking("order.check_pre_pick", say_so)
    await crew.runner.run(node, crew.caller, [{"order_id": order_id} for order_id in orders])


async def _settle_labels(crew: Crew, shipments: list[str]) -> None:
    """Without offers nobody answered about rates; with offers it was the best one's carrier who was to sell."""

    async def say_so(systems: Systems, prepared: Prepared) -> NoReturn:
        offers = prepared.plan.shipment.offers
        raise no_answer(offers[0].carrier if offers else "The carrier", crew.limits.timeout)

    for name in ("shipment.rate", "shipment.buy_label"):
        items = [{"shipment_id": shipment_id} for shipment_id in shipments]
        await crew.runner.run(asking(name, say_so), crew.caller, items)
