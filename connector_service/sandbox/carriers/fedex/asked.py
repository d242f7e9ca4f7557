"""What FedEx is asked, as far as the look-alike reads it; names are those of FedEx's API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic import BaseModel, Field

from connector_service.sandbox.carriers.measures import grams


class Value(BaseModel):
    """Something that is written as an object with one value."""

    value: str


class Weighed(BaseModel):
    """A weight in its unit."""

    units: str = Field(pattern="^(LB|KG)$")
    value: Decimal = Field(gt=0, le=70_000)

    def grams(self) -> int:
        """The weight in grams."""
        return grams(self.value, self.units)


class Place(BaseModel):
    """Where somebody is."""

    streetLines: list[str] = []
    city: str = ""
    stateOrProvinceCode: str = ""
    postalCode: str = ""
    countryCode: str = Field(pattern=r"^[A-Z]{2}$")


class Person(BaseModel):
    """Whom to ask for."""

    personName: str = ""
    companyName: str = ""
    phoneNumber: str = ""


class Party(BaseModel):
    """Somebody who ships or receives."""

    address: Place
    contact: Person = Field(default_factory=Person)

    def words(self) -> dict[str, Any]:
        """The party in the sandbox's words."""
        lines = [*self.address.streetLines, "", ""]
        return {
            "name": self.contact.personName or self.contact.companyName,
            "company": self.contact.companyName if self.contact.personName else "",
            "line1": lines[0],
            "line2": lines[1],
            "city": self.address.city,
            "region": self.address.stateOrProvinceCode,
            "postal_code": self.address.postalCode,
            "country": self.address.countryCode,
            "phone": self.contact.phoneNumber,
        }


class Reference(BaseModel):
    """What the customer calls the parcel, and in which sense."""

    customerReferenceType: str = "CUSTOMER_REFERENCE"
    value: str = ""


class Line(BaseModel):
    """One package of a shipment, or several that are alike."""

    weight: Weighed
    groupPackageCount: int = Field(default=1, ge=1, le=200)
    customerReferences: tuple[Reference, ...] = ()


class Priced(BaseModel):
    """A shipment to price."""

    shipper: Party
    recipient: Party
    serviceType: str | None = None
    preferredCurrency: str | None = None
    rateRequestType: list[str] = ["ACCOUNT"]
    shipDateStamp: str | None = None
    packagingType: str = "YOUR_PACKAGING"
    requestedPackageLineItems: list[Line] = Field(min_length=1)


class Wishes(BaseModel):
    """What the answer is to tell beside prices."""

    returnTransitTimes: bool = False


class Rates(BaseModel):
    """`POST /rate/v1/rates/quotes`."""

    accountNumber: Value
    rateRequestControlParameters: Wishes = Field(default_factory=Wishes)
    requestedShipment: Priced


class LabelSpecification(BaseModel):
    """How labels are printed."""

    imageType: str = Field(default="PDF", pattern="^(PDF|PNG|ZPLII)$")
    labelStockType: str = "STOCK_4X6"


class Documents(BaseModel):
    """Papers to make beside the labels."""

    shippingDocumentTypes: list[str] = []


class Services(BaseModel):
    """What is wanted beside the transport."""

    specialServiceTypes: list[str] = []


class Customs(BaseModel):
    """What crosses the border."""

    commodities: list[dict[str, Any]] = []


class Shipped(BaseModel):
    """A shipment to ship."""

    shipper: Party
    recipients: list[Party] = Field(min_length=1, max_length=1)
    origin: Party | None = None
    serviceType: str
    shipDatestamp: str | None = None
    preferredCurrency: str | None = None
    packagingType: str = "YOUR_PACKAGING"
    labelSpecification: LabelSpecification = LabelSpecification()
    shippingDocumentSpecification: Documents | None = None
    shipmentSpecialServices: Services | None = None
    customsClearanceDetail: Customs | None = None
    requestedPackageLineItems: list[Line] = Field(min_length=1)


class Ship(BaseModel):
    """`POST /ship/v1/shipments`."""

    accountNumber: Value
    requestedShipment: Shipped


class Cancel(BaseModel):
    """`PUT /ship/v1/shipments/cancel`."""

    accountNumber: Value
    trackingNumber: str


class Numbered(BaseModel):
    """A tracking number."""

    trackingNumber: str


class Tracked(BaseModel):
    """One of the parcels asked about."""

    trackingNumberInfo: Numbered


class Track(BaseModel):
    """`POST /track/v1/trackingnumbers`."""

    trackingInfo: list[Tracked] = Field(min_length=1, max_length=30)


class Called(BaseModel):
    """What the customer calls the parcel."""

    value: str
    accountNumber: str | None = None


class TrackByReference(BaseModel):
    """`POST /track/v1/referencenumbers`."""

    referencesInformation: Called


class Origin(BaseModel):
    """Where and when to collect."""

    readyDateTimestamp: str = Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
    customerCloseTime: str = Field(pattern=r"^\d\d:\d\d:\d\d$")
    pickupLocation: dict[str, Any]


class PickupAsked(BaseModel):
    """`POST /pickup/v1/pickups`."""

    associatedAccountNumber: Value
    originDetail: Origin
    carrierCode: str = Field(pattern="^(FDXE|FDXG)$")


class PickupCancel(BaseModel):
    """`PUT /pickup/v1/pickups/cancel`."""

    associatedAccountNumber: Value
    pickupConfirmationCode: str
    scheduledDate: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")


class Validated(BaseModel):
    """One of the addresses asked about."""

    address: Place


class Resolve(BaseModel):
    """`POST /address/v1/addresses/resolve`."""

    addressesToValidate: list[Validated] = Field(min_length=1, max_length=100)


class Close(BaseModel):
    """`PUT /ship/v1/endofday/`; a closeReqType of RGCD prints again what was closed that day."""

    accountNumber: Value
    closeDate: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    groundServiceCategory: str = "GROUND"
    closeReqType: str = "GCDR"
