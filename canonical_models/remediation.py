"""Remediation: the one list of what may be done about an exception, by a person or on its own."""

from __future__ import annotations

from enum import StrEnum


class RemediationIntent(StrEnum):
    """What somebody, or a remediation that runs on its own, wants to do to bring an order back onto its path."""

    RETRY_CALL = "retry_call"
    RESTART_FLOW = "restart_flow"
    CORRECT_ADDRESS = "correct_address"
    REPLACE_SKU = "replace_sku"
    ASK_CUSTOMER = "ask_customer"
    TELL_CUSTOMER = "tell_customer"
    REROUTE = "reroute"
    REALLOCATE_LOT = "reallocate_lot"
    SPLIT_PARCEL = "split_parcel"
    NEW_LABEL = "new_label"
    SWITCH_CARRIER = "switch_carrier"
    FASTER_SERVICE = "faster_service"
    REDELIVER = "redeliver"
    REPLACE_GOODS = "replace_goods"
    REFUND = "refund"
    CANCEL_LINES = "cancel_lines"
    CANCEL_ORDER = "cancel_order"
    RELEASE_HOLD = "release_hold"
    CAPTURE_PAYMENT = "capture_payment"
    ADJUST_STOCK = "adjust_stock"
    RECOUNT = "recount"
    REPICK = "repick"
    REWEIGH = "reweigh"
    PUT_BACK = "put_back"
    CONFIRM_LOT = "confirm_lot"
    SEND_LINES = "send_lines"
    CHECK_CATALOG_WEIGHT = "check_catalog_weight"
    CHECK_INVOICE = "check_invoice"
    ASK_CARRIER = "ask_carrier"


_I = RemediationIntent

REMEDIATION_INTENTS: dict[RemediationIntent, str] = {
    _I.RETRY_CALL: "Ask the other system once more.",
    _I.RESTART_FLOW: "Hand the order to its flow again.",
    _I.CORRECT_ADDRESS: "Write a corrected address into the order.",
    _I.REPLACE_SKU: "Put another SKU in place of one that no catalog knows.",
    _I.ASK_CUSTOMER: "Ask the customer a question and wait for the answer.",
    _I.TELL_CUSTOMER: "Tell the customer what happened; no answer is needed.",
    _I.REROUTE: "Take the goods from another location.",
    _I.REALLOCATE_LOT: "Take the goods from another lot of the same location.",
    _I.SPLIT_PARCEL: "Pack one parcel as two.",
    _I.NEW_LABEL: "Void the label and buy it again from the same carrier.",
    _I.SWITCH_CARRIER: "Void the label and buy one from another carrier.",
    _I.FASTER_SERVICE: "Pay for a faster service, so that the promise is kept.",
    _I.REDELIVER: "Have the carrier bring the parcel once more.",
    _I.REPLACE_GOODS: "Send the goods a second time at the seller's cost.",
    _I.REFUND: "Give money back to the customer.",
    _I.CANCEL_LINES: "Cancel what is short and ship the rest.",
    _I.CANCEL_ORDER: "Cancel the whole order.",
    _I.RELEASE_HOLD: "Let an order go on that a person held.",
    _I.CAPTURE_PAYMENT: "Take the money that was authorised.",
    _I.ADJUST_STOCK: "Write another count into the stock figures.",
    _I.RECOUNT: "Have somebody count again.",
    _I.REPICK: "Have the article picked again.",
    _I.REWEIGH: "Have the parcel weighed again.",
    _I.PUT_BACK: "Have goods too many put back on the shelf.",
    _I.CONFIRM_LOT: "Have a second person read the lot.",
    _I.SEND_LINES: "Have the lines sent that a gate did not see.",
    _I.CHECK_CATALOG_WEIGHT: "Compare the catalog's weight with the scale.",
    _I.CHECK_INVOICE: "Look for the correction on the carrier's invoice.",
    _I.ASK_CARRIER: "Ask the carrier what it knows.",
}
"""Every intent in words."""
