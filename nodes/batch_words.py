"""What a customer may be told while their order is prepared, by what became of it: nothing of our own troubles."""

from __future__ import annotations

from canonical_models import ExceptionCode

_C = ExceptionCode
PREPARED = "We are preparing your order {number}."
LABELLED = "Your order {number} is packed and waits for {carrier} to collect it."
LONGER = "Your order {number} takes a little longer than planned. You need not do anything."
CHECKING = "We are checking your order {number} once more before it leaves us. You need not do anything."
QUESTION = "We have a question about your order {number} and will write to you."

BY_CODE: dict[ExceptionCode, str] = {
    _C.ADDRESS_INVALID: "We have a question about the address of your order {number} and will write to you.",
    _C.SKU_UNKNOWN: QUESTION,
    _C.PAYMENT_NOT_CAPTURED: "Your order {number} waits for its payment.",
    _C.DUPLICATE_ORDER: QUESTION,
    _C.INVENTORY_SHORT: "Part of your order {number} waits for stock.",
    _C.INVENTORY_MISMATCH: "We are making sure that all of your order {number} is in stock.",
    _C.LOT_MISMATCH: CHECKING,
    _C.BARCODE_MISMATCH: CHECKING,
    _C.PICK_FAILED: "Part of your order {number} is not where it should be. We are looking for it.",
    _C.WEIGHT_MISMATCH: CHECKING,
    _C.CARRIER_REJECTED: "We are looking for a carrier for your order {number}.",
    _C.LABEL_INVALID: CHECKING,
    _C.TRANSIT_TOO_SLOW: "Your order {number} may arrive later than we said. We will write to you.",
    _C.DELIVERY_FAILED: "We are looking into the delivery of your order {number}.",
    _C.WMS_REJECTED: LONGER,
    _C.WMS_UNREACHABLE: LONGER,
    _C.CARRIER_UNREACHABLE: "Your order {number} is packed and waits for its carrier. You need not do anything.",
    _C.FLOW_STALLED: LONGER,
}
"""One sentence for every code of the catalog."""


def may_hear(number: str, outcome: str, code: ExceptionCode | None, carriers: list[str]) -> str:
    """One sentence for a customer; empty when there is no news, as of an order with nothing to do."""
    if code is not None:
        return BY_CODE[code].format(number=number)
    if outcome == "failed":
        return LONGER.format(number=number)
    if outcome == "nothing":
        return ""
    words = LABELLED if carriers else PREPARED
    return words.format(number=number, carrier=" and ".join(carriers))
