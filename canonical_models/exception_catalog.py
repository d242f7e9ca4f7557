"""The one catalog of exceptions: what each code means, who answers for it, and what it takes to go on."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from canonical_models.base import CanonicalModel


class ExceptionCode(StrEnum):
    """Every way an order or shipment can leave the ordinary path, and a credential that should have been replaced."""

    ADDRESS_INVALID = "address_invalid"
    SKU_UNKNOWN = "sku_unknown"
    PAYMENT_NOT_CAPTURED = "payment_not_captured"
    DUPLICATE_ORDER = "duplicate_order"
    INVENTORY_SHORT = "inventory_short"
    NO_LOCATION_FREE = "no_location_free"
    INVENTORY_MISMATCH = "inventory_mismatch"
    LOT_MISMATCH = "lot_mismatch"
    BARCODE_MISMATCH = "barcode_mismatch"
    PICK_FAILED = "pick_failed"
    WEIGHT_MISMATCH = "weight_mismatch"
    NO_BOX_FITS = "no_box_fits"
    CARRIER_REJECTED = "carrier_rejected"
    LABEL_INVALID = "label_invalid"
    LABEL_UNKNOWN = "label_unknown"
    LABEL_NOT_VOIDED = "label_not_voided"
    TRANSIT_TOO_SLOW = "transit_too_slow"
    NO_SCAN = "no_scan"
    DELIVERY_DELAYED = "delivery_delayed"
    DELIVERY_FAILED = "delivery_failed"
    ADDRESS_CORRECTION = "address_correction"
    PARCEL_DAMAGED = "parcel_damaged"
    PARCEL_LOST = "parcel_lost"
    RETURN_TO_SENDER = "return_to_sender"
    WMS_REJECTED = "wms_rejected"
    WMS_UNREACHABLE = "wms_unreachable"
    CARRIER_UNREACHABLE = "carrier_unreachable"
    FLOW_STALLED = "flow_stalled"
    CREDENTIAL_OVERDUE = "credential_overdue"


class RemediationField(CanonicalModel):
    """A field that the owner must fill in before the exception can be resolved."""

    name: str
    type: Literal["text", "integer", "boolean", "address", "sku_by_line"]
    description: str


class CatalogEntry(CanonicalModel):
    """What one exception code means and requires.

    `diverts_to` is the status the order takes; null leaves the order's status to its other shipments.
    """

    code: ExceptionCode
    title: str
    meaning: str
    subject: Literal["order", "shipment", "credential"]
    diverts_to: Literal["quarantined", "on_hold"] | None
    default_owner: str
    fields: list[RemediationField] = Field(default_factory=list)
    audit_steps: list[str] = Field(default_factory=list)
    acceptance: str


def _field(
    name: str, kind: Literal["text", "integer", "boolean", "address", "sku_by_line"], why: str
) -> RemediationField:
    return RemediationField(name=name, type=kind, description=why)


_C = ExceptionCode
_ENTRIES = [
    CatalogEntry(
        code=_C.ADDRESS_INVALID,
        title="Address cannot be delivered to",
        meaning="The address does not fit its country's rules and could not be standardised safely.",
        subject="order",
        diverts_to="quarantined",
        default_owner="client-success",
        fields=[_field("address", "address", "the corrected address; it is checked again")],
        audit_steps=["customer_confirmed_address"],
        acceptance="The corrected address passes its country's check.",
    ),
    CatalogEntry(
        code=_C.SKU_UNKNOWN,
        title="Unknown SKU",
        meaning="A line names a SKU that no catalog of this tenant holds.",
        subject="order",
        diverts_to="quarantined",
        default_owner="client-success",
        fields=[_field("replacements", "sku_by_line", "line id to the SKU that is meant")],
        audit_steps=["seller_confirmed_sku"],
        acceptance="Every line names a known SKU.",
    ),
    CatalogEntry(
        code=_C.PAYMENT_NOT_CAPTURED,
        title="Payment is not captured",
        meaning="The money for this order is not there, so nothing may be promised to it.",
        subject="order",
        diverts_to="on_hold",
        default_owner="finance",
        fields=[_field("payment_reference", "text", "the capture's reference at the payment provider")],
        acceptance="The payment provider shows the amount as captured.",
    ),
    CatalogEntry(
        code=_C.DUPLICATE_ORDER,
        title="Looks like a duplicate",
        meaning="The same customer ordered the same lines to the same address a short while ago.",
        subject="order",
        diverts_to="quarantined",
        default_owner="client-success",
        fields=[_field("keep_order", "boolean", "true: both are wanted; false: cancel this one")],
        audit_steps=["customer_asked"],
        acceptance="The customer said whether both orders are wanted.",
    ),
    CatalogEntry(
        code=_C.INVENTORY_SHORT,
        title="Not enough stock",
        meaning="Some of the order cannot be reserved anywhere; what is there ships, the rest waits.",
        subject="order",
        diverts_to=None,
        default_owner="inventory-control",
        fields=[_field("short_lines", "text", "wait (allocate again) or cancel (the missing quantity)")],
        acceptance="Stock has arrived, or the customer agreed to go without the rest.",
    ),
    CatalogEntry(
        code=_C.NO_LOCATION_FREE,
        title="No location may ship it now",
        meaning="What is missing lies where it may not ship from now: the day is full, the cut-off is over, or the "
        "location is closed. It is tried again by itself when that changes.",
        subject="order",
        diverts_to=None,
        default_owner="inventory-control",
        fields=[_field("short_lines", "text", "wait (allocate again) or cancel (the missing quantity)")],
        acceptance="A location that has it may ship again, or the customer agreed to go without the rest.",
    ),
    CatalogEntry(
        code=_C.INVENTORY_MISMATCH,
        title="Warehouse counts less than we do",
        meaning="Before picking, the warehouse's own count does not cover what is reserved there.",
        subject="order",
        diverts_to="on_hold",
        default_owner="inventory-control",
        fields=[_field("counted_on_hand", "integer", "pieces found in a recount of the SKU named in the evidence")],
        audit_steps=["recount_done"],
        acceptance="Our figure and the warehouse's agree again.",
    ),
    CatalogEntry(
        code=_C.LOT_MISMATCH,
        title="Wrong lot",
        meaning="The lot reserved or picked is not the lot the order demands, or may not be sold.",
        subject="shipment",
        diverts_to="quarantined",
        default_owner="inventory-control",
        fields=[_field("lot_confirmed", "text", "the lot now in the tote")],
        audit_steps=["lot_seen_by_second_person"],
        acceptance="The lot in the tote is the lot demanded.",
    ),
    CatalogEntry(
        code=_C.BARCODE_MISMATCH,
        title="Wrong article picked",
        meaning="The barcode scanned at picking is not the SKU's barcode.",
        subject="shipment",
        diverts_to="quarantined",
        default_owner="warehouse",
        fields=[_field("barcode_rescanned", "text", "the barcode of the article now in the tote")],
        audit_steps=["repicked"],
        acceptance="The scanned barcode is the SKU's.",
    ),
    CatalogEntry(
        code=_C.PICK_FAILED,
        title="Could not be picked",
        meaning="The warehouse did not find the goods, and no other location can ship them.",
        subject="order",
        diverts_to="on_hold",
        default_owner="operations",
        fields=[_field("short_lines", "text", "wait (allocate again) or cancel (the missing quantity)")],
        acceptance="Stock is found or replaced, or the customer agreed to go without.",
    ),
    CatalogEntry(
        code=_C.WEIGHT_MISMATCH,
        title="Weight is off",
        meaning="The packed parcel's weight or size is not what its contents should come to.",
        subject="shipment",
        diverts_to="quarantined",
        default_owner="warehouse",
        fields=[_field("measured_weight_g", "integer", "grams, weighed again after a recount")],
        audit_steps=["contents_recounted"],
        acceptance="The weight measured again passes the packing gate.",
    ),
    CatalogEntry(
        code=_C.NO_BOX_FITS,
        title="No box takes it",
        meaning="Something of the shipment is larger or heavier than what any box of the tenant takes.",
        subject="shipment",
        diverts_to="quarantined",
        default_owner="warehouse",
        fields=[_field("packed_in", "text", "what it is packed in instead: a crate, a pallet, its own carton")],
        audit_steps=["measured_again"],
        acceptance="Somebody has said what it is packed in; from then on no box is looked for.",
    ),
    CatalogEntry(
        code=_C.CARRIER_REJECTED,
        title="No carrier takes it",
        meaning="Every carrier refused the shipment; it went back to the warehouse's packing bench.",
        subject="shipment",
        diverts_to="on_hold",
        default_owner="carrier-desk",
        fields=[_field("remedy", "text", "what was changed so that a carrier will take it")],
        acceptance="A carrier quotes the shipment.",
    ),
    CatalogEntry(
        code=_C.LABEL_INVALID,
        title="Label does not fit",
        meaning="The label's tracking number, carrier, service or address is not the shipment's; it was voided.",
        subject="shipment",
        diverts_to="quarantined",
        default_owner="carrier-desk",
        fields=[_field("remedy", "text", "what was wrong and what was done")],
        audit_steps=["old_label_destroyed"],
        acceptance="A new label passes the shipping gate.",
    ),
    CatalogEntry(
        code=_C.LABEL_UNKNOWN,
        title="Nobody knows whether the label was bought",
        meaning="The purchase had no answer, and the carrier cannot be asked by us: a second one might pay twice.",
        subject="shipment",
        diverts_to="on_hold",
        default_owner="carrier-desk",
        fields=[
            _field("found", "text", "the tracking number that the carrier shows for the reference, or: void confirmed")
        ],
        audit_steps=["carrier_asked"],
        acceptance="The shipment has the label that was sold, or the carrier confirmed that there is none to pay for.",
    ),
    CatalogEntry(
        code=_C.LABEL_NOT_VOIDED,
        title="Label cannot be voided",
        meaning="The order is to be cancelled, and the carrier does not take its label back: it has the parcel.",
        subject="shipment",
        diverts_to="on_hold",
        default_owner="carrier-desk",
        fields=[_field("parcel", "text", "stopped (cancel the order all the same) or let go (it is delivered)")],
        acceptance="The parcel has been stopped, or it is delivered and the customer knows.",
    ),
    CatalogEntry(
        code=_C.TRANSIT_TOO_SLOW,
        title="Will arrive too late",
        meaning="The bought service takes longer than was promised.",
        subject="shipment",
        diverts_to="on_hold",
        default_owner="carrier-desk",
        fields=[_field("accept_delay", "boolean", "true: the customer was told and agrees")],
        acceptance="The customer knows the new date.",
    ),
    CatalogEntry(
        code=_C.NO_SCAN,
        title="Nobody has seen the parcel",
        meaning="The carrier has not scanned the parcel for longer than the tracking rules allow.",
        subject="shipment",
        diverts_to=None,
        default_owner="carrier-desk",
        fields=[_field("carrier_said", "text", "where the carrier says the parcel is, and since when")],
        acceptance="The carrier has said where the parcel is; a new scan closes it by itself.",
    ),
    CatalogEntry(
        code=_C.DELIVERY_DELAYED,
        title="Delivery is late",
        meaning="The parcel is not delivered although its service should have been through, or the carrier says so.",
        subject="shipment",
        diverts_to=None,
        default_owner="carrier-desk",
        fields=[_field("carrier_said", "text", "when the carrier now expects to deliver, and why it is late")],
        acceptance="The customer knows the new date; the delivery closes it by itself.",
    ),
    CatalogEntry(
        code=_C.DELIVERY_FAILED,
        title="Delivery failed",
        meaning="The carrier was there and could not hand the parcel over.",
        subject="shipment",
        diverts_to="quarantined",
        default_owner="client-success",
        fields=[_field("remedy", "text", "redeliver, replace or refund, as agreed with the customer")],
        acceptance="The customer agreed to the remedy; a delivery closes it by itself.",
    ),
    CatalogEntry(
        code=_C.ADDRESS_CORRECTION,
        title="Carrier doubts the address",
        meaning="The carrier has corrected the address of a parcel on its way, or asks for a better one.",
        subject="shipment",
        diverts_to=None,
        default_owner="client-success",
        fields=[_field("address_told", "text", "the address as the customer confirmed it and the carrier was told")],
        audit_steps=["customer_confirmed_address"],
        acceptance="The carrier has the address that the customer confirmed; a delivery closes it by itself.",
    ),
    CatalogEntry(
        code=_C.PARCEL_DAMAGED,
        title="Parcel is damaged",
        meaning="The carrier reports damage to the parcel.",
        subject="shipment",
        diverts_to="quarantined",
        default_owner="carrier-desk",
        fields=[_field("remedy", "text", "replace, refund or deliver as it is, as agreed with the customer")],
        audit_steps=["claim_filed"],
        acceptance="The claim is with the carrier and the customer agreed to the remedy.",
    ),
    CatalogEntry(
        code=_C.PARCEL_LOST,
        title="Parcel is lost",
        meaning="The carrier cannot find the parcel.",
        subject="shipment",
        diverts_to="quarantined",
        default_owner="carrier-desk",
        fields=[_field("remedy", "text", "replace or refund, as agreed with the customer")],
        audit_steps=["claim_filed"],
        acceptance="The claim is filed and the customer agreed to the remedy; a delivery closes it by itself.",
    ),
    CatalogEntry(
        code=_C.RETURN_TO_SENDER,
        title="Parcel comes back",
        meaning="The carrier has given up delivering and brings the parcel back.",
        subject="shipment",
        diverts_to="quarantined",
        default_owner="client-success",
        fields=[_field("remedy", "text", "send again or refund, as agreed with the customer")],
        acceptance="The customer agreed to the remedy.",
    ),
    CatalogEntry(
        code=_C.WMS_REJECTED,
        title="Warehouse refused the order",
        meaning="The warehouse system gave a final no to the release.",
        subject="shipment",
        diverts_to="on_hold",
        default_owner="operations",
        fields=[_field("remedy", "text", "what was changed so that the warehouse takes it")],
        acceptance="The warehouse accepts the release.",
    ),
    CatalogEntry(
        code=_C.WMS_UNREACHABLE,
        title="Warehouse does not answer",
        meaning="The warehouse system did not answer, several times.",
        subject="shipment",
        diverts_to="on_hold",
        default_owner="operations",
        fields=[_field("checked_with_warehouse", "text", "who confirmed that the system is back")],
        acceptance="The warehouse system answers again.",
    ),
    CatalogEntry(
        code=_C.CARRIER_UNREACHABLE,
        title="Carriers do not answer",
        meaning="No carrier answered, several times.",
        subject="shipment",
        diverts_to="on_hold",
        default_owner="carrier-desk",
        fields=[_field("checked_with_carrier", "text", "who confirmed that the carrier is back")],
        acceptance="A carrier answers again.",
    ),
    CatalogEntry(
        code=_C.FLOW_STALLED,
        title="No flow moves it on",
        meaning="The order was handed to a flow several times and nothing happened.",
        subject="order",
        diverts_to="on_hold",
        default_owner="operations",
        fields=[_field("flow_checked", "text", "what was wrong with the flow")],
        acceptance="The flow runs again.",
    ),
    CatalogEntry(
        code=_C.CREDENTIAL_OVERDUE,
        title="Credential should have been replaced",
        meaning="The credential at a warehouse, carrier or shop is older than its tenant lets one become.",
        subject="credential",
        diverts_to=None,
        default_owner="operations",
        acceptance="A new credential is entered (`dockline credential rotate`); that closes it by itself.",
    ),
]

EXCEPTION_CATALOG: dict[ExceptionCode, CatalogEntry] = {entry.code: entry for entry in _ENTRIES}
"""Every exception code with its entry."""
