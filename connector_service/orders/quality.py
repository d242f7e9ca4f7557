"""QA gates: discrete checks with evidence; the rules give the verdict, a bad one becomes an exception."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from canonical_models import (
    ExceptionCase,
    ExceptionCode,
    Order,
    Product,
    QaCheck,
    Shipment,
    ShipmentStatus,
)
from connector_service.adapters.contracts import StockCount
from connector_service.errors import Conflict, VendorError
from connector_service.orders.changes import change_shipment
from connector_service.orders.exceptions import blocking, raise_exception
from connector_service.orders.ownership import decide, rule_name
from connector_service.orders.progress import shipments_of
from connector_service.orders.systems import Systems
from connector_service.orders.work import Work

Gate = Literal["pre_pick", "post_pick", "packing", "shipping"]
PACKAGING_G = 120
"""Grams that an empty parcel weighs, a plain carton with filling."""


@dataclass(frozen=True, slots=True)
class CountPlan:
    """Which SKUs to have counted at which locations before picking."""

    order_number: str
    wms_of: dict[str, str]
    skus: dict[str, list[str]]


def plan_counts(work: Work, order: Order) -> CountPlan | ExceptionCase | None:
    """What the warehouse must count before picking; None when every planned shipment has passed already."""
    blocked = blocking(work, order)
    if blocked is not None:
        return blocked
    waiting = [
        s for s in shipments_of(work, order) if s.status == ShipmentStatus.PLANNED and not gate_passed(s, "pre_pick")
    ]
    if not waiting:
        return None
    wms_of = {location.id: location.wms for location in work.tx.locations()}
    skus = {shipment.location_id: sorted({line.sku for line in shipment.lines}) for shipment in waiting}
    return CountPlan(order.number, wms_of, skus)


async def count(systems: Systems, plan: CountPlan) -> dict[str, tuple[StockCount, ...]]:
    """Ask the warehouses what lies on their shelves, by location.

    Raises:
        VendorError: one of them refused or did not answer.
    """
    return {
        location: await systems.warehouse(plan.wms_of[location]).counts(location, skus, plan.order_number)
        for location, skus in plan.skus.items()
    }


def check_pre_pick(
    work: Work, order: Order, counts: dict[str, tuple[StockCount, ...]] | VendorError
) -> ExceptionCase | None:
    """Compare SKU, count and lot with what the warehouse has, for each planned shipment."""
    if isinstance(counts, VendorError):
        return warehouse_trouble(work, order, None, counts)
    for shipment in shipments_of(work, order):
        if shipment.status != ShipmentStatus.PLANNED or shipment.location_id not in counts:
            continue
        facts = {"lines": _counted_lines(shipment, counts[shipment.location_id], work)}
        line = min(facts["lines"], key=_fitness)
        found = {"sku": line["sku"], "lot": line["lot"], "counted": line["counted"]}
        case = judge(work, order, shipment, "pre_pick", facts, **found)
        if case is not None:
            return case
    return None


def _fitness(row: dict[str, Any]) -> tuple[bool, bool]:
    """Sorts the line that the gate stops for first: an unusable lot outweighs a short count."""
    return row["lot_status"] not in ("expired", "recalled"), row["counted"] >= row["quantity"]


def _counted_lines(shipment: Shipment, counts: tuple[StockCount, ...], work: Work) -> list[dict[str, Any]]:
    products = work.tx.products(line.sku for line in shipment.lines)
    rows = []
    for line in shipment.lines:
        there = [found for found in counts if found.sku == line.sku and found.lot == (line.lot or "")]
        product = products.get(line.sku)
        rows.append(
            {
                "sku": line.sku,
                "quantity": line.quantity,
                "sku_known": product is not None,
                "counted": sum(found.on_hand for found in there),
                "lot": line.lot,
                "lot_required": bool(product and product.lot_tracked),
                "lot_status": there[0].lot_status if there else "missing",
            }
        )
    return rows


def warehouse_trouble(work: Work, order: Order, shipment: Shipment | None, error: VendorError) -> ExceptionCase:
    """A warehouse that refused or did not answer becomes the exception that says so."""
    code = ExceptionCode.WMS_UNREACHABLE if error.retryable else ExceptionCode.WMS_REJECTED
    return raise_exception(work, order, code, error.detail, shipment=shipment, vendor=error.vendor)


def check_post_pick(work: Work, order: Order, shipment: Shipment) -> ExceptionCase | None:
    """Compare barcode, quantity and lot of what was picked with what was ordered."""
    products = work.tx.products(line.sku for line in shipment.lines)
    rows = [
        {
            "sku": line.sku,
            "ordered": line.quantity,
            "picked": line.quantity_picked,
            "barcode_expected": products[line.sku].barcode,
            "barcode_scanned": line.barcode_scanned,
            "lot_allocated": line.lot,
            "lot_picked": line.lot_picked,
        }
        for line in shipment.lines
    ]
    return _run(work, order, shipment, "post_pick", {"lines": rows}, after=ShipmentStatus.PICKED)


def check_packing(work: Work, order: Order, shipment: Shipment) -> ExceptionCase | None:
    """Compare weight, size and quantities of the packed parcel with what its contents should come to."""
    products = work.tx.products(line.sku for line in shipment.lines)
    parcel = shipment.parcels[0] if shipment.parcels else None
    size = parcel.dims_mm if parcel else None
    facts = {
        "weight_g": sum(each.weight_g for each in shipment.parcels),
        "expected_weight_g": expected_weight(shipment, products),
        "length_mm": size.length_mm if size else None,
        "width_mm": size.width_mm if size else None,
        "height_mm": size.height_mm if size else None,
        "lines": [
            {"sku": line.sku, "ordered": line.quantity, "packed": line.quantity_packed} for line in shipment.lines
        ],
    }
    return _run(work, order, shipment, "packing", facts, after=ShipmentStatus.PACKED)


def expected_weight(shipment: Shipment, products: dict[str, Product]) -> int:
    """Grams that the parcel should weigh: its contents and the packaging."""
    contents = sum(products[line.sku].weight_g * line.quantity for line in shipment.lines)
    return contents + PACKAGING_G * max(1, len(shipment.parcels))


def _run(
    work: Work, order: Order, shipment: Shipment, gate: Gate, facts: dict[str, Any], after: ShipmentStatus
) -> ExceptionCase | None:
    blocked = blocking(work, order)
    if blocked is not None or needs_no_check(shipment, gate, after):
        return blocked
    return judge(work, order, shipment, gate, facts)


def needs_no_check(shipment: Shipment, gate: Gate, after: ShipmentStatus) -> bool:
    """Whether a gate needs no check any more.

    Raises:
        Conflict: the shipment has not come as far as the gate yet.
    """
    order_of_life = list(ShipmentStatus)
    if shipment.status in (ShipmentStatus.CANCELLED, ShipmentStatus.RETURNED):
        return True
    if order_of_life.index(shipment.status) < order_of_life.index(after):
        raise Conflict(f"Shipment {shipment.id} is {shipment.status}: the {gate} gate checks it once it is {after}.")
    return gate_passed(shipment, gate)


def gate_passed(shipment: Shipment, gate: Gate) -> bool:
    """Whether the last check of a gate let the shipment through."""
    checks = [check for check in shipment.qa_checks if check.gate == gate]
    return bool(checks) and checks[-1].verdict in ("pass", "warn")


def judge(
    work: Work, order: Order, shipment: Shipment, gate: Gate, facts: dict[str, Any], **evidence: Any
) -> ExceptionCase | None:
    """Ask the gate's rules, keep the check with its evidence, and raise an exception when it holds or blocks."""
    evaluation = decide(work, f"qa-{gate.replace('_', '-')}", shipment.id, facts, shipment.order_id)
    verdict = evaluation.outcome["verdict"]
    simple = {key: value for key, value in evaluation.facts.items() if isinstance(value, bool | int | str)}
    shipment.qa_checks.append(
        QaCheck(
            gate=gate,
            verdict=verdict,
            rule=evaluation.rule,
            because=evaluation.because,
            evidence=simple,
            checked_at=work.now,
        )
    )
    rule = rule_name(evaluation)
    because = f"{gate} gate: {verdict}. {evaluation.because}"
    change_shipment(work, order, shipment, "checked", because, rule=rule, gate=gate, verdict=verdict, evidence=simple)
    if verdict in ("pass", "warn"):
        return None
    code = ExceptionCode(evaluation.outcome.get("exception", _FALLBACK[gate]))
    words = " ".join(evaluation.reasons) or evaluation.because
    found = {"gate": gate, "location_id": shipment.location_id, **simple, **evidence}
    # Before picking nothing has been touched: the order waits as a whole and its shipments stay planned.
    culprit = None if gate == "pre_pick" else shipment
    return raise_exception(work, order, code, words, shipment=culprit, rule=rule, **found)


_FALLBACK = {
    "pre_pick": ExceptionCode.INVENTORY_MISMATCH,
    "post_pick": ExceptionCode.BARCODE_MISMATCH,
    "packing": ExceptionCode.WEIGHT_MISMATCH,
    "shipping": ExceptionCode.LABEL_INVALID,
}
"""The code for a verdict whose rule names none, such as a file's `on_error`."""
