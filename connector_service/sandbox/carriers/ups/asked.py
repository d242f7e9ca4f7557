"""What UPS is asked, as far as the look-alike reads it; names are those of UPS's API."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from connector_service.sandbox.carriers.measures import grams


def _several(value: Any) -> Any:
    """UPS takes a single thing where it takes a list."""
    return value if isinstance(value, list) else [] if value is None else [value]


class Coded(BaseModel):
    """A code of one of UPS's tables."""

    Code: str


class Unit(BaseModel):
    """A unit of weight."""

    Code: str = Field(pattern="^(LBS|KGS|OZS)$")


class Weighed(BaseModel):
    """A weight in its unit."""

    UnitOfMeasurement: Unit
    Weight: Decimal = Field(gt=0, le=70_000)

    def grams(self) -> int:
        """The weight in grams."""
        return grams(self.Weight, self.UnitOfMeasurement.Code)


class Place(BaseModel):
    """Where somebody is."""

    AddressLine: Annotated[list[str], BeforeValidator(_several)] = []
    City: str = ""
    StateProvinceCode: str = ""
    PostalCode: str = ""
    CountryCode: str = Field(pattern=r"^[A-Z]{2}$")


class Telephone(BaseModel):
    """How somebody is called."""

    Number: str = ""


class Party(BaseModel):
    """Somebody who ships or receives."""

    Name: str | None = None
    AttentionName: str | None = None
    ShipperNumber: str | None = None
    Phone: Telephone | None = None
    Address: Place

    def words(self) -> dict[str, Any]:
        """The party in the sandbox's words."""
        lines = [*self.Address.AddressLine, "", ""]
        person = self.AttentionName or self.Name or ""
        return {
            "name": person,
            "company": self.Name if self.Name and self.Name != person else "",
            "line1": lines[0],
            "line2": lines[1],
            "city": self.Address.City,
            "region": self.Address.StateProvinceCode,
            "postal_code": self.Address.PostalCode,
            "country": self.Address.CountryCode,
            "phone": self.Phone.Number if self.Phone else "",
        }


class Reference(BaseModel):
    """A reference number; the Code PO is a purchase order."""

    Code: str | None = None
    Value: str | None = None


References = Annotated[list[Reference], BeforeValidator(_several)]


class Parcel(BaseModel):
    """One package of a shipment."""

    PackageWeight: Weighed
    ReferenceNumber: References = []


class RatingOptions(BaseModel):
    """Present when the account's own prices are wanted."""

    NegotiatedRatesIndicator: str | None = None


class Forms(BaseModel):
    """The customs papers UPS is to make."""

    FormType: Annotated[list[str], BeforeValidator(_several)] = []
    InvoiceNumber: str | None = None
    CurrencyCode: str | None = None
    Product: Annotated[list[dict[str, Any]], BeforeValidator(_several)] = []


class ServiceOptions(BaseModel):
    """What is wanted beside the transport."""

    InternationalForms: Forms | None = None


class Consigned(BaseModel):
    """A shipment to price or to ship."""

    Shipper: Party
    ShipTo: Party
    ShipFrom: Party | None = None
    Service: Coded | None = None
    Package: Annotated[list[Parcel], BeforeValidator(_several), Field(min_length=1, max_length=200)]
    ReferenceNumber: References = []
    ReturnService: Coded | None = None
    ShipmentDate: str | None = None
    ShipmentRatingOptions: RatingOptions | None = None
    ShipmentServiceOptions: ServiceOptions | None = None

    def origin(self) -> Party:
        """Who hands the parcels over."""
        return self.ShipFrom or self.Shipper

    def negotiated(self) -> bool:
        """Whether the account's own prices are wanted."""
        return (
            self.ShipmentRatingOptions is not None and self.ShipmentRatingOptions.NegotiatedRatesIndicator is not None
        )

    def references(self) -> list[Reference]:
        """Those of the shipment, then those of its packages."""
        return [*self.ReferenceNumber, *(each for package in self.Package for each in package.ReferenceNumber)]


class Transaction(BaseModel):
    """What the caller calls this call."""

    CustomerContext: str | None = None


class Asking(BaseModel):
    """The head of each request."""

    RequestOption: str | None = None
    TransactionReference: Transaction | None = None

    def context(self) -> str:
        """What the caller calls this call."""
        return (self.TransactionReference and self.TransactionReference.CustomerContext) or ""


class RateAsked(BaseModel):
    """Rating."""

    Request: Asking = Asking()
    Shipment: Consigned


class Rates(BaseModel):
    """`POST /api/rating/v2409/...`."""

    RateRequest: RateAsked


class Printed(BaseModel):
    """How labels are printed."""

    LabelImageFormat: Coded


class ShipAsked(BaseModel):
    """Shipping."""

    Request: Asking = Asking()
    Shipment: Consigned
    LabelSpecification: Printed


class Ship(BaseModel):
    """`POST /api/shipments/v2409/ship`."""

    ShipmentRequest: ShipAsked


class ByReference(BaseModel):
    """A label by what its buyer calls it."""

    ReferenceNumber: Reference
    ShipperNumber: str | None = None


class RecoveryAsked(BaseModel):
    """A label by its tracking number or its buyer's reference."""

    Request: Asking = Asking()
    LabelSpecification: Printed | None = None
    TrackingNumber: str | None = None
    ReferenceValues: ByReference | None = None


class Recovery(BaseModel):
    """`POST /api/labels/v1/recovery`."""

    LabelRecoveryRequest: RecoveryAsked


class PickupTimes(BaseModel):
    """A day, and local times as HHMM."""

    CloseTime: str = Field(pattern=r"^\d{3,4}$")
    ReadyTime: str = Field(pattern=r"^\d{3,4}$")
    PickupDate: str = Field(pattern=r"^\d{8}$")


class Pieces(BaseModel):
    """How many pieces of which service."""

    Quantity: int = Field(ge=1)


class PickupAsked(BaseModel):
    """A collection."""

    Request: Asking = Asking()
    PickupDateInfo: PickupTimes
    PickupAddress: dict[str, Any]
    PickupPiece: Annotated[list[Pieces], BeforeValidator(_several), Field(min_length=1)]


class PickupCreation(BaseModel):
    """`POST /api/pickupcreation/v2409/pickup`."""

    PickupCreationRequest: PickupAsked


class KeyFormat(BaseModel):
    """An address in the words of the United States' post; division 2 is the city, 1 the state."""

    AddressLine: Annotated[list[str], BeforeValidator(_several)] = []
    PoliticalDivision2: str = ""
    PoliticalDivision1: str = ""
    PostcodePrimaryLow: str = ""
    CountryCode: str = Field(pattern=r"^[A-Z]{2}$")


class XavAsked(BaseModel):
    """An address to look up."""

    AddressKeyFormat: KeyFormat


class AddressValidation(BaseModel):
    """`POST /api/addressvalidation/v2/...`."""

    XAVRequest: XavAsked
