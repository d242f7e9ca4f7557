"""The shipping gate: does the bought label fit the shipment? One that does not is voided at its carrier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from canonical_models import ExceptionCase, ExceptionCode, Label, Order, QaCheck, Shipment, ShipmentStatus
from connector_service.errors import VendorError
from connector_service.orders.carrier_record import note_outcome
from connector_service.orders.changes import change_shipment
from connector_service.orders.exceptions import blocking, open_exception
from connector_service.orders.labels import promised_days
from connector_service.orders.quality import judge, needs_no_check
from connector_service.orders.systems import Systems
from connector_service.orders.work import Work


@dataclass(frozen=True, slots=True)
class LabelToCheck:
    """A label whose tracking numbers only its carrier's adapter can judge."""

    label: Label


def plan_label_check(work: Work, order: Order, shipment: Shipment) -> LabelToCheck | ExceptionCase | None:
    """The label to check; None when it passed before.

    Raises:
        Conflict: the shipment has no label yet.
    """
    blocked = blocking(work, order)
    if blocked is not None or needs_no_check(shipment, "shipping", ShipmentStatus.LABELLED):
        return blocked
    return LabelToCheck(shipment.label) if shipment.label is not None else None


async def check_number(systems: Systems, plan: LabelToCheck) -> bool:
    """Whether each parcel's tracking number has its carrier's form and check digit."""
    carrier = systems.carrier(plan.label.carrier)
    numbers = {plan.label.tracking_number, *plan.label.tracking_numbers}
    return all(carrier.valid_tracking_number(number) for number in numbers)


def record_label_check(
    work: Work, order: Order, shipment: Shipment, checksum_ok: bool | VendorError
) -> ExceptionCase | None:
    """Judge the label by the shipping gate's rules."""
    if shipment.status != ShipmentStatus.LABELLED or shipment.label is None:
        return blocking(work, order)
    if _delay_accepted(work, shipment):
        _let_through(work, order, shipment)
        return None
    return judge(work, order, shipment, "shipping", label_facts(order, shipment, shipment.label, checksum_ok is True))


def label_facts(order: Order, shipment: Shipment, label: Label, checksum_ok: bool) -> dict[str, Any]:
    """The facts `shipping@1`."""
    wanted, printed = order.ship_to, label.ship_to
    same = [
        (a or "").casefold().replace(" ", "") == (b or "").casefold().replace(" ", "")
        for a, b in (
            (wanted.line1, printed.line1),
            (wanted.city, printed.city),
            (wanted.postal_code, printed.postal_code),
            (wanted.country, printed.country),
        )
    ]
    offered = [each for each in shipment.offers if (each.carrier, each.service) == (label.carrier, label.service)]
    costs = {"cost_minor": label.cost_minor, "offered_minor": offered[0].cost_minor} if offered else {}
    comparable = bool(offered) and offered[0].currency == label.currency and label.cost_minor > 0
    return {
        **(costs if comparable else {}),
        "pieces_match": len(label.tracking_numbers) in (0, len(shipment.parcels)),
        "checksum_ok": checksum_ok,
        "carrier_matches": label.carrier == shipment.carrier,
        "service_matches": label.service == shipment.service,
        "address_matches": all(same),
        "label_weight_g": label.weight_g,
        "weight_g": sum(parcel.weight_g for parcel in shipment.parcels),
        "transit_days": label.transit_days,
        "promised_days": promised_days(order),
    }


def _let_through(work: Work, order: Order, shipment: Shipment) -> None:
    because = "The customer agreed to the delay."
    shipment.qa_checks.append(QaCheck(gate="shipping", verdict="warn", rule=None, because=because, checked_at=work.now))
    change_shipment(work, order, shipment, "checked", because, gate="shipping", verdict="warn")


def _delay_accepted(work: Work, shipment: Shipment) -> bool:
    cases = work.tx.find_by(
        ExceptionCase, order_id=shipment.order_id, code=ExceptionCode.TRANSIT_TOO_SLOW.value, state="requeued"
    )
    return any(case.shipment_id == shipment.id for case in cases)


@dataclass(frozen=True, slots=True)
class LabelToVoid:
    """A label that failed its gate."""

    label: Label


def plan_void(work: Work, order: Order, shipment: Shipment) -> LabelToVoid | ExceptionCase | None:
    """The label to void: one whose shipment is in the exception `label_invalid`; else there is nothing to do."""
    case = open_exception(work, order, ExceptionCode.LABEL_INVALID, shipment)
    if case is None or shipment.label is None:
        return case
    return LabelToVoid(shipment.label)


async def void(systems: Systems, plan: LabelToVoid) -> Label:
    """Give the label back to its carrier.

    Raises:
        VendorError: the carrier refused or did not answer.
    """
    await systems.carrier(plan.label.carrier).void_label(plan.label)
    return plan.label


def record_void(work: Work, order: Order, shipment: Shipment, answer: Label | VendorError) -> ExceptionCase | None:
    """Take the voided label off the shipment: it goes on from `packed`, where a new one may be bought.

    Raises:
        VendorError: the carrier did not void it; the label stays until it does.
    """
    if isinstance(answer, VendorError):
        raise answer
    case = open_exception(work, order, ExceptionCode.LABEL_INVALID, shipment)
    if case is None or shipment.label is None:
        return case
    data = {
        "actor": work.actor,
        "because": f"{answer.carrier} voided label {answer.label_id}.",
        "rule": None,
        "from_status": shipment.status.value,
        "to_status": shipment.status.value,
        "tracking_number": answer.tracking_number,
    }
    note_outcome(work, order, shipment, "label_failed")
    shipment.label, shipment.carrier, shipment.service = None, None, None
    shipment.label_attempt += 1
    shipment.offers, shipment.documents = [], []
    case.resume_shipment_status = ShipmentStatus.PACKED
    work.tx.save(shipment, "shipment.label_voided", data)
    work.tx.save(case, "exception.followed", {**data, "code": case.code.value, "state": case.state})
    return case
