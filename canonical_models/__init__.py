"""The words of Dockline as strict models; every other part speaks in these."""

from canonical_models.base import (
    Address,
    CanonicalModel,
    CanonicalObject,
    Dimensions,
    ExternalRef,
    may_change,
)
from canonical_models.credential import Credential
from canonical_models.customer_account import CustomerAccount
from canonical_models.decision import Decision
from canonical_models.event import Event
from canonical_models.exception_case import ExceptionCase
from canonical_models.exception_catalog import (
    EXCEPTION_CATALOG,
    CatalogEntry,
    ExceptionCode,
    RemediationField,
)
from canonical_models.inventory import (
    AdjustmentReason,
    InventoryPosition,
    KitPart,
    Location,
    LotStatus,
    Product,
    Reservation,
    ReservationState,
    Transfer,
)
from canonical_models.manifest import ClosedManifest, ManifestLine
from canonical_models.order import (
    FINAL_ORDER_STATUSES,
    ORDER_MOVED_BY,
    ORDER_TRANSITIONS,
    NewOrder,
    NewOrderLine,
    Order,
    OrderLine,
    OrderStatus,
    OrderTotals,
    PaymentState,
    Priority,
    Substitution,
)
from canonical_models.pickup import Pickup
from canonical_models.return_authorization import ReturnAuthorization, ReturnLine
from canonical_models.shipment import (
    SHIPMENT_MOVED_BY,
    SHIPMENT_TRANSITIONS,
    DocumentRef,
    Label,
    LabelDocument,
    Offer,
    Parcel,
    QaCheck,
    Shipment,
    ShipmentLine,
    ShipmentStatus,
)
from canonical_models.tracking_event import TrackingEvent, TrackingType

__all__ = [
    "EXCEPTION_CATALOG",
    "FINAL_ORDER_STATUSES",
    "ORDER_MOVED_BY",
    "ORDER_TRANSITIONS",
    "SHIPMENT_MOVED_BY",
    "SHIPMENT_TRANSITIONS",
    "Address",
    "AdjustmentReason",
    "CanonicalModel",
    "CanonicalObject",
    "CatalogEntry",
    "ClosedManifest",
    "Credential",
    "CustomerAccount",
    "Decision",
    "Dimensions",
    "DocumentRef",
    "Event",
    "ExceptionCase",
    "ExceptionCode",
    "ExternalRef",
    "InventoryPosition",
    "KitPart",
    "Label",
    "LabelDocument",
    "Location",
    "LotStatus",
    "ManifestLine",
    "NewOrder",
    "NewOrderLine",
    "Offer",
    "Order",
    "OrderLine",
    "OrderStatus",
    "OrderTotals",
    "Parcel",
    "PaymentState",
    "Pickup",
    "Priority",
    "Product",
    "QaCheck",
    "RemediationField",
    "Reservation",
    "ReservationState",
    "ReturnAuthorization",
    "ReturnLine",
    "Shipment",
    "ShipmentLine",
    "ShipmentStatus",
    "Substitution",
    "TrackingEvent",
    "TrackingType",
    "Transfer",
    "may_change",
]
