"""Choose the warehouse and reserve: one location if one has it all, else as few as possible; the rest is short."""

from __future__ import annotations

import hashlib
from datetime import datetime

from canonical_models import (
    ExceptionCase,
    ExceptionCode,
    InventoryPosition,
    Location,
    Order,
    OrderLine,
    OrderStatus,
    Shipment,
    ShipmentLine,
)
from connector_service.inventory import claims, kits
from connector_service.inventory.backorders import follow_queue
from connector_service.inventory.lots import first_expired_first, may_be_sold
from connector_service.orders.changes import change_order, change_shipment
from connector_service.orders.exceptions import blocking, open_exception, raise_exception
from connector_service.orders.progress import shipments_of, status_from_shipments
from connector_service.orders.shortages import close_short
from connector_service.orders.substitution import substitute
from connector_service.orders.takes import Plan, Take, covers, whole_kits_only
from connector_service.orders.work import Work

ALLOCATABLE = (
    OrderStatus.VALIDATED,
    OrderStatus.PARTIALLY_ALLOCATED,
    OrderStatus.BACKORDERED,
    OrderStatus.ALLOCATED,
    OrderStatus.RELEASED,
    OrderStatus.PICKED,
    OrderStatus.PACKED,
    OrderStatus.PARTIALLY_SHIPPED,
)
_ABROAD, _OTHER_REGION, _OTHER_CITY = 5_000, 500, 100
"""What distance costs in the comparison of locations, minor units beside their handling cost."""


def allocate_order(work: Work, order: Order, avoid: frozenset[str] = frozenset()) -> ExceptionCase | None:
    """Reserve what is open of an order and plan its shipments; what no location has becomes `inventory_short`.

    `avoid` are locations not to be asked (a failed pick). An order with nothing open stays as it is.
    """
    blocked = blocking(work, order)
    if blocked is not None or order.status not in ALLOCATABLE:
        return blocked
    if not kits.open_lines(order):
        return None
    where = candidates(work.tx.locations(), order, avoid)
    plan = _plan(work, order, where)
    if not covers(order, plan) and substitute(work, order, plan, where):
        plan = _plan(work, order, where)
    known = open_exception(work, order, ExceptionCode.INVENTORY_SHORT)
    if known is not None and not plan:
        follow_queue(work, order)
        return known
    claims.renew(work, order)
    until = work.now + claims.claim_time(work)
    for location_id, takes in plan.items():
        _plan_shipment(work, order, location_id, takes, until, attempt=1 + bool(avoid))
    return _conclude(work, order, plan)


def _plan(work: Work, order: Order, where: list[Location]) -> Plan:
    lines = kits.open_lines(order)
    return whole_kits_only(order, choose(order, lines, where, positions_for(work, lines)))


def can_serve(work: Work, order: Order) -> bool:
    """Whether anything of what is open of an order can be had."""
    return bool(_plan(work, order, candidates(work.tx.locations(), order, frozenset())))


def choose(order: Order, lines: list[OrderLine], locations: list[Location], positions: list[InventoryPosition]) -> Plan:
    """What to take from which location: the cheapest that has it all, else greedily the one that has most.

    Equal locations share the load: the tie is broken by a hash of order and location, the same every time.
    """
    by_location: dict[str, list[InventoryPosition]] = {location.id: [] for location in locations}
    for position in positions:
        if position.location_id in by_location:
            by_location[position.location_id].append(position)
    ranked = sorted(locations, key=lambda location: (_cost(order, location), _spread(order.id, location.id)))
    wanted = {line.line_id: line.quantity_open for line in lines}
    plan: Plan = {}
    while any(wanted.values()):
        offers = [(location.id, _take(lines, wanted, by_location[location.id])) for location in ranked]
        best_id, takes = max(offers, key=lambda offer: sum(take.quantity for take in offer[1]), default=("", []))
        if not takes:
            break
        plan[best_id] = takes
        for take in takes:
            wanted[take.line.line_id] -= take.quantity
        ranked = [location for location in ranked if location.id != best_id]
    return plan


