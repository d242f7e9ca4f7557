"""The look-alike of Northdock's API."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import Any, Self

import orjson
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.datastructures import Headers

from connector_service.sandbox.gate import Call, Created, Handler, Refusal
from connector_service.sandbox.later import Later
from connector_service.sandbox.outbox import Envelope, Outbox
from connector_service.sandbox.warehouse import Warehouse
from connector_service.sandbox.world import News, Work, WorkLine, World

SLUG = "northdock"
BATCH_STATE = {"ok": "GOOD", "expired": "EXPIRED", "recalled": "RECALLED"}


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _ShipTo(_Shape):
    Name: str
    Company: str
    Street1: str
    Street2: str
    City: str
    State: str
    Zip: str
    Country: str = Field(pattern=r"^[A-Z]{2}$")
    Phone: str


class _OrderLine(_Shape):
    LineNo: str
    Item: str
    Qty: int = Field(ge=1)
    Batch: str | None
    Serials: list[str] = []

    @model_validator(mode="after")
    def _one_unit_each(self) -> Self:
        if len(set(self.Serials)) != len(self.Serials) or len(self.Serials) > self.Qty:
            raise ValueError("Serials names each unit once, and no more than Qty")
        return self


class _Order(_Shape):
    ExternalId: str = Field(min_length=1)
    OrderNumber: str = Field(min_length=1)
    Facility: str
    Priority: int = Field(ge=1, le=9)
    ShipTo: _ShipTo
    Lines: list[_OrderLine] = Field(min_length=1)


class Northdock:
    """A warehouse that takes orders, counts its shelves and reports its work."""

    slug = SLUG
    invalid_status = 422

    def __init__(self, world: World, later: Later, outbox: Outbox) -> None:
        self._world = world
        self._outbox = outbox
        self.envelope = Envelope(_write)
        self.warehouse = Warehouse(world, later, self._tell)

    def handlers(self) -> list[tuple[str, str, str, Handler]]:
        return [
            ("POST", "/v2/orders", "release", self._release),
            ("GET", "/v2/orders", "status", self._status),
            ("DELETE", "/v2/orders", "cancel", self._cancel),
            ("GET", "/v2/counts", "counts", self._counts),
        ]

    def problem(self, refusal: Refusal) -> dict[str, Any]:
        return {"Faults": [{"Code": refusal.code, "Text": refusal.text}]}

    def account(self, headers: Headers, name: str) -> str | None:
        key = headers.get("x-api-key", "")
        return key if key.startswith("sandbox") else None

    def _release(self, call: Call) -> Any:
        order = _Order.model_validate_json(call.body)
        asked = order.model_dump()
        known = self._world.works.get((call.account, order.ExternalId))
        if known is not None:
            if known.asked != asked:
                raise Refusal(409, "EXTERNAL_ID_IN_USE", "This ExternalId belongs to an order with other content.")
            return _report(known)
        self._refuse_if_told_to(order)
        work = Work(
            account=call.account,
            reference=order.ExternalId,
            order_number=order.OrderNumber,
            facility=order.Facility,
            work_id=f"ND{self._world.serial()}",
            state="ACCEPTED",
            since=self._world.now(),
            lines=[WorkLine(line.LineNo, line.Item, line.Qty, line.Batch) for line in order.Lines],
            asked=asked,
        )
        self.warehouse.take_on(work)
        return Created(_report(work))

    def _refuse_if_told_to(self, order: _Order) -> None:
        self._refuse_if_down(order.OrderNumber)
        if self._world.plays(order.OrderNumber, "wms_reject"):
            raise Refusal(422, "FACILITY_CLOSED", f"The facility {order.Facility} takes no orders.")
        unknown = next((line.Item for line in order.Lines if line.Item not in self._world.products), None)
        if unknown is not None:
            raise Refusal(422, "UNKNOWN_ITEM", f"The item {unknown} is not in the item master.")

    def _refuse_if_down(self, order_number: str) -> None:
        if self._world.plays(order_number, "wms_down"):
            raise Refusal(503, "UNAVAILABLE", "Try again later.")

    def _find(self, call: Call) -> Work:
        work = self._world.works.get((call.account, call.params.get("externalId", "")))
        if work is None:
            raise Refusal(404, "NOT_FOUND", "There is no order with this ExternalId.")
        self._refuse_if_down(work.order_number)
        return work

    def _status(self, call: Call) -> Any:
        return _report(self._find(call))

    def _cancel(self, call: Call) -> Any:
        work = self._find(call)
        self.warehouse.cancel(work)
        return _report(work)

    def _counts(self, call: Call) -> Any:
        facility, number = call.params.get("facility", ""), call.params.get("orderNumber", "")
        self._refuse_if_down(number)
        scenario = self._world.scenarios.get(number)
        missing = scenario is not None and scenario.kind == "count_short"
        found = []
        for item in call.params.getlist("item"):
            gone = missing and scenario is not None and scenario.sku in (None, item)
            for lot in self._world.stock.get((facility, item), {}).values():
                on_hand = 0 if gone else lot.on_hand
                state = BATCH_STATE[lot.lot_status]
                found.append({"Item": item, "Batch": lot.lot, "OnHand": on_hand, "BatchState": state})
        return {"Counts": found}

    def _tell(self, work: Work) -> None:
        payload = _report(work)
        self._outbox.put(News(SLUG, work.account, payload["EventId"], payload))


def _report(work: Work) -> dict[str, Any]:
    return {
        "EventId": f"{work.work_id}-{work.state}",
        "ExternalId": work.reference,
        "WarehouseOrderId": work.work_id,
        "OrderNumber": work.order_number,
        "State": work.state,
        "Lines": [
            {
                "LineNo": line.line_no,
                "Item": line.item,
                "QtyPicked": line.picked,
                "QtyPacked": line.packed,
                "Batch": line.batch_taken,
                "ScannedBarcode": line.barcode,
            }
            for line in work.lines
        ],
        "Cartons": [work.carton] if work.carton else [],
        "OccurredAt": work.since,
    }


def _write(news: list[News], secret: str) -> tuple[dict[str, str], bytes]:
    """Headers and body of a webhook, signed over `<Unix seconds>.<body>`."""
    body = orjson.dumps({"Deliveries": [each.payload for each in news]})
    seconds = str(int(time.time()))
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Northdock-Signature": f"t={seconds},v1={digest}"}, body
