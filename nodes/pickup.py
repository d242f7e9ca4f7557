"""Pickup nodes: call a carrier's van to a location, change it, call it off."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from pydantic import Field

from canonical_models import CanonicalModel, Pickup, PickupStatus
from canonical_models.inventory import LocalTime
from connector_service.errors import VendorError
from connector_service.orders import pickup_asking, pickup_moving, pickups
from connector_service.orders.pickup_overlap import OPEN_STATUSES
from connector_service.orders.pickup_window import AskedWindow
from connector_service.orders.systems import Systems
from connector_service.orders.views import PickupTroubleView, PickupView
from connector_service.orders.work import Outside, Work
from nodes.contract import Exceptional, Node, NodeInput, Result
from nodes.shapes import Prepared

FROM_ITEM = ("pickup_id", "version")


class WindowInput(NodeInput):
    """When the driver may come, on the location's own clock."""

    day: datetime.date | None = Field(
        default=None,
        title="Day",
        description="The location's own day, such as 2026-11-09; empty: the next on which it leaves an hour",
    )
    ready: LocalTime | None = Field(
        default=None, title="Ready", description="From when on, such as 15:30; empty: 09:00, or now when that is over"
    )
    close: LocalTime | None = Field(default=None, title="Close", description="Until when; empty: 18:00")

    @property
    def window(self) -> AskedWindow:
        """The same as the steps take it."""
        return AskedWindow(self.day, self.ready, self.close)


class ScheduleInput(WindowInput):
    """Which carrier to call, where to, and when."""

    carrier: str = Field(title="Carrier", description="The carrier whose driver shall come")
    location_id: str = Field(title="Location ID", description="Where the parcels wait")
    shipment_ids: list[str] | None = Field(
        default=None,
        min_length=1,
        max_length=10_000,
        title="Shipment IDs",
        description="Only these shipments; empty: everything labelled that the carrier has not collected",
    )
    instruction: str = Field(
        default="", max_length=200, title="Instruction", description="What the driver should know, such as the door"
    )


class PickupInput(NodeInput):
    """An item that is about a pickup."""

    pickup_id: str = Field(title="Pickup ID", description="The pickup, as Dockline's pickup items carry it")
    version: int | None = Field(
        default=None, ge=0, title="Version", description="The version you have seen; makes a repeat of this call safe"
    )


class ChangeInput(PickupInput, WindowInput):
    """Another window; without one only parcels and weight are counted anew."""

    instruction: str | None = Field(
        default=None, max_length=200, title="Instruction", description="What the driver should know; empty: as it was"
    )


class SettleInput(PickupInput):
    """What the carrier has said."""

    confirmation: str = Field(
        default="",
        max_length=200,
        title="Confirmation",
        description="The number of the one appointment that stands at the carrier; empty: none does",
    )


class SearchInput(NodeInput):
    """Which pickups to find; every field narrows the search."""

    status: PickupStatus | None = Field(default=None, title="Status", description="Only pickups in this status")
    carrier: str = Field(default="", title="Carrier", description="Only this carrier's pickups")
    location_id: str = Field(default="", title="Location ID", description="Only pickups at this location")
    open_only: bool = Field(default=False, title="Open Only", description="Only pickups that are not over")
    limit: int = Field(default=50, ge=1, le=500, title="Limit", description="At most this many")


class FoundPickups(CanonicalModel):
    """Pickups found, the newest first."""

    pickups: list[PickupView]


def _result(pickup: Pickup) -> Result:
    """The pickup, on the output for exceptions while somebody has to look at it."""
    view = PickupView.of(pickup)
    return view if pickup.trouble is None else Exceptional(PickupTroubleView.of(pickup, pickup.trouble), view)