def _take(lines: list[OrderLine], wanted: dict[str, int], positions: list[InventoryPosition]) -> list[Take]:
    left = {position.id: position.available for position in positions}
    numbered = {position.id: len(position.serials) for position in positions}
    takes = []
    for line in lines:
        need = wanted[line.line_id]
        for position in _fitting(line, positions):
            quantity = min(need, left[position.id])
            if line.serial_required:
                quantity = min(quantity, numbered[position.id])
                numbered[position.id] -= quantity
            if quantity > 0:
                takes.append(Take(line, position, quantity))
                left[position.id] -= quantity
                numbered[position.id] = min(numbered[position.id], left[position.id])
                need -= quantity
    return takes


def _fitting(line: OrderLine, positions: list[InventoryPosition]) -> list[InventoryPosition]:
    """The line's positions, first expiry first; a demanded lot only."""
    return first_expired_first(p for p in positions if p.sku == line.sku and line.lot in (None, p.lot))


def _cost(order: Order, location: Location) -> int:
    away = 0
    if location.country != order.ship_to.country:
        away = _ABROAD
    elif location.region != order.ship_to.region:
        away = _OTHER_REGION
    elif location.city.casefold() != order.ship_to.city.casefold():
        away = _OTHER_CITY
    return location.handling_minor + away


def _spread(order_id: str, location_id: str) -> bytes:
    return hashlib.blake2b(f"{order_id}/{location_id}".encode(), digest_size=8).digest()


def candidates(locations: list[Location], order: Order, avoid: frozenset[str]) -> list[Location]:
    """The locations that serve the order's country, without those to avoid."""
    country = order.ship_to.country
    return [where for where in locations if where.id not in avoid and (not where.serves or country in where.serves)]


def positions_for(work: Work, lines: list[OrderLine]) -> list[InventoryPosition]:
    """Every position that holds a SKU of these lines and may be sold from."""
    found = work.tx.find_by(InventoryPosition, limit=100_000, sku=sorted({line.sku for line in lines}))
    return [position for position in found if may_be_sold(position, work.now)]


def _plan_shipment(
    work: Work, order: Order, location_id: str, takes: list[Take], until: datetime, attempt: int
) -> None:
    shipment = Shipment(
        tenant_id=work.tenant_id,
        id=work.new_id("shp"),
        version=0,
        created_at=work.now,
        updated_at=work.now,
        order_id=order.id,
        location_id=location_id,
        status_since=work.now,
        attempt=attempt,
        lines=[
            ShipmentLine(
                line_id=take.line.line_id,
                sku=take.line.sku,
                quantity=take.quantity,
                lot=take.position.lot or None,
                lot_demanded=take.line.lot is not None,
            )
            for take in takes
        ],
    )
    for take in takes:
        claims.hold(work, order, take.line, shipment.id, take.position, take.quantity, until)
    order.shipment_ids.append(shipment.id)
    units = sum(take.quantity for take in takes)
    change_shipment(work, order, shipment, "planned", f"{location_id} has {units} units of it at the lowest cost.")


def _conclude(work: Work, order: Order, plan: Plan) -> ExceptionCase | None:
    kits.roll_up(order)
    short = {line.sku: line.quantity_open for line in kits.open_lines(order)}
    where = ", ".join(plan) or "no location"
    shipments = shipments_of(work, order)
    status = status_from_shipments(order, shipments) if shipments else OrderStatus.BACKORDERED
    if not short:
        close_short(work, order)
    change_order(work, order, status.value, f"Reserved at {where}.", status=status, short=short)
    if not short:
        return None
    words = "Not in stock anywhere: " + ", ".join(f"{units} x {sku}" for sku, units in short.items()) + "."
    case = raise_exception(work, order, ExceptionCode.INVENTORY_SHORT, words, resume=OrderStatus.VALIDATED, short=short)
    return None if plan else case
