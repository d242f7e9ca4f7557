"""What resolving an exception changes: each code's required fields are checked and applied here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from canonical_models import (
    Address,
    ExceptionCase,
    ExceptionCode,
    InventoryPosition,
    Order,
    OrderStatus,
    Parcel,
    PaymentState,
    Shipment,
)
from connector_service.errors import InvalidInput
from connector_service.inventory import positions
from connector_service.orders.address import standardise
from connector_service.orders.cancellation import cancel_order
from connector_service.orders.purchase import settle
from connector_service.orders.voided import settle_parcel
from connector_service.orders.withdrawal import withdraw_planned
from connector_service.orders.work import Work

MOST_UNITS, MOST_GRAMS = 1_000_000_000, 100_000_000
Remedy = Callable[[Work, Order, ExceptionCase], None]


def apply_remedy(work: Work, order: Order, case: ExceptionCase) -> None:
    """Check the filled-in fields against the code's acceptance criteria and apply them to the order.

    Raises:
        InvalidInput: a field's value is not acceptable; the pointer names it.
    """
    remedy = _REMEDIES.get(case.code)
    if remedy is not None:
        remedy(work, order, case)


def _refuse(field: str, words: str) -> InvalidInput:
    return InvalidInput(words, pointer=f"/fields/{field}")


def _integer(case: ExceptionCase, field: str, most: int) -> int:
    value = case.fields[field]
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise _refuse(field, f"{field} must be a whole number from 0 to {most}, not {value!r}.")
    return value


def _boolean(case: ExceptionCase, field: str) -> bool:
    value = case.fields[field]
    if not isinstance(value, bool):
        raise _refuse(field, f"{field} must be true or false, not {value!r}.")
    return value


def _correct_address(work: Work, order: Order, case: ExceptionCase) -> None:
    try:
        address = Address.model_validate(case.fields["address"])
    except ValidationError as error:
        first = error.errors()[0]
        where = "".join(f"/{part}" for part in first["loc"])
        raise InvalidInput(f"The address is not valid: {first['msg']}.", pointer=f"/fields/address{where}") from None
    checked = standardise(address)
    if checked.problems:
        problem = checked.problems[0]
        raise InvalidInput(f"{problem.what}. {problem.right}", pointer=f"/fields/address/{problem.field}")
    order.ship_to = checked.address


def _replace_skus(work: Work, order: Order, case: ExceptionCase) -> None:
    replacements: Any = case.fields["replacements"]
    if not isinstance(replacements, dict):
        raise _refuse("replacements", 'replacements must be an object such as {"1": "SKU-2"}, line id to SKU.')
    lines = {line.line_id: line for line in order.lines}
    for line_id, sku in replacements.items():
        if line_id not in lines:
            raise _refuse("replacements", f"There is no line {line_id!r}; the lines are {', '.join(lines)}.")
        lines[line_id].sku = str(sku)
    known = work.tx.products(line.sku for line in order.lines)
    unknown = [line.sku for line in order.lines if line.sku not in known]
    if unknown:
        raise _refuse("replacements", f"SKU {unknown[0]!r} is still unknown; name one of the tenant's catalog.")


def _capture_payment(work: Work, order: Order, case: ExceptionCase) -> None:
    order.payment_state = PaymentState.CAPTURED


def _decide_duplicate(work: Work, order: Order, case: ExceptionCase) -> None:
    if not _boolean(case, "keep_order"):
        cancel_order(work, order, "It is a duplicate.")


def _decide_short_lines(work: Work, order: Order, case: ExceptionCase) -> None:
    choice = case.fields["short_lines"]
    if choice not in ("wait", "cancel"):
        raise _refuse("short_lines", f'short_lines must be "wait" or "cancel", not {choice!r}.')
    if choice == "cancel":
        for line in order.lines:
            line.quantity_cancelled += line.quantity_open
        if all(line.quantity_ordered == line.quantity_cancelled for line in order.lines):
            cancel_order(work, order, "Nothing of it can be shipped.")


def _position_in_evidence(work: Work, case: ExceptionCase) -> InventoryPosition | None:
    """The position that the gate stopped for; none when a person raised the exception without a gate."""
    found = case.evidence
    key = positions.position_id(str(found.get("sku")), str(found.get("location_id")), str(found.get("lot") or ""))
    return work.tx.find(InventoryPosition, key)


def _correct_count(work: Work, order: Order, case: ExceptionCase) -> None:
    counted = _integer(case, "counted_on_hand", MOST_UNITS)
    withdraw_planned(work, order, "Recounted: the stock is chosen again.")
    case.resume_order_status = OrderStatus.VALIDATED
    position = _position_in_evidence(work, case)
    if position is None:
        return
    if counted < position.reserved:
        raise _refuse(
            "counted_on_hand", f"Other orders hold {position.reserved}, more than {counted}: free them first."
        )
    positions.set_count(work, position, counted)


def _confirm_lot(work: Work, order: Order, case: ExceptionCase) -> None:
    if case.shipment_id is None:
        _choose_other_lot(work, order, case)
        return
    shipment = work.tx.get(Shipment, case.shipment_id)
    for line in shipment.lines:
        if line.lot is not None and line.lot_picked != line.lot:
            if case.fields["lot_confirmed"] != line.lot:
                raise _refuse(
                    "lot_confirmed", f"{line.sku} needs lot {line.lot}, not {case.fields['lot_confirmed']!r}."
                )
            line.lot_picked = line.lot
    _save_correction(work, shipment, case)


def _choose_other_lot(work: Work, order: Order, case: ExceptionCase) -> None:
    withdraw_planned(work, order, "The lot is chosen again.")
    case.resume_order_status = OrderStatus.VALIDATED
    position = _position_in_evidence(work, case)
    if position is not None and case.fields["lot_confirmed"] != position.lot:
        positions.set_aside(work, position, f"Lot {position.lot or 'unknown'} may not be shipped.")


def _rescan(work: Work, order: Order, case: ExceptionCase) -> None:
    if case.shipment_id is None:
        return
    shipment = work.tx.get(Shipment, case.shipment_id)
    products = work.tx.products(line.sku for line in shipment.lines)
    for line in shipment.lines:
        expected = products[line.sku].barcode
        if line.barcode_scanned is not None and line.barcode_scanned != expected:
            if case.fields["barcode_rescanned"] != expected:
                raise _refuse("barcode_rescanned", f"The barcode of {line.sku} is {expected}.")
            line.barcode_scanned = expected
    _save_correction(work, shipment, case)


def _reweigh(work: Work, order: Order, case: ExceptionCase) -> None:
    measured = _integer(case, "measured_weight_g", MOST_GRAMS)
    if case.shipment_id is None:
        return
    shipment = work.tx.get(Shipment, case.shipment_id)
    if not shipment.parcels:
        shipment.parcels = [Parcel(parcel_id=f"{shipment.id}-1")]
    # All parcels together weigh what was measured.
    first, *others = shipment.parcels
    first.weight_g = max(0, measured - sum(parcel.weight_g for parcel in others))
    _save_correction(work, shipment, case)


def _accept_delay(work: Work, order: Order, case: ExceptionCase) -> None:
    if not _boolean(case, "accept_delay"):
        raise _refuse("accept_delay", "The customer must agree to the delay; else cancel the order.")


def _settle_purchase(work: Work, order: Order, case: ExceptionCase) -> None:
    settle(work, case)


def _settle_parcel(work: Work, order: Order, case: ExceptionCase) -> None:
    choice = case.fields["parcel"]
    if choice not in ("stopped", "let go"):
        raise _refuse("parcel", f'parcel must be "stopped" or "let go", not {choice!r}.')
    settle_parcel(work, order, case, choice == "stopped")


def _save_correction(work: Work, shipment: Shipment, case: ExceptionCase) -> None:
    data = {
        "actor": work.actor,
        "because": f"Corrected while resolving {case.code}.",
        "rule": None,
        "from_status": shipment.status.value,
        "to_status": shipment.status.value,
    }
    work.tx.save(shipment, "shipment.corrected", data)


_REMEDIES: dict[ExceptionCode, Remedy] = {
    ExceptionCode.ADDRESS_INVALID: _correct_address,
    ExceptionCode.SKU_UNKNOWN: _replace_skus,
    ExceptionCode.PAYMENT_NOT_CAPTURED: _capture_payment,
    ExceptionCode.DUPLICATE_ORDER: _decide_duplicate,
    ExceptionCode.INVENTORY_SHORT: _decide_short_lines,
    ExceptionCode.NO_LOCATION_FREE: _decide_short_lines,
    ExceptionCode.INVENTORY_MISMATCH: _correct_count,
    ExceptionCode.LOT_MISMATCH: _confirm_lot,
    ExceptionCode.BARCODE_MISMATCH: _rescan,
    ExceptionCode.PICK_FAILED: _decide_short_lines,
    ExceptionCode.WEIGHT_MISMATCH: _reweigh,
    ExceptionCode.TRANSIT_TOO_SLOW: _accept_delay,
    ExceptionCode.LABEL_UNKNOWN: _settle_purchase,
    ExceptionCode.LABEL_NOT_VOIDED: _settle_parcel,
}