def _outside(plan: Callable[[Work, Any], pickup_asking.Asking | Pickup]) -> Outside:
    def prepare(work: Work, item: Any) -> Prepared | Result:
        planned = plan(work, item)
        return _result(planned) if isinstance(planned, Pickup) else Prepared(planned)

    async def act(systems: Systems, prepared: Prepared) -> pickup_asking.Said:
        return await pickup_asking.ask(systems, prepared.plan)

    def record(work: Work, item: Any, prepared: Prepared, said: pickup_asking.Said | VendorError) -> Result:
        if isinstance(said, VendorError):  # the carrier offers no such thing, and nothing was written
            raise said
        return _result(pickup_asking.record(work, said))

    return Outside(prepare, act, record)


def _schedule(work: Work, item: ScheduleInput) -> pickup_asking.Asking | Pickup:
    wanted = pickups.Wanted(item.carrier, item.location_id, item.window, item.shipment_ids, item.instruction)
    return pickups.plan_schedule(work, wanted)


def _change(work: Work, item: ChangeInput) -> pickup_asking.Asking | Pickup:
    return pickup_moving.plan_change(work, pickup_moving.WantedChange(item.pickup_id, item.window, item.instruction))


def _cancel(work: Work, item: PickupInput) -> pickup_asking.Asking | Pickup:
    return pickups.plan_cancel(work, work.tx.get(Pickup, item.pickup_id))


def _settle(work: Work, item: SettleInput) -> Result:
    pickup = work.tx.get(Pickup, item.pickup_id)
    pickup_moving.settle(work, pickup, item.confirmation)
    return _result(pickup)


def _get(work: Work, item: PickupInput) -> Result:
    return PickupView.of(work.tx.get(Pickup, item.pickup_id))


def _search(work: Work, item: SearchInput) -> Result:
    narrow: dict[str, Any] = {"carrier": item.carrier, "location_id": item.location_id}
    narrow = {name: value for name, value in narrow.items() if value}
    if item.status is not None:
        narrow["status"] = item.status.value
    elif item.open_only:
        narrow["status"] = OPEN_STATUSES
    found = work.tx.find_by(Pickup, **narrow)
    return FoundPickups(pickups=[PickupView.of(each) for each in reversed(found)][: item.limit])


NODES = (
    Node(
        name="pickup.schedule",
        title="Schedule",
        action="Call a carrier to a location",
        description="Call the carrier for everything labelled that waits for it there; again: the same pickup.",
        input=ScheduleInput,
        output=PickupView,
        run=_outside(_schedule),
        fields_from_item=("carrier", "location_id"),
        subject="location_id",
    ),
    Node(
        name="pickup.change",
        title="Change",
        action="Change a pickup",
        description="Ask for another window, and count what waits anew; until it is confirmed the first one stands.",
        input=ChangeInput,
        output=PickupView,
        run=_outside(_change),
        fields_from_item=FROM_ITEM,
        subject="pickup_id",
    ),
    Node(
        name="pickup.cancel",
        title="Cancel",
        action="Call a pickup off",
        description="Call the carrier off; one that does not answer is told again by itself.",
        input=PickupInput,
        output=PickupView,
        run=_outside(_cancel),
        fields_from_item=FROM_ITEM,
        subject="pickup_id",
    ),
    Node(
        name="pickup.settle",
        title="Settle",
        action="Settle a pickup that is in doubt",
        description="Say what the carrier has on its books; when nothing stands there it is asked again by itself.",
        input=SettleInput,
        output=PickupView,
        run=_settle,
        fields_from_item=FROM_ITEM,
        subject="pickup_id",
        exclusive=True,
    ),
    Node(
        name="pickup.get",
        title="Get",
        action="Get a pickup",
        description="One pickup as it is now.",
        input=PickupInput,
        output=PickupView,
        run=_get,
        fields_from_item=FROM_ITEM,
        read_only=True,
    ),
    Node(
        name="pickup.search",
        title="Search",
        action="Find pickups",
        description="Find pickups by status, carrier and location, the newest first.",
        input=SearchInput,
        output=FoundPickups,
        run=_search,
        read_only=True,
    ),
)
