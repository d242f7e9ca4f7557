"""What FedEx answers, as far as it is read; names are FedEx's own."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field

from canonical_models.base import Currency, Identifier
from connector_service.adapters.shapes import VendorShape

T = TypeVar("T")

Text = Annotated[str, Field(max_length=500)]
Number = Annotated[str, Field(min_length=5, max_length=40, pattern=r"^[0-9A-Za-z]+$")]
Amount = Annotated[Decimal, Field(max_digits=15, allow_inf_nan=False)]


class Answer(VendorShape, Generic[T]):
    """FedEx's envelope."""

    output: T


class Detail(VendorShape):
    """A price of one kind: the account's, the list's, or in the preferred currency."""

    rateType: str = Field(max_length=60)
    currency: Currency
    totalNetCharge: Amount
    totalNetChargeWithDutiesAndTaxes: Amount | None = None

    def total(self) -> Decimal:
        """What is to be paid."""
        taxed = self.totalNetChargeWithDutiesAndTaxes
        return self.totalNetCharge if taxed is None else taxed


class Document(VendorShape):
    """A sheet in base64, ZPL too."""

    contentType: Text = ""
    docType: str = Field(default="PDF", max_length=20)
    encodedLabel: str | None = Field(default=None, max_length=900_000)


class Called(VendorShape):
    """What we called a parcel."""

    customerReferenceType: str = Field(max_length=60)
    value: Text = ""


class Piece(VendorShape):
    """One parcel as sold."""

    trackingNumber: Number
    packageDocuments: tuple[Document, ...] = ()
    customerReferences: tuple[Called, ...] = ()


class Priced(VendorShape):
    """What the shipment costs, by kind of price."""

    actualRateType: str = Field(default="", max_length=60)
    shipmentRateDetails: tuple[Detail, ...] = ()


class Completed(VendorShape):
    """The rest of a shipment as sold."""

    shipmentRating: Priced = Priced()


class Sold(VendorShape):
    """A shipment as sold."""

    masterTrackingNumber: Number
    serviceType: Identifier
    pieceResponses: tuple[Piece, ...] = Field(min_length=1)
    shipmentDocuments: tuple[Document, ...] = ()
    completedShipmentDetail: Completed = Completed()

    def price(self) -> Detail | None:
        """The account's own price, when FedEx says it."""
        rating = self.completedShipmentDetail.shipmentRating
        details = {each.rateType: each for each in rating.shipmentRateDetails}
        own = details.get("PAYOR_ACCOUNT_SHIPMENT") or details.get(rating.actualRateType)
        return own or next(iter(details.values()), None)


class Shipments(VendorShape):
    """The output of Ship."""

    transactionShipments: tuple[Sold, ...] = Field(min_length=1, max_length=1)


class Alert(VendorShape):
    """A remark in an answer that is no refusal."""

    code: str = Field(default="", max_length=80)


class Cancelled(VendorShape):
    """The output of a cancelled shipment."""

    cancelledShipment: bool
    alerts: tuple[Alert, ...] = ()


class Pickup(VendorShape):
    """The output of a collection, called or called off."""

    pickupConfirmationCode: Identifier
    location: str = Field(default="", max_length=40)


class Resolved(VendorShape):
    """An address in FedEx's spelling. The attributes are `true` and `false` as text."""

    streetLinesToken: tuple[Text, ...] = ()
    city: Text = ""
    stateOrProvinceCode: Text = ""
    postalCode: Text = ""
    countryCode: str = Field(pattern=r"^[A-Z]{2}$")
    classification: str = Field(default="", max_length=40)
    customerMessages: tuple[dict[str, Any] | str, ...] = ()
    attributes: dict[str, Any] = Field(default_factory=dict)

    def is_(self, attribute: str) -> bool:
        """Whether an attribute is true."""
        return str(self.attributes.get(attribute, "")).lower() == "true"


class Addresses(VendorShape):
    """The output of the address check, one entry for each address asked about."""

    resolvedAddresses: tuple[Resolved, ...] = Field(min_length=1, max_length=1)


class Error(VendorShape):
    """One thing that was wrong."""

    code: str = Field(max_length=100)
    message: str = Field(default="", max_length=2_000)


class Problem(VendorShape):
    """FedEx's shape of a refusal."""

    errors: tuple[Error, ...] = Field(min_length=1)
