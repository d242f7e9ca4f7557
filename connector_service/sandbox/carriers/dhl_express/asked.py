"""What callers send to MyDHL API, as far as the look-alike reads it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Postal(_Shape):
    """An address of a shipment."""

    postalCode: str = Field(max_length=12)
    cityName: str = Field(min_length=1, max_length=45)
    countryCode: str = Field(pattern=r"^[A-Z]{2}$")
    provinceCode: str = ""
    addressLine1: str = Field(min_length=1, max_length=45)
    addressLine2: str = Field(default="", max_length=45)
    countyName: str = ""


class RatePostal(Postal):
    """An address as far as a price needs it."""

    addressLine1: str = Field(default="", max_length=45)


class Contact(_Shape):
    """Who is there."""

    phone: str = Field(min_length=1, max_length=70)
    companyName: str = Field(min_length=1, max_length=100)
    fullName: str = Field(min_length=1, max_length=255)
    email: str = ""


class Party(_Shape):
    """Shipper or receiver."""

    postalAddress: Postal
    contactInformation: Contact


class Account(_Shape):
    """Who pays."""

    typeCode: Literal["shipper", "payer", "duties-taxes"]
    number: str = Field(min_length=1, max_length=12)


class Size(_Shape):
    """Centimetres, or inches when the shipment is imperial."""

    length: float = Field(ge=1)
    width: float = Field(ge=1)
    height: float = Field(ge=1)


class Package(_Shape):
    """Kilograms, or pounds when the shipment is imperial."""

    weight: float = Field(gt=0, le=1_000)
    dimensions: Size | None = None


class RateParties(_Shape):
    shipperDetails: RatePostal
    receiverDetails: RatePostal


class Rates(_Shape):
    """`POST /rates`."""

    customerDetails: RateParties
    accounts: list[Account] = Field(min_length=1)
    productCode: str | None = None
    plannedShippingDateAndTime: str = Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d ?GMT[+-]\d\d:\d\d$")
    unitOfMeasurement: Literal["metric", "imperial"]
    isCustomsDeclarable: bool
    packages: list[Package] = Field(min_length=1, max_length=999)


class Parties(_Shape):
    shipperDetails: Party
    receiverDetails: Party


class Reference(_Shape):
    """`CU` is the shipper's own reference, `CO` the buyer's order number."""

    value: str = Field(min_length=1, max_length=35)
    typeCode: str = "CU"


class Quantity(_Shape):
    value: int = Field(ge=1)
    unitOfMeasurement: str


class LineWeight(_Shape):
    netValue: float = Field(ge=0.001)
    grossValue: float = Field(ge=0.001)


class LineItem(_Shape):
    """Goods of one kind; `price` is for one unit."""

    number: int = Field(ge=1)
    description: str = Field(min_length=1, max_length=512)
    price: float = Field(ge=0)
    quantity: Quantity
    manufacturerCountry: str = Field(pattern=r"^[A-Z]{2}$")
    weight: LineWeight


class Invoice(_Shape):
    number: str = Field(min_length=1, max_length=35)
    date: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")


class ExportDeclaration(_Shape):
    """What the commercial invoice is made of."""

    lineItems: list[LineItem] = Field(min_length=1, max_length=1_000)
    invoice: Invoice


class Content(_Shape):
    packages: list[Package] = Field(min_length=1, max_length=999)
    isCustomsDeclarable: bool
    declaredValue: float | None = None
    declaredValueCurrency: str | None = None
    exportDeclaration: ExportDeclaration | None = None
    description: str = Field(min_length=1, max_length=70)
    incoterm: str | None = None
    unitOfMeasurement: Literal["metric", "imperial"]


class ImageOption(_Shape):
    typeCode: str
    isRequested: bool = True


class Images(_Shape):
    encodingFormat: Literal["pdf", "zpl", "lp2", "epl"] = "pdf"
    imageOptions: list[ImageOption] = Field(default_factory=list)


class Shipment(_Shape):
    """`POST /shipments`."""

    plannedShippingDateAndTime: str = Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d ?GMT[+-]\d\d:\d\d$")
    productCode: str = Field(min_length=1)
    accounts: list[Account] = Field(min_length=1)
    customerDetails: Parties
    customerReferences: list[Reference] = Field(default_factory=list)
    content: Content
    outputImageProperties: Images = Images()


class PickupParties(_Shape):
    shipperDetails: Party


class Pickup(_Shape):
    """`POST /pickups` and `PATCH /pickups/{number}`."""

    plannedPickupDateAndTime: str = Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d ?GMT[+-]\d\d:\d\d$")
    closeTime: str = Field(pattern=r"^\d\d:\d\d$")
    accounts: list[Account] = Field(min_length=1)
    customerDetails: PickupParties
